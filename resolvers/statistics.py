"""What an organization asks of its own work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access import Role

if TYPE_CHECKING:
    from datetime import date

    from domain.access import Viewer
    from domain.statistics import Statistics, StatisticsFilter
    from resolvers.services import Services


async def statistics(
    services: Services, viewer: Viewer, wanted: StatisticsFilter, *, today: date
) -> Statistics | None:
    """Count the plans of the viewer's organization that are over; None for a viewer without an organization."""
    if viewer.role is not Role.TRAINING_ORGANIZATION:
        return None
    found = await services.plans.statistics(viewer, wanted, today)
    return found.labelled(await services.nomenclatures.lookup(found.codes()))

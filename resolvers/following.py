"""Following what is announced: first what was missed, then what comes, in order, none missing and none twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access import sees
from domain.trail import Seen

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from domain.access import Viewer
    from domain.plan import Plan
    from resolvers.services import Services

_BATCH = 100


async def report_transmitted(
    services: Services, viewer: Viewer, after: int | None, session_id: str | None
) -> AsyncGenerator[tuple[int, Plan], None]:
    """Yield each announcement with its number; open before the past is read, so that nothing falls in between.

    What comes now is the very plan that the hub tells all of this role.
    """
    async with services.hub.subscribed(viewer) as subscriber:
        number = await services.log.head() if after is None else after
        while missed := await services.log.since_for(viewer, number, _BATCH):
            for number, plan in missed:
                if _wanted(plan, session_id):
                    _note(services, Seen.of(plan))
                    yield number, plan
        while True:
            announced, plan, told = await subscriber.next()
            if announced > number and sees(viewer, plan) and _wanted(plan, session_id):
                number = announced
                _note(services, told)
                yield number, plan


def _note(services: Services, told: Seen) -> None:
    if services.visit is not None:
        services.visit.told = told


def _wanted(plan: Plan, session_id: str | None) -> bool:
    return session_id is None or (plan.session is not None and plan.session.id == session_id)

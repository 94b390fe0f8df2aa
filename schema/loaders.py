"""What many objects of one answer ask for is fetched together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strawberry.dataloader import DataLoader

from domain.nomenclature import ListedEntry, NomenclatureName
from resolvers import questions, reports

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date

    from domain.access import Viewer
    from domain.filters import PlanFilter
    from resolvers.services import Services


class Loaders:
    """The loaders of one operation."""

    def __init__(self, services: Services, viewer: Viewer, today: Callable[[], date]) -> None:
        async def pending_counts(wanted: list[PlanFilter]) -> list[int]:
            return await questions.pending_counts(services, viewer, wanted, today=today())

        # Counted together and never kept: a subscription shows figures of the day of each event.
        self.pending_count: DataLoader[PlanFilter, int] = DataLoader(pending_counts, cache=False)
        self.exit_reason = DataLoader(_reasons(services, NomenclatureName.EXIT_REASON))
        self.absence_reason = DataLoader(_reasons(services, NomenclatureName.ABSENCE_REASON))


def _reasons(
    services: Services, name: NomenclatureName
) -> Callable[[list[str | None]], Awaitable[list[ListedEntry | None]]]:
    async def load(codes: list[str | None]) -> list[ListedEntry | None]:
        found = await reports.reason_entries(services, [(name, code) for code in codes if code])
        return [found.get((name, code)) if code else None for code in codes]

    return load

"""What many objects of one answer ask for is fetched together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strawberry.dataloader import DataLoader

from resolvers import questions, reports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from domain.access import Viewer
    from domain.errors import BadRequest
    from domain.filters import PlanFilter
    from domain.listed import AskedList
    from domain.nomenclature import Code, Known, ListedEntry, NomenclatureName
    from domain.pages import Page, PageRequest
    from domain.plan import Plan
    from resolvers.services import Services


class Loaders:
    """The loaders of one operation."""

    def __init__(self, services: Services, viewer: Viewer, today: Callable[[], date]) -> None:
        async def pending_counts(wanted: list[PlanFilter]) -> list[int]:
            return await questions.pending_counts(services, viewer, wanted, today=today())

        async def plans(wanted: list[tuple[AskedList, PageRequest]]) -> list[Page[Plan] | BadRequest]:
            return await questions.plans_of(services, viewer, wanted, today=today())

        # Read together and never kept: a subscription shows figures of the day of each event.
        self.pending_count: DataLoader[PlanFilter, int] = DataLoader(pending_counts, cache=False)
        self.plans: DataLoader[tuple[AskedList, PageRequest], Page[Plan]] = DataLoader(plans, cache=False)

        async def entries(codes: list[Code]) -> list[ListedEntry | None]:
            found = await reports.entries(services, codes)
            return [found.get(code) for code in codes]

        self._entry: DataLoader[Code, ListedEntry | None] = DataLoader(entries)

    async def known(self, codes: Iterable[Code]) -> Known:
        """Look codes up, with all those that others look up for the same answer."""
        wanted = [*codes]
        entries = await self._entry.load_many(wanted)
        return {code: entry for code, entry in zip(wanted, entries, strict=True) if entry}

    async def entry(self, name: NomenclatureName, code: str | None) -> ListedEntry | None:
        """Look one code up likewise; None for none."""
        return await self._entry.load((name, code)) if code else None

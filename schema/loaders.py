"""Fetches together what many objects of one answer ask for."""

from __future__ import annotations

from functools import cached_property
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
    """The loaders of one operation, each made when it is first asked: a subscription that needs none holds none."""

    def __init__(self, services: Services, viewer: Viewer, today: Callable[[], date]) -> None:
        self._services, self._viewer, self._today = services, viewer, today

    # Read together and never kept: a subscription shows figures of the day of each event.

    @cached_property
    def pending_count(self) -> DataLoader[PlanFilter, int]:
        """Counts of plans to enter."""
        return DataLoader(self._pending_counts, cache=False)

    @cached_property
    def plans(self) -> DataLoader[tuple[AskedList, PageRequest], Page[Plan]]:
        """Pages of the plans of sessions, or of job seekers."""
        return DataLoader(self._pages, cache=False)

    @cached_property
    def _entry(self) -> DataLoader[Code, ListedEntry | None]:
        return DataLoader(self._entries)

    async def known(self, codes: Iterable[Code]) -> Known:
        """Look codes up, with all those that others look up for the same answer."""
        wanted = [*codes]
        entries = await self._entry.load_many(wanted)
        return {code: entry for code, entry in zip(wanted, entries, strict=True) if entry}

    async def entry(self, name: NomenclatureName, code: str | None) -> ListedEntry | None:
        """Look one code up likewise; None for none."""
        return await self._entry.load((name, code)) if code else None

    async def _pending_counts(self, wanted: list[PlanFilter]) -> list[int]:
        return await questions.pending_counts(self._services, self._viewer, wanted, today=self._today())

    async def _pages(self, wanted: list[tuple[AskedList, PageRequest]]) -> list[Page[Plan] | BadRequest]:
        return await questions.plans_of(self._services, self._viewer, wanted, today=self._today())

    async def _entries(self, codes: list[Code]) -> list[ListedEntry | None]:
        found = await reports.entries(self._services, codes)
        return [found.get(code) for code in codes]

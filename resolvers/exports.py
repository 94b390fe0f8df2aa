"""Whole lists as tables: a link to ask for one again, and what it leads to, as its viewer may see it then."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from domain.access import Role
from domain.calendar import paris_day
from domain.errors import BadRequest
from domain.filters import AwaitedFilter, PlanFilter, ReportFilter, SessionFilter
from domain.listed import AskedList, ListedPlan, ListName, TableFormat
from domain.trail import Deed
from storage import listings
from storage.processor_time import beside
from tables.columns import columns_of
from tables.comma import CommaTable
from tables.sheets import SheetTable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
    from datetime import date, datetime

    from domain.access import Viewer
    from domain.link import Link
    from resolvers.services import Services
    from resolvers.visits import Watch
    from storage.lists import Listing

EXPORTS = "exports"
Row = TypeVar("Row")
LONGEST_SEARCH = 200
_TITLES = {
    ListName.PENDING_SESSIONS: "Sessions avec bilan à saisir",
    ListName.PENDING_PLANS: "DE avec bilan à saisir",
    ListName.DRAFTS: "Bilans en brouillon",
    ListName.TRANSMITTED: "Bilans transmis",
    ListName.PLANS_OF_SESSION: "Plans de la session",
    ListName.PLANS_OF_PERSON: "Parcours de formation",
    ListName.TRAINING_PLANS: "Plans de formation",
    ListName.TRAINING_SESSIONS: "Sessions de formation",
    ListName.AWAITED_PLANS: "Bilans attendus",
}
_FILES = {
    ListName.PENDING_SESSIONS: "sessions-avec-bilan-a-saisir",
    ListName.PENDING_PLANS: "de-avec-bilan-a-saisir",
    ListName.DRAFTS: "bilans-en-brouillon",
    ListName.TRANSMITTED: "bilans-transmis",
    ListName.PLANS_OF_SESSION: "plans-de-la-session",
    ListName.PLANS_OF_PERSON: "parcours-de-formation",
    ListName.TRAINING_PLANS: "plans-de-formation",
    ListName.TRAINING_SESSIONS: "sessions-de-formation",
    ListName.AWAITED_PLANS: "bilans-attendus",
}
MEDIA_TYPES = {TableFormat.CSV: CommaTable.media_type, TableFormat.XLSX: SheetTable.media_type}


@dataclass(frozen=True, slots=True)
class Export:
    """A table on its way, piece by piece; nothing is read before the first piece is asked for."""

    file_name: str
    media_type: str
    pieces: AsyncGenerator[bytes, None]


def export_link(
    services: Services, viewer: Viewer, wanted: AskedList, table: TableFormat, *, now: datetime
) -> tuple[Link, str]:
    """Make a link that asks for a list again, whole, and name its file. BadRequest for a search too long to seal."""
    if len(wanted.search) > LONGEST_SEARCH:
        raise BadRequest(f"Cherchez avec {LONGEST_SEARCH} caractères au plus pour exporter la liste.")
    thing = {"format": table.value, "list": wanted.model_dump(mode="json", exclude_defaults=True)}
    name = _file_name(wanted, table, paris_day(now))
    return services.links.make(EXPORTS, viewer, thing, name, now=now), name


def exported(
    services: Services, viewer: Viewer, thing: Mapping[str, object], watch: Watch, *, now: datetime
) -> Export:
    """Return what a link leads to: the list as it is now, as far as its viewer may see it now.

    The services are those that `watch` began. Its pieces raise TooMuchRead, and Unavailable.
    """
    wanted = AskedList.model_validate(thing["list"])
    today, columns = (
        paris_day(now),
        columns_of(wanted.name, several_organizations=viewer.role is not Role.TRAINING_ORGANIZATION),
    )
    kind = TableFormat(str(thing["format"]))

    def sheets() -> SheetTable[ListedPlan]:
        return SheetTable(columns, _TITLES[wanted.name], now=now, today=today)

    make = sheets if kind is TableFormat.XLSX else lambda: CommaTable(columns, today)
    rows = settled_rows(services, watch, listing_of(viewer, wanted, today))
    return Export(
        _file_name(wanted, kind, today),
        MEDIA_TYPES[kind],
        pieces(make, rows, ListedPlan.reported if wanted.name is ListName.TRANSMITTED else None),
    )


async def settled_rows(
    services: Services, watch: Watch, listing: Listing
) -> AsyncGenerator[Sequence[ListedPlan], None]:
    """Give the rows batch by batch, each counted and written down before it leaves.

    A list of more people than the account may still read is refused before its first row. The limit may also be
    reached during a download, when the same account reads elsewhere. The table then stops there, and its download
    fails.
    """
    visit = services.visit
    if visit is None:
        raise TypeError("a list is exported with services that a Watch began")
    await watch.foresee(visit, await services.plans.count_people(listing))
    async with aclosing(services.plans.rows(listing)) as batches:
        async for rows in batches:
            await watch.settle(visit, Deed.EXPORT)
            yield rows


async def pieces(
    make: Callable[[], CommaTable[Row] | SheetTable[Row]],
    batches: AsyncGenerator[Sequence[Row], None],
    shown: Callable[[Row], Row] | None = None,
) -> AsyncGenerator[bytes, None]:
    """Write in a thread, batch by batch. The file is removed even if the client leaves early."""
    table = make()

    def written(rows: Sequence[Row]) -> bytes:
        return table.write([shown(row) for row in rows] if shown else rows)

    try:
        begun = table.begin()
        async with aclosing(batches):
            async for rows in batches:
                yield begun + await beside(partial(written, rows))
                begun = b""
        yield begun
        rest = table.rest()
        while piece := await beside(partial(next, rest, b"")):
            yield piece
    finally:
        asyncio.get_running_loop().run_in_executor(None, table.discard)


def _file_name(wanted: AskedList, table: TableFormat, today: date) -> str:
    return f"{_FILES[wanted.name]}-{today.isoformat()}.{table.value}"


def listing_of(viewer: Viewer, wanted: AskedList, today: date) -> Listing:  # noqa: PLR0911 - one for each list
    match wanted.name:
        case ListName.PENDING_SESSIONS | ListName.TRAINING_SESSIONS:
            return listings.sessions(viewer, wanted.sessions or SessionFilter(), today)
        case ListName.PENDING_PLANS:
            return listings.pending_plans(viewer, wanted.plans or PlanFilter(), today)
        case ListName.TRAINING_PLANS:
            return listings.training_plans(viewer, wanted.plans or PlanFilter(), today)
        case ListName.AWAITED_PLANS:
            return listings.awaited(viewer, wanted.awaited or AwaitedFilter(), today)
        case ListName.DRAFTS:
            return listings.drafts(viewer, wanted.reports or ReportFilter())
        case ListName.TRANSMITTED:
            return listings.transmitted(viewer, wanted.reports or ReportFilter())
        case ListName.PLANS_OF_SESSION:
            return listings.plans_of_session(viewer, wanted.key or "", wanted.statuses, today)
        case ListName.PLANS_OF_PERSON:
            return listings.plans_of_person(viewer, wanted.key or "", wanted.statuses, today)

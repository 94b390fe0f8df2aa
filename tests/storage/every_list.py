"""Every list that may be asked for, each with the index that has its order."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from domain.access import RECIPIENTS
from domain.filters import AwaitedFilter, PlanFilter, PlanOrder, ReportFilter, SessionFilter, SessionOrder
from domain.lateness import LateFilter
from domain.pages import ANY_DAY, Days
from domain.report import UNSENT, ReportStatus
from storage import listings
from storage.scope import index_of
from tests.factories import counsellor, session_of, staff
from tests.storage.worlds import ADVISERS, FIRST, SIRETS, TODAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.access import Viewer
    from storage.lists import Listing

STAFF, ADVISER = staff(SIRETS[0]), counsellor(ADVISERS[0])
ITS_SESSION = session_of(SIRETS[0], "S-2")
YES_NO_BOTH = (True, False, None)
SEARCHES = (None, "ad", "12", "no such thing")
DAYS = (ANY_DAY, Days(FIRST, TODAY))
LATE, NOT_LATE = LateFilter(wanted=True, before=TODAY), LateFilter(wanted=False, before=TODAY)
LATE_OF_SESSION = {True: "late", False: "pending_of_session"}
STATUSES = (None, *([status] for status in ReportStatus), [ReportStatus.NOT_OPEN, ReportStatus.DRAFT])


def pending_plans() -> Iterator[tuple[Listing, str]]:
    for funded, referenced, days, search in product(YES_NO_BOTH, YES_NO_BOTH, DAYS, SEARCHES):
        wanted = PlanFilter(None, funded, referenced, days, search)
        index = "pending_of_session" if referenced is False else "plans_by_last_day"
        yield listings.pending_plans(STAFF, wanted, TODAY), index
    for funded, days, search in product(YES_NO_BOTH, DAYS, SEARCHES):
        wanted = PlanFilter(ITS_SESSION, funded, None, days, search)
        yield listings.pending_plans(STAFF, wanted, TODAY), "pending_of_session"


def late_plans() -> Iterator[tuple[Listing, str]]:
    for statuses, days, search, funded in product((None, UNSENT), DAYS, SEARCHES, YES_NO_BOTH):
        wanted = PlanFilter(None, funded, None, days, search, statuses=statuses, late=LATE)
        yield listings.pending_plans(STAFF, wanted, TODAY), "late"
        on_time = listings.pending_plans(STAFF, replace(wanted, late=NOT_LATE), TODAY)
        yield on_time, "plans_by_last_day"
    for order in PlanOrder:
        if order is not PlanOrder.LAST_DAY:
            wanted = PlanFilter(order=order, late=LATE)
            yield listings.pending_plans(STAFF, wanted, TODAY), f"plans_by_{order.value}"
    for late in (LATE, NOT_LATE):
        yield listings.pending_plans(STAFF, PlanFilter(ITS_SESSION, late=late), TODAY), LATE_OF_SESSION[late.wanted]


def reports() -> Iterator[tuple[Listing, str]]:
    for days, search in product(DAYS, SEARCHES):
        yield listings.drafts(STAFF, ReportFilter(days, search)), "drafts"


def transmitted(viewer: Viewer) -> Iterator[tuple[Listing, str]]:
    for days, search in product(DAYS, SEARCHES):
        yield listings.transmitted(viewer, ReportFilter(days, search)), index_of("transmitted", viewer)
        for recipient in RECIPIENTS:
            wanted = ReportFilter(days, search, unread_by=recipient)
            yield listings.transmitted(viewer, wanted), index_of("transmitted", viewer)


def plans_of_one(viewer: Viewer, identifier: str) -> Iterator[tuple[Listing, str]]:
    for statuses in STATUSES:
        yield listings.plans_of_session(viewer, ITS_SESSION, statuses, TODAY), "plans_of_session"
        yield listings.plans_of_person(viewer, identifier, statuses, TODAY), "plans_of_person"


def sessions(search: str | None) -> Iterator[tuple[Listing, str]]:
    for funded, days, order, descending in product(YES_NO_BOTH, DAYS, SessionOrder, (False, True)):
        wanted = SessionFilter(funded, days, search, order, descending)
        yield listings.sessions(STAFF, wanted, TODAY), f"sessions_{order.value}"
    for late, order in product((LATE, NOT_LATE), SessionOrder):
        wanted = SessionFilter(search=search, order=order, late=late)
        yield listings.sessions(STAFF, wanted, TODAY), f"sessions_{order.value}"


def people(viewer: Viewer) -> Iterator[tuple[Listing, str]]:
    role = viewer.role.value.lower()
    for search, index in (("", "people"), ("01", "identifiers")):
        yield listings.people(viewer, search), f"{index}_{role}"


def training_plans() -> Iterator[tuple[Listing, str]]:
    for standing, on, order, search in product(STATUSES, DAYS, PlanOrder, SEARCHES):
        wanted = PlanFilter(search=search, on=on, statuses=None if standing is None else tuple(standing), order=order)
        yield listings.training_plans(STAFF, wanted, TODAY), f"plans_by_{order.value}"


def training_sessions() -> Iterator[tuple[Listing, str]]:
    for standing, on, order in product(STATUSES, DAYS, SessionOrder):
        wanted = SessionFilter(statuses=None if standing is None else tuple(standing), on=on, order=order)
        yield listings.sessions(STAFF, wanted, TODAY), f"sessions_{order.value}"


def awaited(viewer: Viewer) -> Iterator[tuple[Listing, str]]:
    for required, days, siret, search, late in product(
        YES_NO_BOTH, DAYS, (None, SIRETS[0]), SEARCHES, (None, LATE, NOT_LATE)
    ):
        wanted = AwaitedFilter(required, days, search, organization=siret, late=late)
        yield listings.awaited(viewer, wanted, TODAY), f"awaited_{viewer.role.value.lower()}"

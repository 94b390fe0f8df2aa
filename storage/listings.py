"""The lists of the desk as ranges of indexes. A counter counts the very listing that is listed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from domain.access import Role
from domain.filters import PlanOrder
from domain.pages import ANY_DAY, Days
from domain.report import ReportStatus
from storage.conditions import (
    between,
    due_days,
    in_status,
    instants,
    last_days,
    late,
    late_sessions,
    later,
    narrowed,
    of_person,
    of_reports,
    of_whom,
    session_ends,
    spans,
    standing,
    states_of,
    unread,
    unread_by,
)
from storage.documents import DRAFT, OPEN, TRANSMITTED
from storage.keys import END, PLAN_POSITIONS
from storage.lists import Listing
from storage.scope import index_of, owned, visible, visible_in
from storage.searching import NOTHING, person_search, plan_search, searched, session_search

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from domain.access import Viewer
    from domain.filters import AwaitedFilter, PlanFilter, ReportFilter, SessionFilter
    from domain.lateness import LateFilter
    from storage.client import Document

_TO_ENTER = (ReportStatus.TO_ENTER,)


def pending_plans(viewer: Viewer, wanted: PlanFilter, today: date) -> Listing:
    """Plans to enter on a day, drafts too where they are wanted, by last day, then name."""
    statuses = _TO_ENTER if wanted.statuses is None else wanted.statuses
    if wanted.order is not PlanOrder.LAST_DAY or statuses != _TO_ENTER:
        return training_plans(viewer, replace(wanted, statuses=statuses), today)
    if wanted.late and wanted.late.wanted:
        return _late_plans(viewer, replace(wanted, statuses=statuses), wanted.late)
    match = {**visible_in(viewer, OPEN), **narrowed(wanted), **plan_search(wanted.search)}
    low, high = due_days(wanted.ends, today)
    one_session = wanted.session_id is not None or wanted.referenced is False
    index = "pending_of_session" if one_session else "plans_by_last_day"
    return Listing(
        viewer, match, "keys.due", index, low, high, descending=wanted.descending, names=bool(wanted.search)
    )


def training_plans(viewer: Viewer, wanted: PlanFilter, today: date) -> Listing:
    """Plans of the viewer's organization, running, over and done. Other roles have no such list.

    Those of one session are few: they are read by it, and sorted.
    """
    key = PLAN_POSITIONS[wanted.order]
    if wanted.late and wanted.late.wanted and wanted.order is PlanOrder.LAST_DAY and wanted.on == ANY_DAY:
        return _late_plans(viewer, wanted, wanted.late)
    if viewer.role is not Role.TRAINING_ORGANIZATION:
        return Listing(viewer, NOTHING, key, "plans_of_session")
    low, high = last_days(Days(later(wanted.ends.first, wanted.on.first), wanted.ends.last))
    match = {
        **visible(viewer),
        **standing(wanted.statuses, today, wanted.order),
        **narrowed(wanted),
        **({"starts_on": {"$lte": wanted.on.last.isoformat()}} if wanted.on.last else {}),
        **plan_search(wanted.search),
    }
    if wanted.order is not PlanOrder.LAST_DAY:
        match |= between("keys.due", low, high)
        low = high = None
    index = f"plans_by_{wanted.order.value}" if wanted.session_id is None else "plans_of_session"
    return Listing(viewer, match, key, index, low, high, descending=wanted.descending, names=bool(wanted.search))


def _late_plans(viewer: Viewer, wanted: PlanFilter, late: LateFilter) -> Listing:
    """Late ones by last day: what is owed, from its beginning."""
    match = {
        **visible(viewer),
        "state": {"$in": states_of(wanted.statuses)},
        **narrowed(replace(wanted, late=None)),
        **plan_search(wanted.search),
    }
    if viewer.role is not Role.TRAINING_ORGANIZATION:
        match = NOTHING
    low, high = last_days(wanted.ends)
    before = late.before.isoformat()
    high = before if high is None else min(high, before)
    names = bool(wanted.search)
    return Listing(viewer, match, "keys.owed", "late", low or "", high, descending=wanted.descending, names=names)


def sessions(viewer: Viewer, wanted: SessionFilter, today: date) -> Listing:
    """One plan for each session of the viewer's organization that has some of those wanted."""
    key, index = f"keys.{wanted.order.value}", f"sessions_{wanted.order.value}"
    if viewer.role is not Role.TRAINING_ORGANIZATION:
        return Listing(viewer, NOTHING, key, index, distinct=True, shows="sessions")
    match = {
        **visible(viewer),
        **late_sessions(wanted),
        **({"session.starts_on": {"$lte": wanted.on.last.isoformat()}} if wanted.on.last else {}),
        **session_ends(wanted),
        **session_search(wanted.search),
    }
    low, high = last_days(wanted.ends)
    branches = [{"state": state, **between("keys.due", *span)} for state, span in spans(wanted, low, high, today)]
    among: tuple[Document, ...] = ()
    if len(branches) == 1:
        match |= branches[0]
    else:
        among = tuple(branches)
    if not branches:
        match = NOTHING
    whole = Listing(viewer, match, key, index, low="", descending=wanted.descending, distinct=True, shows="sessions")
    return replace(whole, among=among)


def drafts(viewer: Viewer, wanted: ReportFilter) -> Listing:
    """Plans with a draft, by the instant of its creation."""
    low, high = instants(wanted.days)
    match = {**visible_in(viewer, DRAFT), **of_reports(viewer, wanted), **plan_search(wanted.search)}
    if wanted.complete is not None:
        match["report.complete"] = wanted.complete
    return Listing(
        viewer, match, "keys.drafted", "drafts", low, high, descending=wanted.descending, names=bool(wanted.search)
    )


def transmitted(viewer: Viewer, wanted: ReportFilter) -> Listing:
    """Plans with a transmitted report, by the instant of transmission, found by the name it carries."""
    low, high = instants(wanted.days)
    match = {
        **visible_in(viewer, TRANSMITTED),
        **of_reports(viewer, wanted),
        **unread(viewer, wanted.unread),
        **unread_by(viewer, wanted.unread_by),
        **plan_search(wanted.search, "keys.reported"),
    }
    index = index_of("transmitted", viewer)
    return Listing(
        viewer, match, "keys.transmitted", index, low, high, descending=wanted.descending, names=bool(wanted.search)
    )


def awaited(viewer: Viewer, wanted: AwaitedFilter, today: date) -> Listing:
    """Plans that are over and not reported, of those who are to receive the report, by last day."""
    index = index_of("awaited", viewer)
    if viewer.role is Role.TRAINING_ORGANIZATION:
        return Listing(viewer, NOTHING, "keys.awaited", index)
    match = {**visible(viewer), **of_whom(viewer, wanted.person, wanted.organization), **plan_search(wanted.search)}
    if wanted.required is not None:
        match["keys.required"] = wanted.required
    match |= late(wanted.late)
    low, high = due_days(wanted.ends, today)
    if wanted.late and wanted.late.wanted:
        high = min(high, wanted.late.before.isoformat())
    return Listing(
        viewer, match, "keys.awaited", index, low or "", high, descending=wanted.descending, names=bool(wanted.search)
    )


def people(viewer: Viewer, search: str) -> Listing:
    """One plan for each job seeker who concerns the viewer: by identifier when the search begins with a digit."""
    wanted, concerned, named = searched(search) or "", owned(viewer), bool(search)
    if wanted[:1].isdigit():
        key, index, high = "keys.identifier", index_of("identifiers", viewer), wanted + END
        return Listing(
            viewer, concerned, key, index, low=wanted, high=high, distinct=True, shows="people", names=named
        )
    match = {**concerned, **person_search(search)}
    return Listing(
        viewer, match, "keys.person", index_of("people", viewer), distinct=True, shows="people", names=named
    )


def plans_of_session(
    viewer: Viewer, session_id: str, statuses: Sequence[ReportStatus] | None, today: date
) -> Listing:
    """Plans of a session that the viewer sees, by name."""
    match = {"keys.session": session_id, **visible(viewer), **in_status(viewer, statuses, today)}
    return Listing(viewer, match, "keys.member", "plans_of_session")


def plans_of_person(viewer: Viewer, identifier: str, statuses: Sequence[ReportStatus] | None, today: date) -> Listing:
    """Plans of a job seeker that the viewer sees, latest first."""
    match = {**of_person(viewer, identifier), **in_status(viewer, statuses, today)}
    return Listing(viewer, match, "keys.taken", "plans_of_person", descending=True)

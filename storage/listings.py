"""The lists of the desk as ranges of indexes. A counter counts the very listing that is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access import Role
from domain.calendar import start_of_day, start_of_next_day
from domain.report import ReportStatus
from storage.documents import DRAFT, OPEN, TRANSMITTED
from storage.keys import END, instant
from storage.lists import EMPTY, NOTHING, Listing, person_search, searched, session_search
from storage.scope import index_of, owned, unwritten, visible, visible_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from domain.access import Viewer
    from domain.filters import PlanFilter, SessionFilter
    from domain.pages import Days
    from storage.client import Document

PAID = "funding.employment_service_funded"


def pending_plans(viewer: Viewer, wanted: PlanFilter, today: date) -> Listing:
    """Plans to enter on a day, by last day, then name."""
    match = {**visible_in(viewer, OPEN), **_funded(wanted.funded), **person_search(wanted.search)}
    if wanted.session_id is not None or wanted.referenced is not None:
        match["keys.session"] = _in_session(wanted.session_id, wanted.referenced)
    low, high = _due_days(wanted.ends, today)
    one_session = wanted.session_id is not None or wanted.referenced is False
    index = "pending_of_session" if one_session else "pending_plans"
    return Listing(viewer, match, "keys.due", index, low, high, names=bool(wanted.search))


def pending_sessions(viewer: Viewer, wanted: SessionFilter, today: date) -> Listing:
    """One plan to enter for each session that has some."""
    low, high = _due_days(wanted.ends, today)
    due = {"$lt": high} if low is None else {"$gte": low, "$lt": high}
    match = {
        **visible_in(viewer, OPEN),
        "keys.due": due,
        **_funded(wanted.funded),
        **session_search(wanted.search),
    }
    key, index = f"keys.{wanted.order.value}", f"pending_sessions_{wanted.order.value}"
    return Listing(viewer, match, key, index, low="", descending=wanted.descending, distinct=True, shows="sessions")


def drafts(viewer: Viewer, created: Days, search: str | None) -> Listing:
    """Plans with a draft, latest created first."""
    low, high = _instants(created)
    match = {**visible_in(viewer, DRAFT), **person_search(search)}
    return Listing(viewer, match, "keys.drafted", "drafts", low, high, descending=True, names=bool(search))


def transmitted(viewer: Viewer, days: Days, search: str | None) -> Listing:
    """Plans with a transmitted report, latest first, found by the name it carries."""
    low, high = _instants(days)
    match = {**visible_in(viewer, TRANSMITTED), **person_search(search, "keys.reported")}
    index = index_of("transmitted", viewer)
    return Listing(viewer, match, "keys.transmitted", index, low, high, descending=True, names=bool(search))


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
    match = {"keys.session": session_id, **visible(viewer), **_in_status(viewer, statuses, today)}
    return Listing(viewer, match, "keys.member", "plans_of_session")


def plans_of_person(viewer: Viewer, identifier: str, statuses: Sequence[ReportStatus] | None, today: date) -> Listing:
    """Plans of a job seeker that the viewer sees, latest first."""
    match = {**_of_person(viewer, identifier), **_in_status(viewer, statuses, today)}
    return Listing(viewer, match, "keys.taken", "plans_of_person", descending=True)


def _of_person(viewer: Viewer, identifier: str) -> Document:
    if viewer.role is Role.JOB_SEEKER and viewer.key != identifier:
        return NOTHING
    return {"job_seeker.identifier": identifier, **visible(viewer)}


def _in_session(session_id: str | None, referenced: bool | None) -> object:  # noqa: FBT001 - yes, no, both
    if session_id is None:
        return {"$gt": ""} if referenced else ""
    return EMPTY if referenced is False else session_id


def _funded(funded: bool | None) -> Document:  # noqa: FBT001 - three answers: yes, no, both
    return {} if funded is None else {PAID: funded}


def _due_days(days: Days, today: date) -> tuple[str | None, str]:
    low = days.first.isoformat() if days.first else None
    due = today.isoformat()
    return low, min(due, days.last.isoformat() + END) if days.last else due


def _instants(days: Days) -> tuple[str | None, str | None]:
    low = instant(start_of_day(days.first)) if days.first else None
    return low, instant(start_of_next_day(days.last)) if days.last else None


def _in_status(viewer: Viewer, statuses: Sequence[ReportStatus] | None, today: date) -> Document:
    if statuses is None:
        return {}
    due, open_ = today.isoformat(), unwritten(viewer)
    choices: dict[ReportStatus, Document] = {
        ReportStatus.NOT_OPEN: {"state": open_, "keys.due": {"$gte": due}},
        ReportStatus.TO_ENTER: {"state": open_, "keys.due": {"$lt": due}},
        ReportStatus.DRAFT: {"state": DRAFT if viewer.role is Role.TRAINING_ORGANIZATION else EMPTY},
        ReportStatus.TRANSMITTED: {"state": TRANSMITTED},
    }
    return {"$or": [choices[status] for status in statuses]} if statuses else NOTHING

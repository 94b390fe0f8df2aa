"""What lists are narrowed to, as conditions on plans and ranges of positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access import RECIPIENTS, Role
from domain.calendar import start_of_day, start_of_next_day
from domain.filters import PlanOrder
from domain.pages import Days
from domain.report import ReportStatus
from storage.documents import DRAFT, OPEN, TRANSMITTED
from storage.keys import END, instant
from storage.scope import FIELD, unwritten, visible
from storage.searching import EMPTY, NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from domain.access import Viewer
    from domain.filters import PlanFilter, ReportFilter, SessionFilter
    from domain.lateness import LateFilter
    from storage.client import Document

PAID = "funding.employment_service_funded"
_STATUSES = {
    OPEN: frozenset({ReportStatus.NOT_OPEN, ReportStatus.TO_ENTER}),
    DRAFT: frozenset({ReportStatus.DRAFT}),
    TRANSMITTED: frozenset({ReportStatus.TRANSMITTED}),
}


def of_person(viewer: Viewer, identifier: str) -> Document:
    if viewer.role is Role.JOB_SEEKER and viewer.key != identifier:
        return NOTHING
    return {"job_seeker.identifier": identifier, **visible(viewer)}


def narrowed(wanted: PlanFilter) -> Document:
    told = {**funded(wanted.funded), **late(wanted.late)}
    if wanted.session_id is None and wanted.referenced is None:
        return told
    return {**told, "keys.session": in_session(wanted.session_id, wanted.referenced)}


def of_reports(viewer: Viewer, wanted: ReportFilter) -> Document:
    of_session: Document = {} if wanted.session_id is None else {"keys.session": wanted.session_id}
    return {**of_session, **of_whom(viewer, wanted.person, wanted.organization)}


def of_whom(viewer: Viewer, person: str | None, organization: str | None) -> Document:
    """Narrow to a person and to an organization; a viewer's own scope is never widened by it."""
    asked = {"job_seeker.identifier": person, "organization.siret": organization}
    given = {field: value for field, value in asked.items() if value is not None}
    own = given.pop(FIELD.get(viewer.role, ""), viewer.key)
    return given if own == viewer.key else {**given, **NOTHING}


def unread(viewer: Viewer, unread: bool | None) -> Document:  # noqa: FBT001 - yes, no, both
    if unread is None:
        return {}
    if viewer.role is Role.TRAINING_ORGANIZATION:
        return NOTHING if unread else {}
    return {f"unread.{viewer.role.value}": True if unread else None}


def unread_by(viewer: Viewer, recipient: Role | None) -> Document:
    """Narrow to what a recipient has not read; told to the organization alone. A plan may have no adviser."""
    if recipient is None:
        return {}
    if viewer.role is not Role.TRAINING_ORGANIZATION or recipient not in RECIPIENTS:
        return NOTHING
    there: Document = {FIELD[Role.ADVISER]: {"$gt": ""}} if recipient is Role.ADVISER else {}
    return {f"unread.{recipient.value}": True, **there}


def standing(statuses: Sequence[ReportStatus] | None, today: date, order: PlanOrder) -> Document:
    """Say in which states plans are, and of those without a report whether it may be entered.

    In the order of last days, that is a bound of their range; in others, a field beside the position.
    """
    wanted, states = frozenset(ReportStatus if statuses is None else statuses), states_of(statuses)
    if OPEN not in states or _STATUSES[OPEN] <= wanted:
        return {"state": states[0] if len(states) == 1 else {"$in": states}}
    field = "keys.due" if order is PlanOrder.LAST_DAY else "keys.opens"
    opened = {"$lt" if ReportStatus.TO_ENTER in wanted else "$gte": today.isoformat()}
    written: list[Document] = [{"state": state} for state in states if state != OPEN]
    return {"$or": [{"state": OPEN, field: opened}, *written]}


def states_of(statuses: Sequence[ReportStatus] | None) -> list[str]:
    wanted = frozenset(ReportStatus if statuses is None else statuses)
    return [state for state, of in _STATUSES.items() if of & wanted]


def spans(
    wanted: SessionFilter, low: str | None, high: str | None, today: date
) -> Iterator[tuple[str, tuple[str | None, str | None]]]:
    """Give each state that is wanted with the range of last days in which its plans are."""
    statuses = frozenset(ReportStatus if wanted.statuses is None else wanted.statuses)
    due = today.isoformat()
    for state, of in _STATUSES.items():
        if not of & statuses:
            continue
        if state != OPEN or of <= statuses:
            yield state, (low, high)
        elif ReportStatus.TO_ENTER in statuses:
            yield state, (low, due if high is None else min(high, due))
        else:
            yield state, (due if low is None else max(low, due), high)


def session_ends(wanted: SessionFilter) -> Document:
    first = later(wanted.session_ends.first, wanted.on.first)
    last = wanted.session_ends.last
    low, high = last_days(Days(first, last))
    return between("session.ends_on", low, high)


def between(field: str, low: str | None, high: str | None) -> Document:
    bounds = ({} if low is None else {"$gte": low}) | ({} if high is None else {"$lt": high})
    return {field: bounds} if bounds else {}


def later(one: date | None, other: date | None) -> date | None:
    return max(one, other) if one and other else one or other


def last_days(days: Days) -> tuple[str | None, str | None]:
    return days.first.isoformat() if days.first else None, days.last.isoformat() + END if days.last else None


def in_session(session_id: str | None, referenced: bool | None) -> object:  # noqa: FBT001 - yes, no, both
    if session_id is None:
        return {"$gt": ""} if referenced else ""
    return EMPTY if referenced is False else session_id


def funded(funded: bool | None) -> Document:  # noqa: FBT001 - three answers: yes, no, both
    return {} if funded is None else {PAID: funded}


def late(wanted: LateFilter | None) -> Document:
    """Narrow to what is late, or is not; what is not owed has no such position."""
    if wanted is None:
        return {}
    early = {"$lt": wanted.before.isoformat()}
    return {"keys.owed": early if wanted.wanted else {"$not": early}}


def late_sessions(wanted: SessionFilter) -> Document:
    """Narrow sessions likewise: what is late is paid for, so sessions without such plans are passed in one seek."""
    paid = wanted.funded if wanted.funded is not None or not (wanted.late and wanted.late.wanted) else True
    return {**funded(paid), **late(wanted.late)}


def due_days(days: Days, today: date) -> tuple[str | None, str]:
    low = days.first.isoformat() if days.first else None
    due = today.isoformat()
    return low, min(due, days.last.isoformat() + END) if days.last else due


def instants(days: Days) -> tuple[str | None, str | None]:
    low = instant(start_of_day(days.first)) if days.first else None
    return low, instant(start_of_next_day(days.last)) if days.last else None


def in_status(viewer: Viewer, statuses: Sequence[ReportStatus] | None, today: date) -> Document:
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

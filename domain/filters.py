"""What the lists can be narrowed to, and in which order plans and sessions come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.access import Role  # noqa: TC001 - pydantic reads what a filter is made of
from domain.lateness import LateFilter  # noqa: TC001 - pydantic reads what a filter is made of
from domain.pages import ANY_DAY, Days
from domain.report import ReportStatus

Statuses = tuple[ReportStatus, ...]


class PlanOrder(StrEnum):
    """What plans are sorted by."""

    LAST_DAY = "last_day"
    NAME = "name"
    STARTS_ON = "starts_on"
    IDENTIFIER = "identifier"
    FUNDING = "funding"


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """Plans of an organization. `ends` bears on the last day, early exit and abandonment included.

    `on` keeps plans of which some day is among those; `statuses` says where their reports stand, None for anywhere.
    """

    session_id: str | None = None
    funded: bool | None = None
    referenced: bool | None = None
    ends: Days = ANY_DAY
    search: str | None = None
    on: Days = ANY_DAY
    statuses: Statuses | None = None
    order: PlanOrder = PlanOrder.LAST_DAY
    descending: bool = False
    late: LateFilter | None = None


class SessionOrder(StrEnum):
    """What sessions are sorted by."""

    STARTS_ON = "starts_on"
    ENDS_ON = "ends_on"
    TITLE = "title"
    CITY = "city"
    CARIF_NUMBER = "carif_number"
    FUNDING = "funding"


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Sessions that have a plan which passes `funded`, `ends`, `late` and `statuses`, where its report stands.

    `on` keeps sessions of which some day is among those, `session_ends` bears on the session's own last day.
    """

    funded: bool | None = None
    ends: Days = ANY_DAY
    search: str | None = None
    order: SessionOrder = SessionOrder.STARTS_ON
    descending: bool = False
    statuses: Statuses | None = (ReportStatus.TO_ENTER,)
    on: Days = ANY_DAY
    session_ends: Days = ANY_DAY
    late: LateFilter | None = None


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """Drafts, by the days on which they were created, or transmitted reports, by those of transmission.

    `complete` tells drafts that may be transmitted as they are; `unread` what the viewer has not read yet,
    `unread_by` what one of the recipients has not, for the organization that wrote it.
    """

    days: Days = ANY_DAY
    search: str | None = None
    session_id: str | None = None
    person: str | None = None
    organization: str | None = None
    complete: bool | None = None
    unread: bool | None = None
    descending: bool = True
    unread_by: Role | None = None


@dataclass(frozen=True, slots=True)
class AwaitedFilter:
    """Plans that are over and whose report is not transmitted yet, for those who are to receive it."""

    required: bool | None = None
    ends: Days = ANY_DAY
    search: str | None = None
    person: str | None = None
    organization: str | None = None
    descending: bool = False
    late: LateFilter | None = None

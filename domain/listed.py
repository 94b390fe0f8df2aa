"""A list of the desk as somebody asked for it: enough to ask for it again, whole, later."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from domain.filters import PlanFilter, SessionFilter, SessionOrder
from domain.pages import Days
from domain.report import ReportStatus
from domain.values import Day, Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from domain.plan import Plan


class ListName(StrEnum):
    """The lists that can be exported whole."""

    PENDING_SESSIONS = "pending_sessions"
    PENDING_PLANS = "pending_plans"
    DRAFTS = "drafts"
    TRANSMITTED = "transmitted"
    PLANS_OF_SESSION = "plans_of_session"
    PLANS_OF_PERSON = "plans_of_person"


class TableFormat(StrEnum):
    """What spreadsheets open."""

    CSV = "csv"
    XLSX = "xlsx"


class AskedList(Value):
    """A list with its filters and its order; `key` is the session or the person whose plans are listed."""

    name: ListName
    key: str | None = None
    funded: bool | None = None
    referenced: bool | None = None
    first_day: Day | None = None
    last_day: Day | None = None
    search: str | None = None
    statuses: tuple[ReportStatus, ...] | None = None
    order: SessionOrder = SessionOrder.STARTS_ON
    descending: bool = False

    @classmethod
    def of_sessions(cls, wanted: SessionFilter) -> AskedList:
        """Name the list of sessions with a report to enter."""
        return cls(
            name=ListName.PENDING_SESSIONS,
            funded=wanted.funded,
            first_day=wanted.ends.first,
            last_day=wanted.ends.last,
            search=wanted.search,
            order=wanted.order,
            descending=wanted.descending,
        )

    @classmethod
    def of_plans(cls, wanted: PlanFilter) -> AskedList:
        """Name the list of plans to enter."""
        return cls(
            name=ListName.PENDING_PLANS,
            key=wanted.session_id,
            funded=wanted.funded,
            referenced=wanted.referenced,
            first_day=wanted.ends.first,
            last_day=wanted.ends.last,
            search=wanted.search,
        )

    @classmethod
    def of_reports(cls, name: ListName, days: Days, search: str | None) -> AskedList:
        """Name the list of drafts or of transmitted reports."""
        return cls(name=name, first_day=days.first, last_day=days.last, search=search)

    @classmethod
    def of_plans_of(cls, name: ListName, key: str, statuses: Iterable[ReportStatus] | None) -> AskedList:
        """Name the list of the plans of a session or of a person."""
        return cls(name=name, key=key, statuses=None if statuses is None else tuple(statuses))

    @property
    def days(self) -> Days:
        """The days the list is narrowed to."""
        return Days(self.first_day, self.last_day)

    @property
    def session_filter(self) -> SessionFilter:
        """The filter of the list of sessions."""
        return SessionFilter(self.funded, self.days, self.search, self.order, self.descending)

    @property
    def plan_filter(self) -> PlanFilter:
        """The filter of the list of plans to enter."""
        return PlanFilter(self.key, self.funded, self.referenced, self.days, self.search)


class Row(NamedTuple):
    """A plan, and how many plans of the list it stands for: one, or all those of its session."""

    plan: Plan
    plans: int

    def reported(self) -> Row:
        """Return the row as its transmitted report shows it: names and titles of then."""
        return Row(self.plan.as_reported(), self.plans)

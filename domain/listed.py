"""A list of the desk as somebody asked for it: enough to ask for it again, whole, later."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from domain.filters import AwaitedFilter, PlanFilter, ReportFilter, SessionFilter
from domain.report import ReportStatus
from domain.values import Value

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
    TRAINING_PLANS = "training_plans"
    TRAINING_SESSIONS = "training_sessions"
    AWAITED_PLANS = "awaited_plans"


class TableFormat(StrEnum):
    """What spreadsheets open."""

    CSV = "csv"
    XLSX = "xlsx"


class AskedList(Value):
    """A list with its filters and its order, as it was asked for; `key` is the session or person whose plans it has.

    Which filter it has goes with its name.
    """

    name: ListName
    key: str | None = None
    statuses: tuple[ReportStatus, ...] | None = None
    sessions: SessionFilter | None = None
    plans: PlanFilter | None = None
    reports: ReportFilter | None = None
    awaited: AwaitedFilter | None = None

    @property
    def search(self) -> str:
        """What is searched in it, nothing where nothing is."""
        filters = (self.sessions, self.plans, self.reports, self.awaited)
        return "".join(each.search or "" for each in filters if each)

    @classmethod
    def of_plans_of(cls, name: ListName, key: str, statuses: Iterable[ReportStatus] | None) -> AskedList:
        """Name the list of the plans of a session or of a person."""
        return cls(name=name, key=key, statuses=None if statuses is None else tuple(statuses))


class ListedPlan(NamedTuple):
    """A plan, and how many plans of the list it stands for: one, or all those of its session."""

    plan: Plan
    plans: int

    def reported(self) -> ListedPlan:
        """Return the row as its transmitted report shows it: names and titles of then."""
        return ListedPlan(self.plan.as_reported(), self.plans)

"""What an organization's software is reminded of: a report that is due, one that is late, and the week's digest."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.calendar import paris_day, spelt_instant, start_of_day
from domain.global_id import global_id
from domain.lateness import late_on
from domain.values import Day, Value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

MOST_LATE = 100
"""How many late plans a digest names."""


class ReminderKind(StrEnum):
    """Of what one is reminded: a report that may be written, or one that is late."""

    DUE = "due"
    LATE = "late"


class LastTold(Value):
    """To whom a plan was told last, on which day."""

    siret: str
    on: Day

    def still_holds(self, siret: str, since: date) -> bool:
        """Whether that was the same organization, since the plan is what it was told to be.

        A plan that was told, and then moved to a later day, is told again on that day; one whose days changed within
        the past is not.
        """
        return self.siret == siret and self.on >= since


class Reminder(Value):
    """Under a number, what was told of a plan to an organization, and since when it holds.

    `last_day` is that of the plan today; None where nothing is awaited any more, or nothing compulsory.
    """

    number: int
    plan_id: str
    siret: str
    kind: ReminderKind
    since: Day
    last_day: Day | None = None

    def holds(self, today: date, after_days: int) -> bool:
        """Whether it is still so."""
        return self.last_day is not None and since(self.kind, self.last_day, after_days) <= today

    @property
    def event_id(self) -> str:
        """The same at each attempt, and again where a backup is restored."""
        return global_id(f"Report{self.kind.name.title()}Event", f"{self.plan_id}:{self.since.isoformat()}")

    def body(self) -> dict[str, object]:
        """Return what is sent: which plan and since when, nothing of whom or what."""
        return {
            "type": f"report.{self.kind.value}",
            "timestamp": spelt_instant(start_of_day(self.since)),
            "data": {"id": self.event_id, "trainingPlanId": global_id("TrainingPlan", self.plan_id)},
        }


def since(kind: ReminderKind, last_day: date, after_days: int) -> date:
    """Return the first day on which a plan that ended on a day is due, or late."""
    opens_on = last_day + timedelta(days=1)
    return opens_on if kind is ReminderKind.DUE else late_on(opens_on, after_days)


def ended_before(kind: ReminderKind, today: date, after_days: int) -> date:
    """Return the day before which plans ended that are due, or late, on a day."""
    return today if kind is ReminderKind.DUE else today - timedelta(days=after_days)


def week_of(now: datetime) -> str:
    """Name the week it is in Paris (ISO 8601); later ones sort after."""
    year, week, _ = paris_day(now).isocalendar()
    return f"{year:04}-W{week:02}"


def digest_id(siret: str, week: str) -> str:
    """Return the identifier of an organization's digest: one for each week."""
    return global_id("ReportDigestEvent", f"{siret}:{week}")


def digest_body(
    siret: str, week: str, counts: dict[str, int], late: Iterable[str], *, today: date
) -> dict[str, object]:
    """Return what is sent of a week: how many, and which are late, nothing of whom or what."""
    return {
        "type": "report.digest",
        "timestamp": spelt_instant(start_of_day(date.fromisocalendar(int(week[:4]), int(week[6:]), 1))),
        "data": {
            "id": digest_id(siret, week),
            "week": week,
            "asOf": today.isoformat(),
            **counts,
            "latePlanIds": [global_id("TrainingPlan", each) for each in late],
        },
    }

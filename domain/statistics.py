"""What became of the plans of an organization: counts and delays, of nobody in particular."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.lateness import LATE_AFTER_DAYS
from domain.nomenclature import UNKNOWN_LABEL, Entry, Known, NomenclatureName, entry
from domain.pages import ANY_DAY, Days
from domain.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_COURSES = 100
MOST_PERIODS = 120


class Span(StrEnum):
    """How long the periods are that figures are given by."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def last_day(self, start: date) -> date:
        """Return the last day of the period that begins on a day."""
        months = start.month - 1 + _MONTHS[self]
        return date(start.year + months // 12, months % 12 + 1, 1) - timedelta(days=1)


_MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.YEAR: 12}


@dataclass(frozen=True, slots=True)
class StatisticsFilter:
    """Plans that are over, whose last day is within `ends`; of one course by its title, or of all.

    Compulsory reports are late after so many days, from the first on which they may be written.
    """

    ends: Days = ANY_DAY
    course: str | None = None
    span: Span = Span.MONTH
    late_after_days: int = LATE_AFTER_DAYS


class AskedStatistics(Value):
    """Figures as they were asked for: enough to ask for them again, later."""

    wanted: StatisticsFilter


@dataclass(frozen=True, slots=True)
class Delays:
    """Days from the last day of a plan to its report's transmission; percentiles by nearest rank."""

    reports: int
    median: int
    p90: int
    mean: float


@dataclass(frozen=True, slots=True)
class SituationCount:
    """In how many transmitted reports a situation stands."""

    situation: Entry
    reports: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over some plans. `certifying` and below it count transmitted reports that say so.

    Of the compulsory reports, `on_time` and `late` were transmitted so, and `overdue` are late and not transmitted.
    """

    plans: int
    required: int
    drafts: int
    transmitted: int
    required_transmitted: int
    on_time: int
    late: int
    overdue: int
    early_exits: int
    abandonments: int
    certifying: int
    obtained: int
    not_obtained: int
    delays: Delays | None = None
    situations: tuple[SituationCount, ...] = ()

    def labelled(self, known: Known) -> Figures:
        """Return the figures with the labels of their situations."""
        named = (
            replace(
                each, situation=entry(known, NomenclatureName.EXIT_SITUATION, each.situation.code) or each.situation
            )
            for each in self.situations
        )
        return replace(self, situations=tuple(named))


NO_FIGURES = Figures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Statistics:
    """Figures of all the plans, by course (title) and by period (first day)."""

    total: Figures
    courses: tuple[tuple[str, Figures], ...]
    periods: tuple[tuple[date, Figures], ...]

    def codes(self) -> Iterable[tuple[NomenclatureName, str]]:
        """Name the situations, to look up their labels: all of them are in the total."""
        return [(NomenclatureName.EXIT_SITUATION, each.situation.code) for each in self.total.situations]

    def labelled(self, known: Known) -> Statistics:
        """Return the statistics with the labels of their situations."""
        return Statistics(
            self.total.labelled(known),
            tuple((title, figures.labelled(known)) for title, figures in self.courses),
            tuple((start, figures.labelled(known)) for start, figures in self.periods),
        )


def unlabelled(code: str) -> Entry:
    """Return a code as it stands until its label is looked up."""
    return Entry(code=code, label=UNKNOWN_LABEL)


def rate(part: int, whole: int) -> float | None:
    """Return a part of a whole, from 0 to 1, to four decimals; None of nothing."""
    return round(part / whole, 4) if whole else None

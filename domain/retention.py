"""How long what is kept, by state: the ages after which a draft, a report or a plan goes."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.calendar import start_of_day

if TYPE_CHECKING:
    from datetime import date, datetime

_MONTHS = 12


class Rule(StrEnum):
    """What goes when it is old."""

    DRAFTS = "DRAFTS"
    REPORTS = "REPORTS"
    COFINANCED_REPORTS = "COFINANCED_REPORTS"
    UNREPORTED_PLANS = "UNREPORTED_PLANS"


@dataclass(frozen=True, slots=True)
class Ages:
    """In months. The longer age of co-financed reports holds for plans of those schemes (dispositifs).

    Nothing in a plan names its funder (LHEO 3 or 14, where Europe co-finances): the scheme is what it carries.
    """

    drafts: int
    reports: int
    cofinanced_reports: int
    unreported_plans: int
    cofinanced_schemes: tuple[str, ...] = ()

    def of(self, rule: Rule) -> int:
        """Return the age at which a rule applies."""
        return {
            Rule.DRAFTS: self.drafts,
            Rule.REPORTS: self.reports,
            Rule.COFINANCED_REPORTS: self.cofinanced_reports,
            Rule.UNREPORTED_PLANS: self.unreported_plans,
        }[rule]


def day_before(today: date, months: int) -> date:
    """Return the same day of an earlier month, or the last one of that month where it has no such day."""
    year, month = divmod(today.year * _MONTHS + today.month - 1 - months, _MONTHS)
    year = max(year, 1)
    return today.replace(year=year, month=month + 1, day=min(today.day, monthrange(year, month + 1)[1]))


def instant_before(today: date, months: int) -> datetime:
    """Return the first instant, UTC, of that day."""
    return start_of_day(day_before(today, months))

"""How long a report has been waited for, and from when it is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.plan import Plan

LATE_AFTER_DAYS = 30
"""Proposed: no published rule gives an organization any number of days."""


@dataclass(frozen=True, slots=True)
class LateFilter:
    """The late ones (`wanted`) or the others; late is a compulsory report whose plan ended `before` that day."""

    wanted: bool
    before: date


def is_awaited(plan: Plan, today: date) -> bool:
    """Whether a report may be written since that day or earlier, and none was transmitted."""
    sent = plan.report is not None and plan.report.transmitted_at is not None
    return not sent and plan.withdrawn is None and plan.opens_on <= today


def days_awaited(plan: Plan, today: date) -> int | None:
    """Count days since the report could be written, 0 on the first one; None where none is awaited."""
    return (today - plan.opens_on).days if is_awaited(plan, today) else None


def late_on(opens_on: date, after_days: int) -> date:
    """Return the first day on which a compulsory report is late."""
    return opens_on + timedelta(days=after_days)


def is_late(plan: Plan, today: date, after_days: int) -> bool:
    """Whether a compulsory report is awaited for more days than there are for it; no other is ever late."""
    return plan.report_required and is_awaited(plan, today) and late_on(plan.opens_on, after_days) <= today


def late_filter(wanted: bool | None, today: date, after_days: int) -> LateFilter | None:  # noqa: FBT001 - yes, no, both
    """Say which last days make a report late on a day; None where late ones and others are wanted."""
    return None if wanted is None else LateFilter(wanted, today - timedelta(days=after_days))

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain import acts
from domain.form import Form
from domain.lateness import days_awaited, is_late, late_filter
from domain.plan import Withdrawn
from tests.factories import NOW, PAID, TODAY, UNPAID, a_plan

AFTER = 30


def ended(days: int, **changes: Any) -> Any:
    """A plan whose last day was so many days ago."""
    return a_plan(ends_on=TODAY - timedelta(days=days), **changes)


@pytest.mark.parametrize(("days", "awaited"), [(-3, None), (0, None), (1, 0), (2, 1), (31, 30)])
def test_a_report_is_awaited_from_the_first_day_on_which_it_may_be_written(days: int, awaited: int | None) -> None:
    assert days_awaited(ended(days), TODAY) == awaited


def test_a_draft_is_still_awaited_and_a_transmitted_report_is_not() -> None:
    drafted = acts.save_draft(ended(40), Form(objective="x"), None, now=NOW, today=TODAY)
    assert days_awaited(drafted, TODAY) == 39
    assert is_late(drafted, TODAY, AFTER)
    sent = acts.transmit(drafted, None, None, now=NOW, today=TODAY)
    assert days_awaited(sent, TODAY) is None
    assert not is_late(sent, TODAY, AFTER)


def test_nothing_is_awaited_of_a_withdrawn_plan() -> None:
    plan = ended(40, withdrawn=Withdrawn.CANCELLED)
    assert days_awaited(plan, TODAY) is None
    assert not is_late(plan, TODAY, AFTER)


@pytest.mark.parametrize(("days", "late"), [(30, False), (31, True), (400, True)])
def test_only_a_compulsory_report_is_late_and_only_after_the_days_there_are(
    days: int,
    late: bool,  # noqa: FBT001 - a parameter of the case
) -> None:
    assert is_late(ended(days, funding=PAID), TODAY, AFTER) is late
    assert not is_late(ended(days, funding=UNPAID), TODAY, AFTER)


@pytest.mark.parametrize("days", [1, 29, 30, 31, 32])
def test_the_filter_says_the_same_of_last_days(days: int) -> None:
    plan, wanted = ended(days), late_filter(wanted=True, today=TODAY, after_days=AFTER)
    assert wanted is not None
    assert (plan.last_day < wanted.before) is is_late(plan, TODAY, AFTER)

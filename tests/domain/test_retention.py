from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.retention import Ages, Rule, day_before, instant_before


@pytest.mark.parametrize(
    ("today", "months", "day"),
    [
        (date(2026, 11, 23), 13, date(2025, 10, 23)),
        (date(2026, 11, 23), 72, date(2020, 11, 23)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 1, 1), 1, date(2025, 12, 1)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
    ],
)
def test_an_age_in_months_is_counted_as_people_do(today: date, months: int, day: date) -> None:
    assert day_before(today, months) == day


@given(st.dates(date(1000, 1, 1)), st.integers(0, 600), st.integers(0, 600))
def test_the_older_of_two_ages_is_reached_earlier(today: date, one: int, other: int) -> None:
    older, younger = max(one, other), min(one, other)
    assert day_before(today, older) <= day_before(today, younger) <= today


def test_an_age_is_reached_at_the_beginning_of_a_day_in_paris() -> None:
    assert instant_before(date(2026, 11, 23), 13) == datetime(2025, 10, 22, 22, tzinfo=UTC)


def test_each_rule_has_its_own_age() -> None:
    ages = Ages(drafts=13, reports=72, cofinanced_reports=120, unreported_plans=73)
    assert {rule: ages.of(rule) for rule in Rule} == {
        Rule.DRAFTS: 13,
        Rule.REPORTS: 72,
        Rule.COFINANCED_REPORTS: 120,
        Rule.UNREPORTED_PLANS: 73,
    }

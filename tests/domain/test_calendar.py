from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import french_day, paris_day, start_of_day, start_of_next_day

IN_USE = st.dates(date(1911, 3, 12), date(2400, 1, 1))


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2025, 11, 19, 22, 59, 59, 999_000, tzinfo=UTC), date(2025, 11, 19)),
        (datetime(2025, 11, 19, 23, 0, tzinfo=UTC), date(2025, 11, 20)),
        (datetime(2025, 7, 14, 21, 59, tzinfo=UTC), date(2025, 7, 14)),
        (datetime(2025, 7, 14, 22, 0, tzinfo=UTC), date(2025, 7, 15)),
    ],
)
def test_a_day_is_a_day_in_paris(instant: datetime, day: date) -> None:
    assert paris_day(instant) == day


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2025, 5, 1), 24)]
)
def test_a_day_lasts_as_long_as_in_paris(day: date, hours: int) -> None:
    assert start_of_next_day(day) - start_of_day(day) == timedelta(hours=hours)


@given(IN_USE)
def test_a_day_is_from_its_first_instant_to_that_of_the_next(day: date) -> None:
    assert paris_day(start_of_day(day)) == day
    assert paris_day(start_of_day(day) - timedelta(milliseconds=1)) == day - timedelta(days=1)
    assert start_of_next_day(day) == start_of_day(day + timedelta(days=1))


@given(st.dates(), st.dates())
def test_any_day_of_any_calendar_has_its_bounds_in_order(one: date, other: date) -> None:
    first, last = sorted((one, other))
    assert start_of_day(first) <= start_of_day(last) <= start_of_next_day(last)


@pytest.mark.parametrize(("day", "written"), [(date(2025, 3, 1), "01/03/2025"), (date(987, 12, 31), "31/12/0987")])
def test_a_day_is_written_as_in_french(day: date, written: str) -> None:
    assert french_day(day) == written

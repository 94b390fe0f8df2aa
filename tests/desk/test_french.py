"""Days and numbers, as they are typed and as they are shown."""

from __future__ import annotations

import pytest

from desk import french


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("25/11/2026", "2026-11-25"),
        ("1/9/26", "2026-09-01"),
        ("01.09.2026", "2026-09-01"),
        ("01092026", "2026-09-01"),
        ("2026-09-01", "2026-09-01"),
        (" 1 / 9 / 2026 ", "2026-09-01"),
        ("1-9-2026", "2026-09-01"),
        ("29/02/2028", "2028-02-29"),
        ("30/02/2026", None),
        ("31/12", None),
        ("hier", None),
        ("", None),
        ("0/1/2026", None),
        ("1/1/0000", None),
        ("٠١/٠٩/٢٠٢٦", None),
        ("1" * 10_000, None),
    ],
)
def test_a_day_is_read_as_french_people_write_it(typed: str, read: str | None) -> None:
    assert french.typed_day(typed) == read


def test_days_instants_and_numbers_are_shown_as_french_people_read_them() -> None:
    assert french.day("2026-11-25") == "25/11/2026"
    assert french.long_day("2026-12-01") == "1er\N{NO-BREAK SPACE}décembre 2026"
    assert (
        french.long_instant("2026-07-25T12:36:00+00:00")
        == "25\N{NO-BREAK SPACE}juillet 2026 à 14\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}36"
    )
    assert french.instant("2026-12-31T23:05:00+00:00") == "01/01/2027 à 0\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}05"
    assert french.kilobytes(28_401) == "28\N{NO-BREAK SPACE}Ko"
    assert french.kilobytes(300) == "1\N{NO-BREAK SPACE}Ko"
    assert french.number(3000) == "3\N{NARROW NO-BREAK SPACE}000"
    assert french.plural(1, "session", "sessions") == "1\N{NO-BREAK SPACE}session"
    assert french.plural(0, "session", "sessions") == "0\N{NO-BREAK SPACE}session"
    assert french.plural(11, "session", "sessions") == "11\N{NO-BREAK SPACE}sessions"


@pytest.mark.parametrize(
    ("rate", "shown", "wide"),
    [(0, "0", 0), (0.001, "1", 5), (0.85, "85", 85), (0.999, "99", 95), (1, "100", 100)],
)
def test_what_is_not_all_is_never_all_and_what_is_something_never_nothing(rate: float, shown: str, wide: int) -> None:
    assert french.percent(rate) == f"{shown}\N{NO-BREAK SPACE}%"
    assert french.twentieths(rate) == wide

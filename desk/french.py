"""Days, instants, numbers and names as French people write and read them."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
NO_BREAK = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"
WRITE_IT_SO = "Écrivez la date ainsi : 25/11/2026."
_CENTURY = 2000
_WAYS = (
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
    r"(?P<day>\d{1,2})\s*[/.\- ]\s*(?P<month>\d{1,2})\s*[/.\- ]\s*(?P<year>\d{4}|\d{2})",
    r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4})",
)
_LONGEST_DAY = 40


def day(text: str | None) -> str:
    """2026-11-25 in a table: 25/11/2026; empty for None."""
    return f"{date.fromisoformat(text):%d/%m/%Y}" if text else ""


def long_day(text: str) -> str:
    """2026-11-25 in a sentence: 25 novembre 2026; no line ends between day and month."""
    return _long(date.fromisoformat(text))


def clock(text: str) -> str:
    """Give the time of day in Paris of an instant (ISO 8601): 14 h 36."""
    there = _there(text)
    return f"{there.hour}{NO_BREAK}h{NO_BREAK}{there:%M}"


def day_of(text: str) -> str:
    """Give the day in Paris of an instant (ISO 8601): 25/11/2026."""
    return f"{_there(text):%d/%m/%Y}"


def instant(text: str) -> str:
    """Give an instant (ISO 8601) for a table: 25/11/2026 à 14 h 36."""
    return f"{day_of(text)} à {clock(text)}"


def long_instant(text: str) -> str:
    """Give an instant (ISO 8601) for a sentence: 25 novembre 2026 à 14 h 36."""
    return f"{_long(_there(text).date())} à {clock(text)}"


def long_day_of(text: str) -> str:
    """Give the day in Paris of an instant (ISO 8601) for a sentence: 25 novembre 2026."""
    return _long(_there(text).date())


def phone(text: str) -> str:
    """Return a telephone number for a `tel:` link: digits and `+` alone."""
    return re.sub(r"[^0-9+]", "", text)


def number(value: float) -> str:
    """1234.5 as French writes it, with a narrow no-break space and a comma: 1 234,5."""
    return f"{value:,}".replace(",", NARROW).replace(".", ",")


def kilobytes(size: int) -> str:
    """Return a size in bytes as kilooctets of 1 024: 28 401 bytes are « 28 Ko »; at least 1."""
    return f"{number(max(round(size / 1024), 1))}{NO_BREAK}Ko"


def percent(rate: float) -> str:
    """0.853: 85 %. A rate below 1 is never rounded to 100 %, a rate above 0 never to 0 %."""
    return f"{_between(round(rate * 100), rate, 1)}{NO_BREAK}%"


def twentieths(rate: float) -> int:
    """Return the width of the bar that shows a rate (0 to 1), in per cent, by steps of five."""
    return _between(5 * round(rate * 20), rate, 5)


def _between(rounded: int, rate: float, step: int) -> int:
    return min(max(rounded, step), 100 - step) if 0 < rate < 1 else rounded


def period(starts_on: str, length: str) -> str:
    """Name the period of a `length` (MONTH, QUARTER or YEAR) that begins on a day: « novembre 2026 »."""
    first = date.fromisoformat(starts_on)
    if length == "YEAR":
        return str(first.year)
    if length == "QUARTER":
        quarter = (first.month + 2) // 3
        return f"{quarter}{'er' if quarter == 1 else 'e'} trimestre {first.year}"
    return f"{MONTHS[first.month - 1]} {first.year}"


def apostrophes(text: str) -> str:
    """Replace the straight apostrophe of messages and labels by the typographic one: l’absence."""
    return re.sub(r"(?<=\w)'(?=\w)", "’", text)


def plural(value: int, one: str, many: str) -> str:
    """« 1 session », « 0 session », « 11 sessions »."""
    return f"{number(value)}{NO_BREAK}{one if abs(value) < 2 else many}"  # noqa: PLR2004 - the French plural begins at 2


def days_between(earlier: str, later: str) -> int:
    """Count the days between two days (YYYY-MM-DD); negative where `later` is the earlier one."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


def typed_day(typed: str) -> str | None:
    """Read 1/9/26, 01.09.2026, 01092026 or 2026-09-01, as 2026-09-01; None for a text that is not a day."""
    text = typed.strip()
    if len(text) > _LONGEST_DAY or not text.isascii():
        return None
    found = next((each for way in _WAYS if (each := re.fullmatch(way, text))), None)
    if found is None:
        return None
    year, month, number_of_day = found["year"], found["month"], found["day"]
    whole = int(year) + (_CENTURY if len(year) == 2 else 0)  # noqa: PLR2004 - two digits
    try:
        return date(whole, int(month), int(number_of_day)).isoformat()
    except ValueError:
        return None


def _there(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(PARIS)


def _long(when: date) -> str:
    first = "1er" if when.day == 1 else str(when.day)
    return f"{first}{NO_BREAK}{MONTHS[when.month - 1]} {when.year}"

"""Days and instants: a day is a day in Europe/Paris."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
_EARLIEST = date(1900, 1, 1)
_LATEST = date(9000, 1, 1)


def spelt_instant(moment: datetime) -> str:
    """Spell an instant in the one shape that everybody is given: milliseconds always, UTC as Z."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def paris_day(instant: datetime) -> date:
    """Return the day it is in Paris at that instant."""
    return instant.astimezone(PARIS).date()


def start_of_day(day: date) -> datetime:
    """Return the first instant of a Paris day, in UTC; days out of any calendar in use are brought back into it."""
    within = min(max(day, _EARLIEST), _LATEST)
    return datetime.combine(within, time(), PARIS).astimezone(UTC)


def start_of_next_day(day: date) -> datetime:
    """Return the instant at which a Paris day is over, in UTC."""
    return start_of_day(min(day, _LATEST) + timedelta(days=1))


def french_day(day: date) -> str:
    """Return a day as French people write it: JJ/MM/AAAA."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"

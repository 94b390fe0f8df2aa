"""The one place that reads the clock; everywhere else time comes in as a value."""

from __future__ import annotations

from datetime import UTC, datetime


def present() -> datetime:
    """Return the instant it is, in UTC and milliseconds: the one place that reads the clock."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)

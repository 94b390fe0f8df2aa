"""The outcome of reading a record of a feed: a value with remarks, or the reasons for rejecting it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
SHOWN = 60


class NotThisFormat(Exception):  # noqa: N818 - a refusal, not a fault
    """The file is not of the format announced, or cannot be opened; English sentence for the operator.

    Raised before the first record is given out, so that nothing has been written.
    """


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing wrong or odd: `where` is a field, column or element; `value` is as found, shortened.

    `value` is empty where the field is about a person: personal data stay out of reports.
    """

    where: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Accepted(Generic[T]):
    """An accepted record. `line` counts from 1; `size` is in bytes; `flags` are the remarks on what was kept."""

    line: int
    value: T
    flags: tuple[Remark, ...] = ()
    size: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """A rejected record, with every reason at once."""

    line: int
    reasons: tuple[Remark, ...]


Outcome = Accepted[T] | Rejected


def shown(value: object) -> str:
    """Return a value as a report shows it: one line of at most 60 characters, control characters escaped."""
    text = value if isinstance(value, str) else repr(value)[: 2 * SHOWN]
    short = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
    return short if short.isprintable() else short.encode("unicode_escape").decode("ascii")[:SHOWN]

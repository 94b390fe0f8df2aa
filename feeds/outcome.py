"""The outcome of reading a record of a feed: a value with remarks, or the reasons for rejecting it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
SHOWN = 60


class NotThisFormat(Exception):  # noqa: N818 - a refusal, not a fault
    """The file is not of the expected format, or cannot be opened; an English sentence for the operator.

    It is raised before the first record is given, so that nothing has been written.
    """


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that is wrong or odd in a record: `where` names the field, column or element.

    `value` is what was found, shortened to 60 characters; it is empty where the field is about a person, as reports
    hold no personal data. `reason` is in English.
    """

    where: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Accepted(Generic[T]):
    """An accepted record. `line` counts from 1, `size` is in bytes, `flags` are the remarks on what is odd in it."""

    line: int
    value: T
    flags: tuple[Remark, ...] = ()
    size: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """A rejected record, with all the reasons; `line` counts from 1."""

    line: int
    reasons: tuple[Remark, ...]


Outcome = Accepted[T] | Rejected


def shown(value: object) -> str:
    """Return a value as reports show it: on one line, of 60 characters at most, with control characters escaped."""
    text = value if isinstance(value, str) else repr(value)[: 2 * SHOWN]
    short = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
    return short if short.isprintable() else short.encode("unicode_escape").decode("ascii")[:SHOWN]

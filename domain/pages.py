"""One page of a list: what is asked for, what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - pydantic reads what a range of days is made of
from typing import TYPE_CHECKING, Generic, TypeVar

from domain.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

T = TypeVar("T")
U = TypeVar("U")
USUAL_PAGE = 20
LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class PageRequest:
    """At most `first` items (1 to 100) after an opaque cursor, or the `last` ones before one; BadRequest beyond.

    `unread` are parts of each plan (`session.content`) that nobody asks for, see `domain/restoring.py`; without
    `items`, nobody asks for the plans at all, but for how many there are or for a link to them.
    """

    first: int = USUAL_PAGE
    after: str | None = None
    unread: frozenset[str] = frozenset()
    items: bool = True
    last: int | None = None
    before: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.size <= LARGEST_PAGE:
            name = "first" if self.last is None else "last"
            raise BadRequest(f"« {name} » doit être compris entre 1 et {LARGEST_PAGE}.")

    @property
    def size(self) -> int:
        """How many items at most."""
        return self.first if self.last is None else self.last

    @property
    def backward(self) -> bool:
        """Whether the end of the range is wanted."""
        return self.last is not None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items with their positions, and what makes a cursor of a position.

    `count` asks how long the whole list is, only when somebody wants to know.
    """

    items: Sequence[T]
    positions: Sequence[str]
    cursor: Callable[[str], str]
    has_next: bool
    has_previous: bool
    count: Callable[[], Awaitable[int]]

    def map(self, change: Callable[[T], U]) -> Page[U]:
        """Return the same page of something else."""
        items = [change(item) for item in self.items]
        return Page(items, self.positions, self.cursor, self.has_next, self.has_previous, self.count)


@dataclass(frozen=True, slots=True)
class Days:
    """A range of days, both included; a missing bound is open."""

    first: date | None = None
    last: date | None = None


ANY_DAY = Days()

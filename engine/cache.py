"""A bounded cache that one-off texts do not empty: a text stays if it is asked for often."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Cached(Generic[T]):
    """A kept value, its size in bytes and how often it was asked for lately."""

    value: T
    size: int
    sights: int = 1


class Cache(Generic[T]):
    """Values by text, in two parts: on probation those seen once, settled those seen again.

    A value settles only where there is room or where it is asked for more often than the settled one that was
    asked for longest ago; that one loses half of its standing each time it is spared. A stream of ever-new
    texts therefore turns over the probation only. Each part is bounded in number and in bytes.
    """

    def __init__(self, *, number: int, size: int) -> None:
        self.number = number
        self.size = size
        self._settled: OrderedDict[str, Cached[T]] = OrderedDict()
        self._probation: OrderedDict[str, Cached[T]] = OrderedDict()
        self._settled_size = 0
        self._probation_size = 0

    def __len__(self) -> int:
        return len(self._settled) + len(self._probation)

    def find(self, text: str) -> tuple[T | None, bool]:
        """Return the value kept for a text, if any, and whether it is settled."""
        entry = self._settled.get(text)
        if entry is not None:
            entry.sights += 1
            self._settled.move_to_end(text)
            return entry.value, True
        entry = self._probation.get(text)
        if entry is None:
            return None, False
        entry.sights += 1
        return entry.value, self._settle(text, entry)

    def add(self, text: str, value: T, size: int) -> None:
        """Keep a new value on probation; one larger than an eighth of the cache is not kept."""
        if size > self.size // 8:
            return
        self._probation[text] = Cached(value, size)
        self._probation_size += size
        while len(self._probation) > self.number or self._probation_size > self.size:
            _, gone = self._probation.popitem(last=False)
            self._probation_size -= gone.size

    def _settle(self, text: str, entry: Cached[T]) -> bool:
        while len(self._settled) >= self.number or self._settled_size + entry.size > self.size:
            oldest = next(iter(self._settled))
            if not self._gives_way(oldest, entry):
                return False
        del self._probation[text]
        self._probation_size -= entry.size
        self._settled[text] = entry
        self._settled_size += entry.size
        return True

    def _gives_way(self, oldest: str, newcomer: Cached[T]) -> bool:
        entry = self._settled[oldest]
        if entry.sights >= newcomer.sights:
            entry.sights //= 2
            self._settled.move_to_end(oldest)
            return False
        del self._settled[oldest]
        self._settled_size -= entry.size
        return True

"""Bounds the files that pages hold in memory at once: AT_ONCE in this process, SHARE of one account."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from desk.stopping import Stopped

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 8
SHARE = 2


class FilePlaces:
    """Counts, by account, the uploads that are arriving, waiting to be read, or being read."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one(self, account: str) -> Iterator[None]:
        """Hold a place during the block; raises Stopped (503) where none is free, or the account has its share."""
        if self._taken.total() >= AT_ONCE or self._taken[account] >= SHARE:
            raise Stopped.away()
        self._taken[account] += 1
        try:
            yield
        finally:
            self._taken[account] -= 1
            if not self._taken[account]:
                del self._taken[account]

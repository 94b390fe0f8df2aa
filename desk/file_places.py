"""Files that are sent to pages are held in memory: few at once, and fewer of one account."""

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
    """Counts the files that arrive, are read or wait to be, by the account that signed in."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one(self, account: str) -> Iterator[None]:
        """Hold a place in the block; Stopped (503) where there is none, or none more for the account."""
        if self._taken.total() >= AT_ONCE or self._taken[account] >= SHARE:
            raise Stopped.away()
        self._taken[account] += 1
        try:
            yield
        finally:
            self._taken[account] -= 1
            if not self._taken[account]:
                del self._taken[account]

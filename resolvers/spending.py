"""Counts what an account spends within a minute: processor time, the database's work, bytes sent.

Each process counts for itself. An account that has spent its minute is refused until the next one. The operator is
told of accounts that spend much, by the pseudonym that stands in the logs.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Self

from cachetools import FIFOCache

from domain.errors import TooMuchAsked

if TYPE_CHECKING:
    from collections.abc import Callable

MINUTE = 60
_MUCH = 0.05
"""The part of a minute's allowance from which the operator is told of the account."""
_ACCOUNTS = 20_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an account may spend within a minute, in each process."""

    seconds: float
    bytes_sent: float


@dataclass(slots=True)
class Spent:
    """What an account has spent in this minute, and what of it was told."""

    seconds: float = 0.0
    bytes_sent: int = 0
    told: bool = False


class Spending:
    """`clock` gives seconds. `on_much` is told an account, and what it has spent since it was told last."""

    def __init__(
        self,
        allowance: Allowance,
        clock: Callable[[], float],
        *,
        on_much: Callable[[str, float, int], None] = lambda *_: None,
        on_refused: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._allowance = allowance
        self._clock = clock
        self._on_much = on_much
        self._on_refused = on_refused
        self._minute = -1
        self._spent: FIFOCache[str, Spent] = FIFOCache(_ACCOUNTS)

    @classmethod
    def unbounded(cls) -> Self:
        """Allow everything."""
        return cls(Allowance(inf, inf), lambda: 0)

    def require(self, account: str) -> None:
        """Raise TooMuchAsked where the account has spent the minute."""
        if wait := self.lacks(account):
            self._on_refused(account)
            raise TooMuchAsked(wait)

    def lacks(self, account: str) -> int:
        """Return 0, or after how many seconds the account may ask again."""
        now = self._begin()
        spent = self._spent.get(account)
        if spent is None or (
            spent.seconds < self._allowance.seconds and spent.bytes_sent < self._allowance.bytes_sent
        ):
            return 0
        return max(1, (self._minute + 1) * MINUTE - int(now))

    def add(self, account: str, seconds: float, bytes_sent: int = 0) -> None:
        """Add what was done for an account."""
        self._begin()
        spent = self._spent.setdefault(account, Spent())
        spent.seconds += seconds
        spent.bytes_sent += bytes_sent
        if spent.told:
            self._on_much(account, seconds, bytes_sent)
        elif spent.seconds > _MUCH * self._allowance.seconds or spent.bytes_sent > _MUCH * self._allowance.bytes_sent:
            spent.told = True
            self._on_much(account, spent.seconds, spent.bytes_sent)

    def _begin(self) -> float:
        """Forget the minute that is over."""
        now = self._clock()
        if int(now) // MINUTE != self._minute:
            self._minute = int(now) // MINUTE
            self._spent.clear()
        return now

"""The order of printing: transmissions first, and within each kind one order for each account in turn."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

from pdf.errors import TooManyOrders

T = TypeVar("T")
MOST_TRANSMISSIONS = 100
MOST_READINGS = 8
"""How many orders of one account may wait, of each kind."""


class Queue(Generic[T]):
    """Orders of one kind that wait. An account that has had its turn goes behind the others that wait."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: dict[str, deque[T]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def join(self, account: str, order: T) -> None:
        """Wait behind the other orders of the account; TooManyOrders where they are many."""
        own = self._waiting.setdefault(account, deque())
        if len(own) >= self._most:
            raise TooManyOrders
        own.append(order)

    def leave(self, account: str, order: T) -> None:
        """Wait no longer."""
        own = self._waiting.get(account)
        if own and order in own:
            own.remove(order)
            if not own:
                del self._waiting[account]

    def next(self) -> T | None:
        """Take the order whose turn it is; None where none waits."""
        if not self._waiting:
            return None
        account = next(iter(self._waiting))
        own = self._waiting.pop(account)
        order = own.popleft()
        if own:
            self._waiting[account] = own
        return order


class Turns(Generic[T]):
    """Both lines."""

    def __init__(self) -> None:
        self.transmissions: Queue[T] = Queue(MOST_TRANSMISSIONS)
        self.readings: Queue[T] = Queue(MOST_READINGS)

    def __len__(self) -> int:
        return len(self.transmissions) + len(self.readings)

    def next(self, *, transmissions_only: bool) -> T | None:
        """Take the order whose turn it is; None where none waits that may be taken."""
        order = self.transmissions.next()
        return order if order is not None or transmissions_only else self.readings.next()

"""Bounds long work: a number of seats in all, and a share of them for one account."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Ticket = asyncio.Future[None]


class NoSeat(Exception):  # noqa: N818 - a refusal, not a fault
    """The account has as many requests waiting as it may have."""


class Seats:
    """A number of seats, `share` of them at most for one account; accounts that wait are served in turn."""

    def __init__(self, seats: int, *, share: int, most_waiting: int) -> None:
        self._free = seats
        self._share = share
        self._most_waiting = most_waiting
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[Ticket]] = {}

    @asynccontextmanager
    async def taken(self, account: str, seconds: float) -> AsyncIterator[None]:
        """Hold a seat during the block.

        Raises NoSeat where `most_waiting` of the account wait already, TimeoutError where none is free in `seconds`.
        """
        async with asyncio.timeout(seconds):
            await self._take(account)
        try:
            yield
        finally:
            self._give_back(account)

    async def _take(self, account: str) -> None:
        own = self._waiting.setdefault(account, deque())
        if len(own) >= self._most_waiting:
            raise NoSeat
        ticket: Ticket = asyncio.get_running_loop().create_future()
        own.append(ticket)
        self._call()
        try:
            await ticket
        except asyncio.CancelledError:
            if ticket.done() and not ticket.cancelled():
                self._give_back(account)
            else:
                self._leave(account, ticket)
            raise

    def _call(self) -> None:
        """Give free seats to the accounts whose turn it is; an account that got one goes to the end of the queue."""
        while self._free and (account := self._next()) is not None:
            own = self._waiting.pop(account)
            ticket = own.popleft()
            if own:
                self._waiting[account] = own
            if not ticket.cancelled():
                self._free -= 1
                self._held[account] += 1
                ticket.set_result(None)

    def _next(self) -> str | None:
        return next((account for account in self._waiting if self._held[account] < self._share), None)

    def _give_back(self, account: str) -> None:
        self._free += 1
        self._held[account] -= 1
        if not self._held[account]:
            del self._held[account]
        self._call()

    def _leave(self, account: str, ticket: Ticket) -> None:
        own = self._waiting.get(account)
        if own and ticket in own:
            own.remove(ticket)
            if not own:
                del self._waiting[account]

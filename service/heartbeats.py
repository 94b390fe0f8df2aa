"""Pings many connections from few timers: connections that are due within a moment share one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

import structlog

from supervision.attempts import attempted

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

logger = structlog.get_logger()
MOMENTS = 20
"""Into how many the time between two beats is divided: a beat is late by one of them at most."""


class Beating(Protocol):
    """A connection."""

    def beat(self) -> None:
        """Give a sign of life, or see that the last was not answered."""
        ...


class Beats:
    """One for each loop; `seconds` lie between two beats of a connection."""

    def __init__(self, loop: AbstractEventLoop, seconds: float) -> None:
        self._loop = loop
        self._moment = seconds / MOMENTS
        self._due: dict[int, dict[Beating, None]] = {}

    def add(self, connection: Beating) -> int:
        """Have a connection beat once, after the time; return when, to be named to `remove`."""
        moment = int(self._loop.time() / self._moment) + MOMENTS
        if moment not in self._due:
            self._due[moment] = {}
            self._loop.call_at(moment * self._moment, self._beat, moment)
        self._due[moment][connection] = None
        return moment

    def remove(self, connection: Beating, moment: int) -> None:
        """Have it beat no more."""
        self._due.get(moment, {}).pop(connection, None)

    def _beat(self, moment: int) -> None:
        for connection in self._due.pop(moment):
            attempted(connection.beat, _not_beaten)


def _not_beaten(fault: Exception) -> None:
    logger.error("connection not pinged", kind=type(fault).__name__, exc_info=fault)


_BEATS: WeakKeyDictionary[AbstractEventLoop, dict[float, Beats]] = WeakKeyDictionary()


def beats_of(loop: AbstractEventLoop, seconds: float) -> Beats:
    """Return the one of a loop."""
    of_loop = _BEATS.setdefault(loop, {})
    return of_loop.setdefault(seconds, Beats(loop, seconds))

"""The account that asks the database, how long it may still take, and what ends a question that is given up.

An operation begins by saying so, with `asking`; every command that it sends, from whatever task, is held to it.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from storage.killed import note_killed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    Session = dict[str, Any]
    """As MongoDB names one."""
    Kill = Callable[[list[Session]], Awaitable[None]]


_ENDING = Lock()
"""Threads end commands: one that is ended is not killed, and the session of one that is killed is noted before."""
_ALMOST_OVER = 0.05
"""Seconds: the server ends a command a little before its caller would give it up."""


class Command(NamedTuple):
    """A command that the server works on: its session, and what kills commands by their sessions."""

    session: Session
    kill: Kill


class Asker:
    """One operation of an account; None is the service itself, and no account."""

    __slots__ = ("_seconds", "_until", "account", "database_seconds", "own_seconds", "running")

    def __init__(self, account: str | None, seconds: float, *, each: bool) -> None:
        self.account = account
        self.running: dict[int, Command] = {}
        self.database_seconds = 0.0
        """How long the database has worked for it, as far as it took long."""
        self.own_seconds = 0.0
        """How long the service's loop has."""
        self._seconds = seconds
        self._until = None if each else monotonic() + seconds

    @property
    def over(self) -> bool:
        """Whether its time is over, or nearly so: a command that was given up then was given up in time."""
        return self.left < _ALMOST_OVER

    @property
    def left(self) -> float:
        """Seconds that the next command may take; 0 when the operation is over."""
        return self._seconds if self._until is None else max(0.0, self._until - monotonic())

    def began(self, request: int, command: Command) -> None:
        """Note a command that goes to the server."""
        with _ENDING:
            self.running[request] = command

    def ended(self, request: int) -> None:
        """Forget a command that was answered, before its session is used again."""
        with _ENDING:
            self.running.pop(request, None)

    def taken(self) -> float:
        """Take the seconds of work, its own and the database's, that nobody has taken yet."""
        seconds = self.own_seconds + self.database_seconds
        self.own_seconds = self.database_seconds = 0.0
        return seconds

    def leave(self) -> None:
        """Kill what the server still does for it, and let nothing more begin."""
        self._until = 0.0
        by_killer: dict[Kill, list[Session]] = {}
        with _ENDING:
            for command in self.running.values():
                by_killer.setdefault(command.kill, []).append(command.session)
            note_killed(session for sessions in by_killer.values() for session in sessions)
        for kill, sessions in by_killer.items():
            task = asyncio.ensure_future(kill(sessions))
            _killing.add(task)
            task.add_done_callback(_killing.discard)


_asker: ContextVar[Asker | None] = ContextVar("asker", default=None)
_killing: set[asyncio.Future[None]] = set()


def present_asker() -> Asker | None:
    """Return the asker of this operation; None for what the service does by itself."""
    return _asker.get()


@contextmanager
def asking(account: str | None, seconds: float, *, each: bool = False) -> Iterator[Asker]:
    """Ask for an account in the block: all its commands together, or `each`, may take so many seconds.

    What is still under way when the block is left, however it is left, is killed.
    """
    asker = Asker(account, seconds, each=each)
    token = _asker.set(asker)
    try:
        yield asker
    finally:
        _asker.reset(token)
        asker.leave()

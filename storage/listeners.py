"""Listens to the driver: each command gets the time that its asker has left."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import pymongo
from pymongo.monitoring import CommandListener, ConnectionPoolListener

from storage.asking import Command, present_asker

if TYPE_CHECKING:
    from pymongo.monitoring import (
        CommandFailedEvent,
        CommandStartedEvent,
        CommandSucceededEvent,
        ConnectionCheckedOutEvent,
    )

    from storage.asking import Kill

CALLED: ContextVar[bool] = ContextVar("called", default=False)
"""Whether this context is that of one call of the driver, so that what is set in it ends with the call."""
_SHORT = 20_000
"""Microseconds of a command that are not counted: in a crowd, quick ones wait that long for one another."""
_LEAST = 0.001
"""Seconds: PyMongo takes 0 for no limit."""


class Timing(ConnectionPoolListener):
    """Limits the time of a command, not the search for a server: so an outage is told as an outage.

    PyMongo then sends what time is left with each command (maxTimeMS), and waits no longer for its answer.
    """

    def connection_checked_out(self, _: ConnectionCheckedOutEvent) -> None:
        asker = present_asker()
        if asker is not None and CALLED.get():
            pymongo.timeout(max(asker.left, _LEAST)).__enter__()

    def _nothing(self, event: Any) -> None: ...  # noqa: ANN401 - of any of these kinds

    pool_created = pool_ready = pool_cleared = pool_closed = _nothing
    connection_created = connection_ready = connection_closed = _nothing
    connection_check_out_started = connection_check_out_failed = connection_checked_in = _nothing


class Noting(CommandListener):
    """Notes with its asker each command that the server works on, and how long it did."""

    def __init__(self, kill: Kill) -> None:
        self._kill = kill

    def started(self, event: CommandStartedEvent) -> None:
        asker = present_asker()
        if asker is not None and (session := event.command.get("lsid")):
            asker.began(event.request_id, Command(session, self._kill))

    def succeeded(self, event: CommandSucceededEvent) -> None:
        _note_end(event)

    def failed(self, event: CommandFailedEvent) -> None:
        _note_end(event)


def _note_end(event: CommandSucceededEvent | CommandFailedEvent) -> None:
    asker = present_asker()
    if asker is not None:
        asker.ended(event.request_id)
        asker.database_seconds += max(0, event.duration_micros - _SHORT) / 1_000_000

"""The server before the doors: it says when it listens, and lets its clients go before it stops."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import uvicorn

from service.connections import HttpConnection
from service.draining import draining
from service.listening import server_config
from transport import Limits

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from service.composition import Service
    from transport import GraphQLDoors

STOP_SECONDS = 20
_LOOK_SECONDS = 0.02
BACKLOG = 2048
"""So many connections wait at most until they are accepted."""


class DoorServer(uvicorn.Server):
    """A server that says when it listens, and that lets its clients go before it stops.

    For `last_words` seconds at most it answers what was sent on connections that were open when it was told to stop.
    """

    def __init__(
        self, config: uvicorn.Config, doors: GraphQLDoors, on_ready: Callable[[], None], *, last_words: float = 0.0
    ) -> None:
        super().__init__(config)
        self._doors = doors
        self._on_ready = on_ready
        self._last_words = last_words

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let SIGTERM end serving only, so that what runs around the server ends in order too."""
        with super().capture_signals():
            yield
            self._captured_signals = [number for number in self._captured_signals if number != signal.SIGTERM]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, accept clients that wait, answer them all, send subscribers elsewhere, then close."""
        self._answer_for_the_last_time()
        doors = [each.dup() for each in sockets or []]
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        await asyncio.sleep(_LOOK_SECONDS)  # the event loop closes its own in a turn to come
        for door in doors:
            await self._take_who_waits(door)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._last_words):
                while self.server_state.connections:  # noqa: ASYNC110 - uvicorn has no event for it
                    await asyncio.sleep(_LOOK_SECONDS)
        await self._doors.close()
        await super().shutdown(sockets)

    async def _take_who_waits(self, door: socket.socket) -> None:
        """Accept the connections that the system has made on our behalf, then close the socket.

        The event loop has stopped to accept; what is left in the queue when its last socket closes would be reset. So
        nothing else is done between the last one that is accepted and the close, however busy the machine is.
        """
        door.settimeout(0)
        with door:
            connections = list(_accepted(door))
        for connection in connections:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made

    def _answer_for_the_last_time(self) -> None:
        last = draining(self.config.loaded_app)
        self.config.loaded_app = last
        for connection in self.server_state.connections:
            if isinstance(connection, HttpConnection):
                connection.app = last


def _accepted(door: socket.socket) -> Iterator[socket.socket]:
    for _ in range(2 * BACKLOG):
        try:
            connection, _ = door.accept()
        except OSError:  # nobody waits
            return
        yield connection


def door_server(running: Service, on_ready: Callable[[], None], *, last_words: float = 0.0) -> DoorServer:
    """Put a server before a service; `on_ready` is called once it listens."""
    config = server_config(
        running.application,
        Limits(),
        trusted_proxies=running.trusted_proxies,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    return DoorServer(config, running.doors, on_ready, last_words=last_words)

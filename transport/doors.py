"""Opens the doors to one executor — HTTP, event streams and WebSocket behind one path — and closes them."""

from __future__ import annotations

import asyncio
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

from starlette.routing import BaseRoute, Route, WebSocketRoute

from transport.closing import RESTART
from transport.http import HttpDoor
from transport.options import Limits
from transport.reception import Reception
from transport.websocket import WebSocketDoor

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from contextlib import AbstractContextManager

    from starlette.types import ASGIApp, Receive, Scope, Send

    from engine.operation import Executor
    from transport.observation import Observe
    from transport.reception import OpenConnection
    from transport.viewer import Authenticate, ContextFor, V

FAREWELL_SECONDS = 5
"""For a slow client to take its close frame."""


class GraphQLDoors:
    """Serves one executor over every transport.

    `allowed_origins` are those of pages, other than the service's own, that may open a WebSocket. `now` gives
    seconds since 1970, against which tokens expire. In a block of `working` a request of an account is read and
    prepared, or refused.
    """

    def __init__(
        self,
        executor: Executor,
        authenticate: Authenticate[V],
        context_for: ContextFor[V],
        observe: Observe,
        *,
        limits: Limits | None = None,
        allowed_origins: Collection[str] = (),
        now: Callable[[], float] = time.time,
        working: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext(),
    ) -> None:
        origins = frozenset(origin.lower() for origin in allowed_origins)
        self._reception = Reception(
            executor, authenticate, context_for, observe, limits or Limits(), origins, now, working
        )
        self._http, self._websocket = HttpDoor(self._reception), WebSocketDoor(self._reception)

    @property
    def http(self) -> ASGIApp:
        """The HTTP door itself, for what asks from within the process."""
        return self._http

    def routes(self, path: str = "/graphql") -> list[BaseRoute]:
        """Give the routes to mount; each is a plain ASGI application."""
        return [Route(path, self._http), WebSocketRoute(path, self._websocket)]

    def before(self, application: ASGIApp, path: str = "/graphql") -> ASGIApp:
        """Put the doors in front of an application, past its router and middleware.

        Saves their time on each request, and their 3 KiB on each open connection.
        """
        doors: dict[str, ASGIApp] = {"http": self._http, "websocket": self._websocket}

        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            chosen = doors.get(scope["type"]) if scope.get("path") == path else None
            await (chosen or application)(scope, receive, send)

        return served

    async def close(self) -> None:
        """Let queries and mutations finish, then end every open connection so that its client comes back.

        To be awaited before the server stops: uvicorn waits for open answers before it tells the application.
        """
        self._reception.closing = True
        farewells = [asyncio.create_task(_farewell(connection)) for connection in self._reception.open_connections]
        if farewells:
            seconds = self._reception.limits.execution_seconds + FAREWELL_SECONDS
            _, late = await asyncio.wait(farewells, timeout=seconds)
            for farewell in late:
                farewell.cancel()


async def _farewell(connection: OpenConnection) -> None:
    await connection.settled()
    await connection.close(RESTART, "Service restart")

"""The whole service on a loopback port, in the process of the tests, and those who ask it."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
from gql import Client, gql
from gql.transport.websockets import WebsocketsTransport

from credentials.tokens import DevelopmentTokens
from demo.people import PEOPLE
from service.clock import present
from service.composition import Service, service
from service.door_server import door_server
from service.serving import open_listener

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.access import Viewer
    from pdf.printer import Printer
    from settings import Settings

HOUR = timedelta(hours=1)
CERTIFICATES = ssl.create_default_context()
"""Read once: a client of httpx reads all there are, though it will speak to a loopback port without TLS."""


@dataclass(frozen=True)
class Served:
    """A service that listens at `url` (no slash at its end), and a client of its HTTP door."""

    url: str
    running: Service
    tokens: DevelopmentTokens
    http: httpx.AsyncClient

    def headers(self, viewer: Viewer) -> dict[str, str]:
        token = self.tokens.issue(viewer.role, viewer.key, now=present(), lifetime=HOUR, name=viewer.name)
        return {"Authorization": f"Bearer {token}"}

    async def answer(self, viewer: Viewer, query: str, **variables: Any) -> dict[str, Any]:
        """Ask; give the whole answer, errors included."""
        body = {"query": query, "variables": variables}
        response = await self.http.post("/graphql", json=body, headers=self.headers(viewer))
        answer: dict[str, Any] = response.json()
        return answer

    async def ask(self, viewer: Viewer, query: str, **variables: Any) -> dict[str, Any]:
        """Ask what has no error; give the data."""
        answer = await self.answer(viewer, query, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    @asynccontextmanager
    async def following(
        self, viewer: Viewer, query: str, **variables: Any
    ) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """Subscribe over WebSocket with the gql client; give the events."""
        transport = WebsocketsTransport(
            url=self.url.replace("http", "ws", 1) + "/graphql", init_payload=dict(self.headers(viewer))
        )
        async with Client(transport=transport) as session:
            document = gql(query)
            document.variable_values = variables
            events = session.subscribe(document)
            try:
                yield events
            finally:
                await events.aclose()


@asynccontextmanager
async def serving(settings: Settings, mongodb_url: str, printer: Printer, port: int = 0) -> AsyncIterator[Served]:
    """Run the service of some settings for the time of the block; again on the same database is a restart."""
    listener = open_listener("127.0.0.1", port)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    ready = asyncio.Event()
    async with (
        service(settings, mongodb_url, url, printer=printer, people=PEOPLE) as running,
        httpx.AsyncClient(base_url=url, timeout=60, verify=CERTIFICATES) as http,
    ):
        server = door_server(running, ready.set)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await ready.wait()
        try:
            secret = settings.sealing_secret() if settings.production else settings.development_secret()
            yield Served(url, running, DevelopmentTokens(secret), http)
        finally:
            server.should_exit = True
            await task

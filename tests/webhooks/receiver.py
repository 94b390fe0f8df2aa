"""A program of somebody else's: an HTTP server on loopback that keeps what it is sent."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from standardwebhooks.webhooks import Webhook

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator

SECONDS = 10


@dataclass(frozen=True)
class Call:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.body)
        return content

    def verified(self, secret: str) -> dict[str, Any]:
        """Verify as the reference library does; raises when the signature is not of this secret."""
        content: dict[str, Any] = Webhook(secret).verify(self.body, self.headers)
        return content


@dataclass
class Receiver:
    """Answers `answer`, raw, once it is `free` to; with `silent`, nothing at all."""

    port: int = 0
    scheme: str = "http"
    answer: bytes = b"HTTP/1.1 204 No Content\r\n\r\n"
    silent: bool = False
    free: asyncio.Event = field(default_factory=asyncio.Event)
    calls: list[Call] = field(default_factory=list)
    came: asyncio.Queue[Call] = field(default_factory=asyncio.Queue)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/bilans?from=us"

    @property
    def ids(self) -> list[str]:
        return [call.id for call in self.calls]

    async def next(self) -> Call:
        return await asyncio.wait_for(self.came.get(), SECONDS)

    def says(self, status: int, *headers: str, body: str = "") -> None:
        lines = [f"HTTP/1.1 {status} Said", *headers, f"Content-Length: {len(body)}", "", body]
        self.answer = "\r\n".join(lines).encode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        exact = dict(line.split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers["content-length"]))
        call = Call(head[0], {name.lower(): value for name, value in exact.items()}, body)
        self.calls.append(call)
        self.came.put_nowait(call)
        answer = self.answer
        await self.free.wait()
        if self.silent:
            await reader.read()
        else:
            writer.write(answer)
        writer.close()


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    receiver = Receiver(scheme="https" if tls else "http")
    receiver.free.set()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver

"""Many subscribers in one process: WebSockets that cost the client next to nothing, each with its own account."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import jwt

from credentials.tokens import OURS
from service.clock import present

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from domain.access import Role

HOUR = timedelta(hours=2)
_AT_ONCE = 50
_SHORT = 126


class Line(asyncio.Protocol):
    """One WebSocket: says what it is told to, notes when each event arrives."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.ready = loop.create_future()
        self.arrived: asyncio.Queue[float] = asyncio.Queue()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        if b'"type":"next"' in data:
            self.arrived.put_nowait(time.perf_counter())
        elif b"connection_ack" in data or data.startswith(b"HTTP/1.1 101"):
            if not self.ready.done():
                self.ready.set_result(data)
        elif b'"type":"error"' in data or not data.startswith((b"\x89", b"\x8a")):
            self.refused(RuntimeError(data[:300].decode(errors="replace")))
        if data.startswith(b"\x89\x04"):  # a ping: its payload comes back masked with zeros
            self._write(b"\x8a\x84\0\0\0\0" + data[2:6])

    def refused(self, error: Exception) -> None:
        """Tell those who wait."""
        if not self.ready.done():
            self.ready.set_exception(error)
        self.arrived.put_nowait(float("nan"))

    def opens(self, port: int) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        self._write(
            f"GET /graphql HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )

    def says(self, message: dict[str, object]) -> None:
        body = json.dumps(message).encode()
        size = len(body)
        head = bytes([0x81, 0x80 | size]) if size < _SHORT else bytes([0x81, 0xFE]) + size.to_bytes(2, "big")
        self._write(head + b"\0\0\0\0" + body)

    async def event(self) -> float:
        """Wait for the next event; gives when it arrived."""
        return await self.arrived.get()

    def close(self) -> None:
        if self._transport:
            self._transport.abort()

    def _write(self, data: bytes) -> None:
        if self._transport:
            self._transport.write(data)


def token_of(secret: bytes, role: Role, key: str, account: str) -> str:
    """Make a token of an account that is not its scope: many may work for one organization."""
    claims = {
        "sub": account,
        "role": role.value.lower(),
        OURS.claims.key(role): key,
        "exp": int((present() + HOUR).timestamp()),
    }
    return jwt.encode(claims, secret, "HS256")


class Crowd:
    """Subscribers of one worker."""

    def __init__(self, port: int, secret: bytes) -> None:
        self._port, self._secret = port, secret

    @asynccontextmanager
    async def subscribed(self, who: Sequence[tuple[Role, str, str]], selection: str) -> AsyncIterator[list[Line]]:
        """Subscribe as (role, key, account), some at a time; leave with the block."""
        lines: list[Line] = []
        for start in range(0, len(who), _AT_ONCE):
            lines += await asyncio.gather(*(self._one(each, selection) for each in who[start : start + _AT_ONCE]))
        await asyncio.sleep(3)  # the last have subscribed, and the worker has come to rest
        try:
            yield lines
        finally:
            for line in lines:
                line.close()
            await asyncio.sleep(2)

    async def _one(self, who: tuple[Role, str, str], selection: str) -> Line:
        loop = asyncio.get_running_loop()
        _, line = await loop.create_connection(Line, "127.0.0.1", self._port)
        line.opens(self._port)
        await line.ready
        line.ready = loop.create_future()
        token = token_of(self._secret, *who)
        line.says({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}})
        await line.ready
        query = f"subscription Followed {{ reportTransmitted {{ {selection} }} }}"
        line.says({"id": "1", "type": "subscribe", "payload": {"query": query}})
        return line

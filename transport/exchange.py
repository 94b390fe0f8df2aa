"""One HTTP request and its answer, on plain ASGI."""

from __future__ import annotations

import asyncio
from hashlib import blake2b
from http import HTTPStatus
from typing import TYPE_CHECKING

from transport.at_once import AT_ONCE
from transport.negotiation import PLAIN_JSON
from transport.refusals import refusal
from transport.viewer import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import Receive, Scope, Send

    from engine.operation import RequestRefused
    from transport.at_once import AtOnce
    from transport.observation import Record
    from transport.options import Limits

DIGITS = 18
"""Digits of a Content-Length that are read. One with more is hostile."""
UNTAKEN_BYTES = 64 * 1024
"""What a server may hold for a client without our waiting for it."""
ALWAYS = {b"cache-control": b"private, no-store", b"x-content-type-options": b"nosniff"}
TO_ASK_AGAIN = "private, max-age=0, must-revalidate"


class Gone(Exception):  # noqa: N818 - an event, not a fault
    """The client left before it had sent all."""


def _untold(_: str) -> None:
    """Nobody asks whose token it is."""


class Exchange:
    """Reads within limits, answers once."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, record: Record) -> None:
        self.method: str = scope["method"]
        self.query_string: bytes = scope["query_string"]
        self.receive = receive
        self.send = send
        self.record = record
        self.media_type = PLAIN_JSON
        self.at_once: AtOnce | None = scope.get("extensions", {}).get(AT_ONCE)
        self.tell_account: Callable[[str], None] = scope.get("extensions", {}).get(ACCOUNT, _untold)
        self._headers: dict[bytes, bytes] = dict(scope["headers"])

    def header(self, name: bytes) -> str | None:
        """Read a header by its name in lower case; the last one counts."""
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    async def body(self, limits: Limits) -> bytes:
        """Read the whole body, counting what really comes; RequestRefused when too large or slow, Gone."""
        announced = self.header(b"content-length")
        if announced and announced.isdecimal() and int(announced[:DIGITS]) > limits.body_bytes:
            raise _too_large(limits)
        try:
            async with asyncio.timeout(limits.body_seconds):
                return await self._chunks(limits)
        except TimeoutError:
            message = f"The body did not arrive within {limits.body_seconds:g} s."
            raise refusal(message, "TIMEOUT", 408, {"Connection": "close"}) from None

    async def _chunks(self, limits: Limits) -> bytes:
        chunks, size, more = [], 0, True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise Gone
            chunk = message.get("body", b"")
            chunks.append(chunk)
            size += len(chunk)
            if size > limits.body_bytes:
                raise _too_large(limits)
            more = message.get("more_body", False)
        return b"".join(chunks)

    async def answer_unless_known(self, body: bytes) -> None:
        """Send an answer that may be kept and asked for again; 304 without it where the client has it already."""
        tag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
        headers = {"ETag": tag, "Cache-Control": TO_ASK_AGAIN}
        if tag in (self.header(b"if-none-match") or ""):
            await self.answer(304, b"", headers)
        else:
            await self.answer(200, body, headers)

    async def answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Send a whole JSON answer."""
        head = {**ALWAYS}
        if status != HTTPStatus.NOT_MODIFIED:
            head[b"content-type"] = f"{self.media_type}; charset=utf-8".encode()
            head[b"content-length"] = str(len(body)).encode()
        for name, value in (headers or {}).items():
            head[name.lower().encode("latin-1")] = value.encode("latin-1")
        self.record.status, self.record.bytes_sent = status, len(body)
        await self.send({"type": "http.response.start", "status": status, "headers": [*head.items()]})
        if len(body) > UNTAKEN_BYTES:
            await self.send({"type": "http.response.body", "body": body, "more_body": True})
            body = b""  # the end is sent once the client has taken nearly all: until then the account keeps its seat
        await self.send({"type": "http.response.body", "body": body})


def _too_large(limits: Limits) -> RequestRefused:
    message = f"The request is larger than {limits.body_bytes} bytes."
    return refusal(message, "TOO_LARGE", 413)

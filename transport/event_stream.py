"""A subscription over HTTP: the "distinct connections mode" of GraphQL over Server-Sent Events.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from transport.exchange import ALWAYS
from transport.refusals import refusal_of
from transport.viewer import Unauthenticated

if TYPE_CHECKING:
    from engine.operation import Operation, Response, Stream
    from transport.at_once import AtOnce
    from transport.exchange import Exchange
    from transport.reception import Reception
    from transport.viewer import Viewer

HEAD = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no"), *ALWAYS.items()]
KEEP_ALIVE = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"


class EventStream:
    """One open subscription.

    It is `complete` when its source is. When the token expires it gets a last `next` with UNAUTHENTICATED,
    and then, as when the service stops, it ends without `complete`: clients connect again, with a new token.
    """

    def __init__(self, reception: Reception, exchange: Exchange, viewer: Viewer) -> None:
        self._reception = reception
        self._exchange = exchange
        self._viewer = viewer
        self._record = exchange.record
        self._at_once: AtOnce | None = exchange.at_once
        self._pump: asyncio.Task[None] | None = None
        self._record.caller = replace(self._record.caller, transport="sse")

    async def run(self, operation: Operation) -> None:
        """Send until the source ends, the client leaves or the token expires; raises before the head."""
        self._reception.admit(self._viewer)
        self._reception.open_connections.add(self)
        try:
            context = self._reception.context_for(self._viewer, self._record.caller)
            stream = await self._reception.timed(operation.subscribe(context), operation)
            await self._hold(stream)
        finally:
            self._reception.open_connections.discard(self)
            self._reception.release(self._viewer)

    async def _hold(self, stream: Stream[Response]) -> None:
        self._record.status = 200
        await self._exchange.send({"type": "http.response.start", "status": 200, "headers": HEAD})
        pump = asyncio.create_task(self._send_all(stream))
        await asyncio.sleep(0)  # begun: from here on, cancelling it ends the answer
        self._pump = pump
        if self._reception.closing:
            pump.cancel()
        try:
            await self._until_gone()
        finally:
            pump.cancel()
            await asyncio.wait([pump])

    async def close(self, code: int, reason: str) -> None:  # noqa: ARG002 - an event stream says neither
        """End the stream."""
        if self._pump:
            self._pump.cancel()

    async def settled(self) -> None:
        """Nothing to wait for: there is no query or mutation here."""

    async def _send_all(self, stream: Stream[Response]) -> None:
        expires_at, last = self._viewer.expires_at, b""
        left = None if expires_at is None else expires_at - self._reception.now()
        try:
            stream.hand_to(self)
            async with aclosing(stream), asyncio.timeout(left) as clock:
                async for response in stream:
                    self._record.succeeded(response.errors)
                    await self._send(_next(response.body))
                    await asyncio.sleep(0)  # a source that always has more lets others go on, and a client leave
            last = COMPLETE
        except Exception as error:  # noqa: BLE001 - the border: the head is sent, so the error is sent as an event
            told = Unauthenticated("The token has expired.") if clock.expired() else error
            last = _next(self._reception.executor.render_errors(refusal_of(told, self._record).errors))
        finally:
            await self._send(last, more=False)

    def has_room(self) -> bool:
        """Whether an answer can be sent at once."""
        return self._at_once is not None and self._at_once.has_room()

    def take(self, response: Response) -> bool:
        """Send an answer at once, while the task waits for the next; False where it has to be sent in turn."""
        if self._at_once is None or not self._at_once.has_room():
            return False
        self._record.succeeded(response.errors)
        chunk = _next(response.body)
        self._record.bytes_sent += len(chunk)
        self._at_once.write(chunk)
        return True

    async def _until_gone(self) -> None:
        """Wait for the client to leave, or for our own end of the answer, giving signs of life."""
        gone = False
        while not gone:
            try:
                async with asyncio.timeout(self._reception.limits.keep_alive_seconds):
                    gone = (await self._exchange.receive())["type"] == "http.disconnect"
            except TimeoutError:
                await self._send(KEEP_ALIVE)

    async def _send(self, chunk: bytes, *, more: bool = True) -> None:
        self._record.bytes_sent += len(chunk)
        await self._exchange.send({"type": "http.response.body", "body": chunk, "more_body": more})


def _next(body: bytes) -> bytes:
    return b"event: next\ndata: " + body + b"\n\n"

"""The server's side of one WebSocket: uvicorn's, without what an open connection does not need for hours.

uvicorn keeps the handshake, and for each connection two events and a queue of which every part is a deque: 9 KiB.
Its `send` builds a frame object for each message. Here a message is a header and its bytes.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from service.heartbeats import beats_of
from transport.at_once import AT_ONCE

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
    from uvicorn.server import ServerState

    from service.configuration import ServerConfig

FRAMES = 10_000
"""That a client may send between two pings of ours, some 20 seconds: each costs more than the few bytes it has."""
STRANGERS_FRAMES = 100
"""Likewise, from a client that has not said who it is: it has one message to send."""
PIECE = 4096
"""Bytes that are read before what a client has sent is counted."""
TEXT = 0x81
"""First byte of a whole text message (RFC 6455, 5.2)."""
BEAT = b"beat"
PING = bytes((0x89, len(BEAT))) + BEAT
_SHORT, _MIDDLE = 126, 1 << 16
_WRITABLE = asyncio.Event()
_WRITABLE.set()


class Inbox:
    """Events that have arrived and that the one reader has not taken yet."""

    __slots__ = ("_events", "_reader")

    def __init__(self) -> None:
        self._events: list[ASGIReceiveEvent] = []
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, event: ASGIReceiveEvent) -> None:
        """Add an event, and wake the reader."""
        self._events.append(event)
        if self._reader and not self._reader.done():
            self._reader.set_result(None)

    def empty(self) -> bool:
        """Whether nothing waits to be taken."""
        return not self._events

    async def get(self) -> ASGIReceiveEvent:
        """Wait for the next event."""
        while not self._events:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        return self._events.pop(0)


class Socket(WebSocketsSansIOProtocol):
    """A connection whose server lets go of its handshake once it is accepted."""

    __slots__ = (
        "app", "app_state", "arrived", "asgi_version", "client", "close_sent", "close_timeout", "close_timer",
        "config", "conn", "connections", "curr_msg_data_type", "default_headers", "disconnected", "frames",
        "frames_at_most", "handshake_complete", "handshake_initiated", "initial_response", "last_ping_rtt",
        "logger", "loop", "moment", "overdue", "pending_ping_payload", "ping_interval", "ping_sent_at",
        "ping_timeout", "ping_timer", "pong_timer", "queue", "read_paused", "request", "response", "root_path",
        "scheme", "scope", "server", "tasks", "transport", "writable",
    )  # fmt: skip
    """All attributes that uvicorn's class sets, private ones too, and ours: a fifth of the memory of a dictionary.

    Its base class has a dictionary still, so an attribute that a later uvicorn adds works, and only costs memory.
    """

    config: ServerConfig

    def __init__(
        self,
        config: ServerConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.moment = self.arrived = 0
        self.frames_at_most = STRANGERS_FRAMES
        self.overdue: asyncio.TimerHandle | None = None
        self.queue = Inbox()  # type: ignore[assignment] # all that is asked of it
        self.writable = _WRITABLE

    def data_received(self, data: bytes) -> None:
        """Read piece by piece, and nothing after the piece for which a client is cut: frames take time to read."""
        for start in range(0, len(data), PIECE):
            super().data_received(data[start : start + PIECE])
            if self.transport.is_closing():
                return

    def trust(self) -> None:
        """Read more from now on: the client has said who it is."""
        self.frames_at_most = FRAMES

    def handle_events(self) -> None:
        """Take what has arrived; cut a client that floods with pings, or with pieces of messages."""
        self.arrived += len(self.conn.events)
        if self.arrived > self.frames_at_most:
            self.transport.abort()
        else:
            super().handle_events()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self.overdue:
            self.overdue.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Have senders wait: the client takes nothing for now. It is cut if that lasts."""
        self.writable = asyncio.Event()
        self.give_up_later(self.config.limits.taking_seconds)

    def resume_writing(self) -> None:
        """Let them go on."""
        self.writable.set()
        self.writable = _WRITABLE
        if self.overdue and not self.transport.is_closing():
            self.overdue.cancel()
            self.overdue = None

    def give_up_later(self, seconds: float) -> None:
        """Cut the connection in a while: closing it would wait until the client has taken all."""
        if self.overdue is None:
            self.overdue = self.loop.call_later(seconds, self.transport.abort)

    async def send(self, message: ASGISendEvent) -> None:
        """Do as ASGI says; ClientDisconnected, an OSError, once the client is gone."""
        if message["type"] == "websocket.close" and self.handshake_complete:
            await self.send_close(message)
            return
        if message["type"] != "websocket.send" or (text := message.get("text")) is None:
            await super().send(message)
            if message["type"] == "websocket.accept":
                self.request.headers.clear()  # the parser keeps the request
                del self.request, self.response
            return
        if not self.has_room():
            await self.writable.wait()
            if self.close_sent or self.transport.is_closing():
                raise ClientDisconnected
        self.write(text.encode())

    async def send_close(self, message: ASGISendEvent) -> None:
        """Say goodbye to a client that takes it, and cut one that does not; ClientDisconnected."""
        closing = self.config.limits.closing_seconds
        try:
            async with asyncio.timeout(closing):
                await self.writable.wait()
        except TimeoutError:
            self.transport.abort()
        if self.close_sent or self.transport.is_closing():
            raise ClientDisconnected
        await super().send(message)
        self.give_up_later(closing)

    def has_room(self) -> bool:
        """Whether a message can be written at once: the client is there and takes what it is sent."""
        return self.writable is _WRITABLE and not self.close_sent and not self.transport.is_closing()

    def write(self, message: bytes) -> None:
        """Send a whole text, in UTF-8, to a client that has room for it."""
        self.transport.write(header(len(message)) + message)

    def start_keepalive(self) -> None:
        """Have the client pinged from time to time, by the timers of all."""
        if self.ping_interval:
            self.moment = beats_of(self.loop, self.ping_interval).add(self)

    def stop_keepalive(self) -> None:
        """Have it pinged no more."""
        if self.ping_interval and self.moment:
            beats_of(self.loop, self.ping_interval).remove(self, self.moment)
        self.moment = 0

    def beat(self) -> None:
        """Ping; cut a client that has not answered the last ping."""
        self.moment = self.arrived = 0
        if self.close_sent or self.transport.is_closing():
            return
        if self.pending_ping_payload:
            self.keepalive_timeout()
            self.give_up_later(self.config.limits.closing_seconds)
            return
        self.pending_ping_payload = BEAT
        self.transport.write(PING)
        self.start_keepalive()

    async def run_asgi(self) -> None:
        """Run the application, which finds in its scope how to write without waiting."""
        self.scope["extensions"][AT_ONCE] = self  # type: ignore[assignment] # of this process, not of the protocol
        await super().run_asgi()
        if not self.disconnected:
            self.give_up_later(self.config.limits.closing_seconds)


def header(size: int) -> bytes:
    """Write the head of a frame of ours, which carries a whole text and no mask."""
    if size < _SHORT:
        return bytes((TEXT, size))
    if size < _MIDDLE:
        return bytes((TEXT, 126)) + size.to_bytes(2, "big")
    return bytes((TEXT, 127)) + size.to_bytes(8, "big")

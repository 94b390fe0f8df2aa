"""The server's side of one HTTP connection: uvicorn's, with limits on sizes and on waiting.

uvicorn reads a head of any size, waits for one for ever, and closes a connection only once its client has taken all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from transport.at_once import AT_ONCE

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, TimerHandle, Transport

    from uvicorn.server import ServerState

    from service.configuration import ServerConfig

FIELDS = 100
"""Of one head."""
UNREAD = 5
"""Sizes of a head that may have come without an end of it: what came before it in the same read is counted too."""
PIPELINED = 8
"""Requests of one connection that wait for the one before them."""


class BadHead(Exception):  # noqa: N818 - an event of the parser, which ends the connection
    """A head is larger than heads may be, or too many wait for their turn."""


class HttpConnection(HttpToolsProtocol):
    """A connection that is cut when it waits, sends or takes for too long."""

    config: ServerConfig

    def __init__(
        self,
        config: ServerConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = config.limits
        self._waiting = waiting_of(self.loop)
        self._head = self._fields = self._unread = self._arrived = 0
        self._in_head = False
        self._late: TimerHandle | None = None
        self._overdue: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Wait for a request, no longer than for any."""
        super().connection_made(transport)
        self._await_request()
        self._waiting[self] = None
        if len(self._waiting) > self._limits.waiting_connections:
            next(iter(self._waiting)).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._waiting.pop(self, None)
        for timer in (self._late, self._overdue):
            if timer:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read; what begins no request is waited for like one."""
        super().data_received(data)
        if self._in_head:
            self._unread += len(data)
            if self._unread > UNREAD * self._limits.head_bytes and not self.transport.is_closing():
                self._head = self._unread
                self.send_400_response("")
        if self._late is None and (self.cycle is None or self.cycle.response_complete) and not self._upgraded():
            self._await_request()

    def on_message_begin(self) -> None:
        """A request begins to arrive."""
        super().on_message_begin()
        self.scope["extensions"] = {AT_ONCE: self}  # type: ignore[dict-item] # of this process, not of the protocol
        self._head = self._fields = self._unread = 0
        self._in_head = True
        if len(self.pipeline) >= PIPELINED:
            raise BadHead
        if self._late is None:
            self._await_request()

    def on_url(self, url: bytes) -> None:
        """Count it."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count it; the fields after a body count as well."""
        self._fields += 1
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """A head has arrived: this connection is no longer cut to make room for others."""
        self._waiting.pop(self, None)
        self._in_head = False
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """More of it has arrived."""
        self._arrived += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """It has arrived."""
        if self._late:
            self._late.cancel()
            self._late = None
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """It is answered: the client takes it, asks again, or is cut."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._give_up_later(self._limits.taking_seconds)
        else:
            self._waiting[self] = None

    def handle_websocket_upgrade(self) -> None:
        """Hand over to the protocol of WebSockets, which has limits of its own."""
        for timer in (self._late, self._overdue):
            if timer:
                timer.cancel()
        self._waiting.pop(self, None)
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """Say what is wrong with a head, and close."""
        if self._is_too_large():
            body = b"The head of the request is too large."
            size = str(len(body)).encode()
            self.transport.write(
                STATUS_LINE[431] + b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
                b"content-length: " + size + b"\r\n\r\n" + body
            )
            self.transport.close()
        else:
            super().send_400_response(msg)
        self._give_up_later(self._limits.closing_seconds)

    def has_room(self) -> bool:
        """Whether a part of the answer under way can be written at once: the client is there and takes what comes."""
        cycle = self.cycle
        begun = cycle is not None and cycle.response_started and cycle.chunked_encoding is True
        return begun and not (
            cycle.response_complete or cycle.disconnected or self.flow.write_paused or self.transport.is_closing()
        )

    def write(self, message: bytes) -> None:
        """Send a part of an answer that has room for it."""
        self.transport.write(b"%x\r\n%b\r\n" % (len(message), message))

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that asks nothing more."""
        super().timeout_keep_alive_handler()
        self._give_up_later(self._limits.closing_seconds)

    def shutdown(self) -> None:
        """Close when the server stops."""
        super().shutdown()
        if self.transport.is_closing():
            self._give_up_later(self._limits.closing_seconds)

    def pause_writing(self) -> None:
        """Make senders wait, and cut the client if it does not take the rest in time."""
        super().pause_writing()
        self._give_up_later(self._limits.taking_seconds)

    def resume_writing(self) -> None:
        """It has taken it."""
        super().resume_writing()
        if self._overdue and not self.transport.is_closing():
            self._overdue.cancel()
            self._overdue = None

    def _await_request(self) -> None:
        self._arrived = 0
        self._late = self.loop.call_later(self._limits.arrival_seconds, self._await_more)

    def _await_more(self) -> None:
        """Go on waiting for a body of which enough has arrived meanwhile: a table is sent over a slow line, too."""
        if self._arrived < self._limits.arrival_bytes:
            self.transport.abort()
        else:
            self._await_request()

    def _give_up_later(self, seconds: float) -> None:
        if self._overdue is None:
            self._overdue = self.loop.call_later(seconds, self.transport.abort)

    def _upgraded(self) -> bool:
        return self.transport.get_protocol() is not self

    def _count(self, size: int) -> None:
        self._head += size
        if self._is_too_large():
            raise BadHead

    def _is_too_large(self) -> bool:
        return self._head > self._limits.head_bytes or self._fields > FIELDS


_WAITING: WeakKeyDictionary[AbstractEventLoop, dict[HttpConnection, None]] = WeakKeyDictionary()


def waiting_of(loop: AbstractEventLoop) -> dict[HttpConnection, None]:
    """Return the connections of a loop that have no request under way, longest first."""
    return _WAITING.setdefault(loop, {})

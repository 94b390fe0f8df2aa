"""The WebSocket's handshake: which page may open one, and in which protocol we talk."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocketClose

from transport.at_once import AT_ONCE
from transport.closing import SUBPROTOCOL_NOT_ACCEPTABLE
from transport.connection import SocketConnection
from transport.messages import SUBPROTOCOL
from transport.observation import Record
from transport.viewer import caller_of

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from transport.reception import Reception


class WebSocketDoor:
    """An ASGI application that holds one connection."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept the handshake, or refuse it: 403 a foreign page, 503 stopping, 4406 another protocol."""
        await receive()  # websocket.connect
        headers: dict[bytes, bytes] = dict(scope["headers"])
        caller = caller_of(scope, "ws")
        if not _welcome(headers, self._reception.allowed_origins):
            self._reception.tell(Record(caller, outcome="refused", status=403))
            await WebSocketClose()(scope, receive, send)  # before the handshake: 403
        elif self._reception.closing:
            await _deny(503, "The service is stopping.", scope, receive, send)
        elif SUBPROTOCOL not in scope["subprotocols"]:
            self._reception.tell(Record(caller, outcome="refused", status=SUBPROTOCOL_NOT_ACCEPTABLE))
            await send({"type": "websocket.accept"})
            await WebSocketClose(SUBPROTOCOL_NOT_ACCEPTABLE, "Subprotocol not acceptable")(scope, receive, send)
        else:
            await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
            authorization = headers.get(b"authorization", b"").decode("latin-1")
            at_once = scope.get("extensions", {}).get(AT_ONCE)
            connection = SocketConnection(self._reception, caller, authorization, receive, send, at_once)
            scope.clear()  # our caller holds it for as long as the connection lasts, which may be hours
            del headers, scope, receive, send
            await connection.run()


def _welcome(headers: dict[bytes, bytes], allowed: frozenset[str]) -> bool:
    """No origin: not a page. The same host: a page of ours. Otherwise it must be on the list."""
    origin = headers.get(b"origin")
    if origin is None:
        return True
    text = origin.decode("latin-1").lower()
    try:
        host = urlsplit(text).netloc
    except ValueError:
        return False
    return text in allowed or (bool(host) and host == headers.get(b"host", b"").decode("latin-1").lower())


async def _deny(status: int, sentence: str, scope: Scope, receive: Receive, send: Send) -> None:
    if "websocket.http.response" in scope.get("extensions", {}):
        await PlainTextResponse(sentence, status)(scope, receive, send)
    else:
        await WebSocketClose()(scope, receive, send)

"""How much a client may send, keep open and wait for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of every door. Sizes in bytes, times in seconds; counts are of one process."""

    body_bytes: int = 256 * 1024
    """Of an HTTP body, and of a GET's query string."""
    body_seconds: float = 10
    """For a whole HTTP body to arrive."""
    message_bytes: int = 64 * 1024
    """Of one WebSocket message."""
    first_message_bytes: int = 16 * 1024
    """Of one before it is known whose it is: a token has 8 192 at most."""
    small_message_bytes: int = 4 * 1024
    """Larger ones are read in the turn of their account."""
    execution_seconds: float = 10
    """For a query, a mutation, or the opening of a subscription."""
    init_seconds: float = 5
    """Between a WebSocket's opening and its `connection_init`."""
    keep_alive_seconds: float = 20
    """Between two signs of life on an open connection."""
    operations_per_connection: int = 32
    """Running at once on one WebSocket."""
    connections_per_account: int = 20
    """WebSockets and event streams open at once for one account."""
    requests_per_account: int = 20
    """Queries and mutations under way at once for one account, until their answers are taken."""
    head_bytes: int = 64 * 1024
    """Of a request's address and header fields."""
    arrival_seconds: float = 20
    """For a whole request to arrive, after the connection was opened or the request has begun."""
    arrival_bytes: int = 128 * 1024
    """Of a body, within those seconds, for which the rest is waited for as long again."""
    taking_seconds: float = 30
    """For a client to take what it was sent; it is cut then."""
    closing_seconds: float = 5
    """For a client to take what is left when its connection is closed."""
    waiting_connections: int = 500
    """Connections without a request, or WebSockets without a token; of more, the one that waits longest is cut."""


def server_settings(limits: Limits) -> dict[str, Any]:
    """Settings of uvicorn that the limits call for.

    A message a little too large is refused by us, in the protocol's terms; beyond twice the limit the server
    cuts it short while it arrives.

    Keep-alive of WebSockets is the protocol's own ping, sent by the server from a timer: no task of ours,
    and a client that no longer answers is cut. Compression is off: it costs more than 16 KiB a connection.
    """
    return {
        "ws": "websockets-sansio",
        "ws_max_size": 2 * limits.message_bytes,
        "ws_ping_interval": limits.keep_alive_seconds,
        "ws_ping_timeout": limits.keep_alive_seconds,
        "ws_per_message_deflate": False,
    }

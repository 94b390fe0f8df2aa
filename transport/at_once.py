"""What can be written to without waiting, which a server offers beside ASGI's messages."""

from __future__ import annotations

from typing import Protocol

AT_ONCE = "bilans.at_once"
"""The extension of ASGI under which a server offers an AtOnce."""


class AtOnce(Protocol):
    """A connection that can be written to without waiting."""

    def has_room(self) -> bool:
        """Whether the client is there, and takes what it is sent."""
        ...

    def write(self, message: bytes) -> None:
        """Send a text message, or a part of an answer, to a client that has room for it."""
        ...


class AtOnceSocket(AtOnce, Protocol):
    """Such a WebSocket."""

    def trust(self) -> None:
        """Read all that comes from now on: the client has said who it is."""
        ...

"""Wraps the doors for every HTTP request: rules for pages of other origins, compression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from service.cross_origin import cross_origin

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection

    from starlette.types import ASGIApp, Receive, Scope, Send

LEAST_BYTES = 1_400
"""What fits into one packet is sent as it is."""
LEVEL = 4
PACKED = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
"""Media types whose bytes gain nothing."""


def outermost(application: ASGIApp, allowed_origins: Collection[str]) -> ASGIApp:
    """Put compression and the rules of other origins before an application.

    WebSockets pass by: what stands in between would be held for as long as a connection lasts. This is a plain
    function for the same reason, and the server is told that it is an application of ASGI 3.
    """
    plain = cross_origin(application, allowed_origins)
    compressed = GZipMiddleware(plain, LEAST_BYTES, LEVEL, exclude_content_types=PACKED)

    def served(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return application(scope, receive, send)
        return (compressed if _takes_gzip(scope) else plain)(scope, receive, send)

    return served


def _takes_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])

"""Which pages of other origins may read what the service answers (CORS)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ASKED_WITH = (
    "Authorization",
    "Bilans-Organization",
    "Cache-Control",
    "If-None-Match",
    "Last-Event-ID",
    "Traceparent",
)
"""Headers of requests beside those that every page may send."""
SHOWN = ("ETag", "Retry-After", "Content-Disposition")
A_DAY = 86_400
OPEN = "/verification"
"""The paths that anybody may ask, and so any page. They take no token."""


def cross_origin(application: ASGIApp, allowed: Collection[str]) -> ASGIApp:
    """Let pages of the allowed origins read every answer, and pages of all origins the public verification.

    No answer allows credentials: a page brings a token of its own, never a cookie of ours. An answer that a cache may
    keep says that it differs by origin.
    """
    pages = CORSMiddleware(
        application,
        allow_origins=tuple(allowed),
        allow_methods=("GET", "HEAD", "POST"),
        allow_headers=ASKED_WITH,
        expose_headers=SHOWN,
        max_age=A_DAY,
    )
    everybody = CORSMiddleware(
        application, allow_origins=("*",), allow_methods=("GET", "HEAD"), expose_headers=SHOWN, max_age=A_DAY
    )

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if _is_open(scope["path"]):
            await everybody(scope, receive, send)
        elif allowed:
            await pages(scope, receive, _differing_by_origin(send))
        else:
            await application(scope, receive, send)

    return served


def _is_open(path: str) -> bool:
    return path == OPEN or path.startswith(f"{OPEN}/")


def _differing_by_origin(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if "origin" not in headers.get("vary", "").lower():
                headers.add_vary_header("Origin")
        await send(message)

    return sent

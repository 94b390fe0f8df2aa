"""The last answers of a server that stops: each ends its connection, and readiness says to ask elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

STOPPING = "This process is stopping: ask another one."


def draining(application: ASGIApp) -> ASGIApp:
    """Answer as the application does, for the last time on each connection."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return

        async def send_last(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        if scope["path"].endswith("/readyz"):
            content = {"status": "unavailable", "reason": STOPPING, "problems": {"stopping": STOPPING}}
            await JSONResponse(content, 503, headers={"Cache-Control": "no-store"})(scope, receive, send_last)
            return
        await application(scope, receive, send_last)

    return served

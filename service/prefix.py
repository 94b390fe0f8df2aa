"""Serves the service under the path of its public address, whether the proxy leaves that path or takes it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


def under_prefix(application: ASGIApp, prefix: str) -> ASGIApp:
    """Give the application its own paths; `root_path` is the prefix, for the addresses that pages name."""
    if not prefix:
        return application

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"}:
            path: str = scope["path"]
            if path == prefix or path.startswith(f"{prefix}/"):
                path = path.removeprefix(prefix) or "/"
            scope = {**scope, "path": path, "root_path": prefix}
        await application(scope, receive, send)

    return served

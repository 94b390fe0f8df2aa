"""Serves the health of the process: whether it lives, and whether it can do its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

HEALTH = ("healthz", "readyz")
_FRESH = {"Cache-Control": "no-store"}


def health_routes(
    problems: Callable[[], Awaitable[dict[str, str]]], under_way: Callable[[], dict[str, str]], version: str
) -> list[Route]:
    """Return the routes of /healthz (200: the process lives) and /readyz (200, or 503 with `problems`).

    `problems` returns, by name, what keeps the process from its work, with a sentence on why. `under_way` returns
    likewise what is being made (indexes) while the service works all the same.
    """

    async def healthz(_: Request) -> Response:
        return JSONResponse({"status": "ok", "version": version}, headers=_FRESH)

    async def readyz(_: Request) -> Response:
        told = {"underWay": made} if (made := under_way()) else {}
        if found := await problems():
            reason = " ".join(found.values())
            unwell = {"status": "unavailable", "reason": reason, "problems": found}
            return JSONResponse(unwell | told, 503, headers=_FRESH)
        return JSONResponse({"status": "ok"} | told, headers=_FRESH)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]

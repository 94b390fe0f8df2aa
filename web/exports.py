"""The tables that links lead to, streamed; few at once, so that the service goes on answering."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from resolvers.exports import EXPORTS, exported
from web.documents import GONE, PRIVATE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from resolvers.exports import Export
    from resolvers.services import Services

AT_ONCE = 4
WAIT_SECONDS = 20.0
LONGEST_SECONDS = 600.0
_BUSY = "Trop de tableaux sont en cours d'export : réessayez dans quelques secondes."


def export_routes(services: Services, clock: Callable[[], datetime]) -> list[Route]:
    """Give the route of the links to tables. A link that is not ours, or is over, is a 404."""
    seats = asyncio.Semaphore(AT_ONCE)

    async def table(request: Request) -> Response:
        now = clock()
        opened = services.links.open(EXPORTS, request.path_params["sealed"], now=now)
        if opened is None:
            return PlainTextResponse(GONE, 404, headers=PRIVATE)
        viewer, thing = opened
        return _Streamed(lambda: exported(services, viewer, thing, now=now), seats)

    return [Route(f"/{EXPORTS}/{{sealed}}/{{name}}", table, methods=["GET"])]


class _Streamed(Response):
    """Waits for a seat, then streams; ends when its client goes, or after ten minutes."""

    def __init__(self, make: Callable[[], Export], seats: asyncio.Semaphore) -> None:
        self._make = make
        self._seats = seats

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._seats.acquire()
        except TimeoutError:
            busy = PlainTextResponse(_BUSY, 503, headers={**PRIVATE, "Retry-After": "10"})
            await busy(scope, receive, send)
            return
        try:
            await self._stream(scope, receive, send)
        finally:
            self._seats.release()

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        export = self._make()
        disposition = f"attachment; filename*=UTF-8''{quote(export.file_name)}"
        headers = {**PRIVATE, "Content-Disposition": disposition}
        response = StreamingResponse(export.pieces, headers=headers, media_type=export.media_type)
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await response(scope, receive, send)
        finally:
            await export.pieces.aclose()

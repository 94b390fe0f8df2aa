"""Streams the tables of lists and statistics, by sealed links: few at once, so that other requests are answered."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from domain.errors import TooMuchAsked, TooMuchRead, Unavailable
from resolvers.exports import EXPORTS, exported
from resolvers.statistics_table import STATISTICS, exported_statistics
from web.documents import GONE, PRIVATE, origin_of
from web.leaving import ClientLeft, while_waiting
from web.seats import NoSeat, Seats

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.types import Receive, Scope, Send

    from resolvers.exports import Export
    from resolvers.services import Services
    from resolvers.visits import Watch

AT_ONCE = 4
SHARE = 2
MOST_WAITING = 8
"""How many tables of one account may wait for a seat; the next is refused (429)."""
WAIT_SECONDS = 20.0
LONGEST_SECONDS = 600.0
_BUSY = "Trop de tableaux sont en cours d'export : réessayez dans quelques secondes."
_TOO_MANY = "Trop de tableaux sont demandés à la fois par ce compte : réessayez dans quelques secondes."


def export_routes(services: Services, watch: Watch, clock: Callable[[], datetime]) -> list[Route]:
    """Return the route of the links to tables. A link that the service did not seal, or has expired, is answered 404.

    A table is written in the trail and counts as reading all the people in it: batch by batch, each before its rows
    are sent.
    """
    seats = Seats(AT_ONCE, share=SHARE, most_waiting=MOST_WAITING)

    async def table(request: Request) -> Response:
        now = clock()
        opened = services.links.open(EXPORTS, request.path_params["sealed"], now=now)
        if opened is None:
            return PlainTextResponse(GONE, 404, headers=PRIVATE)
        viewer, thing = opened
        if request.method == "HEAD":
            return Response(headers=PRIVATE)
        watched = watch.begin(services, viewer, origin_of(request))

        def made() -> Export:
            if STATISTICS in thing:
                return exported_statistics(watched, viewer, thing, now=now)
            return exported(watched, viewer, thing, watch, now=now)

        return _Seated(made, seats, viewer.account, watch)

    return [Route(f"/{EXPORTS}/{{sealed}}/{{name}}", table)]


class _Seated(Response):
    """Waits for a seat, then streams the table; ends when the client leaves, or after LONGEST_SECONDS."""

    def __init__(self, make: Callable[[], Export], seats: Seats, account: str, watch: Watch) -> None:
        self._make = make
        self._seats = seats
        self._account = account
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as stack:
            seat = stack.enter_async_context(self._seats.taken(self._account, WAIT_SECONDS))
            try:
                await while_waiting(Request(scope, receive), seat)
            except ClientLeft:
                return
            except (NoSeat, TimeoutError) as refusal:
                message, status = (_TOO_MANY, 429) if isinstance(refusal, NoSeat) else (_BUSY, 503)
                refused = PlainTextResponse(message, status, headers={**PRIVATE, "Retry-After": "10"})
                await refused(scope, receive, send)
                return
            try:
                await self._watch.working_for(self._account, lambda: self._stream(scope, receive, send))
            except TooMuchAsked as refusal:  # before the table has begun
                await _refuse(send, str(refusal), 429, refusal.seconds, begun=False)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        export = self._make()
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                await _TableResponse(export, partial(self._watch.sent, self._account))(scope, receive, send)
        finally:
            await export.pieces.aclose()


class _TableResponse(StreamingResponse):
    """A table whose head is sent with its first rows: a refusal before them is answered with a status of its own.

    After that, a table that has to stop breaks off, so that no client takes a part of it for the whole.
    """

    def __init__(self, export: Export, on_sent: Callable[[int], None]) -> None:
        disposition = f"attachment; filename*=UTF-8''{quote(export.file_name)}"
        headers = {**PRIVATE, "Content-Disposition": disposition}
        super().__init__(export.pieces, headers=headers, media_type=export.media_type)
        self._pieces = export.pieces
        self._on_sent = on_sent

    async def stream_response(self, send: Send) -> None:
        begun = False
        try:
            async for piece in self._pieces:
                if piece and not begun:
                    begun = True
                    await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
                if piece:
                    self._on_sent(len(piece))
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        except TooMuchRead as refused:
            await _refuse(send, str(refused), 429, refused.seconds, begun=begun)
        except Unavailable as error:
            await _refuse(send, str(error), 503, 10, begun=begun)
        else:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _refuse(send: Send, message: str, status: int, seconds: int, *, begun: bool) -> None:
    """Answer with a refusal; where the answer has `begun`, break it off instead."""
    if not begun:
        refused = PlainTextResponse(message, status, headers={**PRIVATE, "Retry-After": str(seconds)})
        await send({"type": "http.response.start", "status": status, "headers": refused.raw_headers})
        await send({"type": "http.response.body", "body": refused.body, "more_body": False})

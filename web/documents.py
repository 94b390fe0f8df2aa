"""Serves the PDFs of reports, by sealed links."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from domain.errors import TooMuchAsked, TooMuchRead, Unavailable
from domain.trail import Deed, Origin
from pdf.errors import NotPrinted, TooLong, TooManyOrders
from resolvers.reports import REPORTS, printed_report, reported_plan
from web.leaving import ClientLeft, NoAnswer, while_waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime

    from starlette.requests import Request

    from resolvers.reports import Paper
    from resolvers.services import Services
    from resolvers.visits import Watch

WAIT_SECONDS = 20.0
DOWNLOAD = "download"
"""The query (`?download`) with which a browser saves the PDF instead of opening it."""
_BUSY = "Trop de documents sont demandés en ce moment : réessayez dans quelques secondes."
GONE = "Ce lien n'ouvre plus rien : demandez-en un nouveau dans l'application."
PRIVATE = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


def document_routes(services: Services, watch: Watch, clock: Callable[[], datetime]) -> list[Route]:
    """Return the routes of the links to PDFs: opened in the browser, or saved with `?download`.

    A link that the service did not seal, has expired, or leads to nothing is answered 404; a document that cannot be
    given now 422, 429 or 503 with a French sentence.

    Opening a link is written in the trail and counts as reading a person, like any other read of its viewer's
    account. HEAD does neither, prints nothing and tells nothing about the person.
    """

    async def document(request: Request) -> Response:
        now = clock()
        opened = services.links.open(REPORTS, request.path_params["sealed"], now=now)
        if opened is None:
            return _refused(GONE, 404)
        viewer, thing = opened
        if request.method == "HEAD":
            seen = await reported_plan(services, viewer, thing, now=now)
            return Response(headers=PRIVATE, media_type="application/pdf") if seen else _refused(GONE, 404)
        known = request.headers.get("If-None-Match", "")
        watched = watch.begin(services, viewer, origin_of(request))

        async def read() -> Paper | None:
            async with asyncio.timeout(WAIT_SECONDS):
                paper = await printed_report(watched, viewer, thing, known, now=now)
            if watched.visit:
                await watch.settle(watched.visit, Deed.DOCUMENT)
            watch.sent(viewer.account, len(paper.content) if paper else 0)
            return paper

        return await _answered(request, watch.working_for(viewer.account, read), known)

    return [Route(f"/{REPORTS}/{{sealed}}/{{name}}", document)]


async def _answered(request: Request, read: Coroutine[Any, Any, Paper | None], known: str) -> Response:
    try:
        paper = await while_waiting(request, read)
    except ClientLeft:
        return NoAnswer()
    except (NotPrinted, Unavailable, TooMuchRead, TooMuchAsked, TimeoutError) as refusal:
        return _not_given(refusal)
    return _given(paper, known, request.url.query) if paper else _refused(GONE, 404)


def _given(paper: Paper, known: str, asked: str) -> Response:
    shown = "attachment" if asked == DOWNLOAD else "inline"
    headers = {**PRIVATE, "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(paper.file_name)}"}
    if paper.sha256:
        headers["ETag"] = f'"{paper.sha256}"'
        if paper.sha256 in known:
            return Response(status_code=304, headers=headers)
    return Response(paper.content, media_type="application/pdf", headers=headers)


def _not_given(refusal: Exception) -> Response:
    """Say why there is no PDF; `Retry-After` (seconds) is set only where the same request may succeed later."""
    match refusal:
        case TooLong():
            return _refused(str(refusal), 422)
        case TooManyOrders():
            return _refused(str(refusal), 429, 5)
        case TooMuchRead(seconds=seconds) | TooMuchAsked(seconds=seconds):
            return _refused(str(refusal), 429, seconds)
        case TimeoutError():
            return _refused(_BUSY, 503, 10)
        case _:
            return _refused(str(refusal), 503, 10)


def _refused(message: str, status: int, seconds: int | None = None) -> Response:
    again = {} if seconds is None else {"Retry-After": str(seconds)}
    return PlainTextResponse(message, status, headers={**PRIVATE, **again})


def origin_of(request: Request) -> Origin:
    """Return the address and the user agent of a request, for the trail."""
    return Origin(request.client.host if request.client else None, request.headers.get("User-Agent"))

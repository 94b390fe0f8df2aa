"""The PDFs that links lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from domain.errors import TooMuchRead, Unavailable
from domain.trail import Deed, Origin
from pdf.errors import NotPrinted
from resolvers.reports import REPORTS, printed_report
from resolvers.visits import asking_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request

    from resolvers.services import Services
    from resolvers.visits import Watch

GONE = "Ce lien n'ouvre plus rien : demandez-en un nouveau dans l'application."
PRIVATE = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


def document_routes(services: Services, watch: Watch, clock: Callable[[], datetime]) -> list[Route]:
    """Give the routes of the links to PDFs. A link that is not ours, is over, or leads nowhere is a 404.

    Opening one leaves a trail and counts as reading a person, like any other read of its viewer's account.
    """

    async def document(request: Request) -> Response:
        now = clock()
        opened = services.links.open(REPORTS, request.path_params["sealed"], now=now)
        if opened is None:
            return PlainTextResponse(GONE, 404, headers=PRIVATE)
        viewer, thing = opened
        known = request.headers.get("If-None-Match", "")
        watched = watch.begin(services, viewer, origin_of(request))
        try:
            with asking_for(viewer.account):
                paper = await printed_report(watched, viewer, thing, known, now=now)
                if watched.visit:
                    await watch.settle(watched.visit, Deed.DOCUMENT)
        except (NotPrinted, Unavailable) as error:
            return PlainTextResponse(str(error), 503, headers={**PRIVATE, "Retry-After": "10"})
        except TooMuchRead as refused:
            return PlainTextResponse(str(refused), 429, headers={**PRIVATE, "Retry-After": str(refused.seconds)})
        if paper is None:
            return PlainTextResponse(GONE, 404, headers=PRIVATE)
        headers = {**PRIVATE, "Content-Disposition": f"inline; filename*=UTF-8''{quote(paper.file_name)}"}
        if paper.sha256:
            headers["ETag"] = f'"{paper.sha256}"'
            if paper.sha256 in known:
                return Response(status_code=304, headers=headers)
        return Response(paper.content, media_type="application/pdf", headers=headers)

    return [Route(f"/{REPORTS}/{{sealed}}/{{name}}", document)]


def origin_of(request: Request) -> Origin:
    """Tell from where a link is opened, for the trail."""
    return Origin(request.client.host if request.client else None, request.headers.get("User-Agent"))

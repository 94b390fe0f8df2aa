"""The PDFs that links lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from domain.errors import Unavailable
from pdf.errors import NotPrinted
from resolvers.reports import REPORTS, printed_report

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request

    from resolvers.services import Services

GONE = "Ce lien n'ouvre plus rien : demandez-en un nouveau dans l'application."
PRIVATE = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


def document_routes(services: Services, clock: Callable[[], datetime]) -> list[Route]:
    """Give the routes of the links to PDFs. A link that is not ours, is over, or leads nowhere is a 404."""

    async def document(request: Request) -> Response:
        now = clock()
        opened = services.links.open(REPORTS, request.path_params["sealed"], now=now)
        if opened is None:
            return PlainTextResponse(GONE, 404, headers=PRIVATE)
        viewer, thing = opened
        try:
            paper = await printed_report(services, viewer, thing, now=now)
        except (NotPrinted, Unavailable) as error:
            return PlainTextResponse(str(error), 503, headers={**PRIVATE, "Retry-After": "10"})
        if paper is None:
            return PlainTextResponse(GONE, 404, headers=PRIVATE)
        headers = {**PRIVATE, "Content-Disposition": f"inline; filename*=UTF-8''{quote(paper.file_name)}"}
        if paper.sha256:
            headers["ETag"] = f'"{paper.sha256}"'
            headers["Cache-Control"] = "private, max-age=0, must-revalidate"
            if headers["ETag"] in request.headers.get("If-None-Match", ""):
                return Response(status_code=304, headers=headers)
        return Response(paper.content, media_type="application/pdf", headers=headers)

    return [Route(f"/{REPORTS}/{{sealed}}/{{name}}", document)]

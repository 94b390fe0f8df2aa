"""Serves the templates of sessions, by sealed links, and takes them back filled in: checked, then saved as drafts."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from domain.calendar import paris_day
from domain.errors import BadRequest, NotATemplate, TooLarge, TooMuchAsked, TooMuchRead, Unavailable
from domain.trail import Deed
from resolvers.templates import LARGEST_FILE, TEMPLATES, UPLOADS, filled_template, import_template, too_large
from web.documents import GONE, PRIVATE, origin_of
from web.seats import NoSeat, Seats

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from datetime import datetime

    from starlette.requests import Request

    from resolvers.services import Services
    from resolvers.templates import Imported
    from resolvers.visits import Watch

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_AROUND_THE_FILE = 64 * 1024
AT_ONCE = 8
"""How many files may be arriving, waiting or being read in this process at once: they are held in memory."""
SHARE = 2
MOST_WAITING = 4
"""How many files of one account may wait beside its SHARE; the next is refused (429)."""
WAIT_SECONDS = 60.0
ARRIVAL_SECONDS = 120.0
_TOO_MANY = "Trop de fichiers sont déposés à la fois par ce compte : réessayez dans quelques secondes."
_BUSY = "Trop de fichiers sont déposés en ce moment : réessayez dans quelques secondes."


def template_routes(services: Services, watch: Watch, clock: Callable[[], datetime]) -> list[Route]:
    """Return the routes of the links to templates, and of the links that take them back filled in."""
    return [_template_route(services, watch, clock), _upload_route(services, watch, clock)]


def _template_route(services: Services, watch: Watch, clock: Callable[[], datetime]) -> Route:
    async def download(request: Request) -> Response:
        now = clock()
        opened = services.links.open(TEMPLATES, request.path_params["sealed"], now=now)
        if opened is None:
            return PlainTextResponse(GONE, 404, headers=PRIVATE)
        viewer, thing = opened
        if request.method == "HEAD":
            return Response(headers=PRIVATE, media_type=_XLSX)
        watched = watch.begin(services, viewer, origin_of(request))
        try:
            content = await watch.working_for(
                viewer.account, lambda: filled_template(watched, viewer, thing, watch, now=now)
            )
        except BadRequest as refused:
            return PlainTextResponse(str(refused), 413, headers=PRIVATE)
        except (TooMuchRead, TooMuchAsked, Unavailable) as refused:
            return _later(refused)
        watch.sent(viewer.account, len(content))
        name = quote(request.path_params["name"])
        headers = {**PRIVATE, "Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(content, headers=headers, media_type=_XLSX)

    return Route(f"/{TEMPLATES}/{{sealed}}/{{name}}", download)


def _upload_route(services: Services, watch: Watch, clock: Callable[[], datetime]) -> Route:
    """Return the route that takes a file, as the body or in a form (multipart).

    `?dryRun=true` saves nothing, `?keepRight=true` saves the lines that are right where others are wrong. The answer
    is JSON, by line and column; nothing is transmitted. AT_ONCE files are taken at once, and one is read at a time.
    """
    seats, reading = Seats(AT_ONCE, share=SHARE, most_waiting=MOST_WAITING), asyncio.Semaphore(1)

    async def upload(request: Request) -> Response:
        now = clock()
        opened = services.links.open(UPLOADS, request.path_params["sealed"], now=now)
        if opened is None:
            return PlainTextResponse(GONE, 404, headers=PRIVATE)
        viewer, thing = opened
        watched = watch.begin(services, viewer, origin_of(request))
        dry_run, keep_right = _asked(request, "dryRun"), _asked(request, "keepRight")

        async def read(content: bytes) -> Imported:
            told = await import_template(
                watched, viewer, content, thing["session"],
                dry_run=dry_run, keep_right=keep_right, now=now, today=paris_day(now),
            )  # fmt: skip
            if watched.visit:
                await watch.settle(watched.visit, Deed.READ)
            return told

        try:
            async with seats.taken(viewer.account, WAIT_SECONDS):
                async with asyncio.timeout(ARRIVAL_SECONDS):
                    content = await _file(request)
                async with reading:
                    told = await watch.working_for(viewer.account, lambda: read(content))
        except (NoSeat, TimeoutError, NotATemplate, TooMuchRead, TooMuchAsked, Unavailable) as refused:
            return _not_taken(refused)
        nothing_saved = bool(told.problems) and not told.saved and not dry_run
        return JSONResponse(_told(told, dry_run=dry_run), 422 if nothing_saved else 200, headers=PRIVATE)

    return Route(f"/{UPLOADS}/{{sealed}}/{{name}}", upload, methods=["POST"])


def _asked(request: Request, name: str) -> bool:
    return request.query_params.get(name, "").lower() in ("true", "1")


def _told(told: Imported, *, dry_run: bool) -> dict[str, object]:
    counts = {"rows": told.rows, "saved": told.saved, "unchanged": told.unchanged, "complete": told.complete}
    return {"dryRun": dry_run, **counts, "errors": [asdict(each) for each in told.problems]}


def _not_taken(
    refused: NoSeat | TimeoutError | NotATemplate | TooMuchRead | TooMuchAsked | Unavailable,
) -> Response:
    match refused:
        case NoSeat():
            return _refused(_TOO_MANY, 429, 10)
        case TimeoutError():
            return _refused(_BUSY, 503, 10)
        case NotATemplate():
            status = 413 if isinstance(refused, TooLarge) else 422
            return JSONResponse({"message": str(refused)}, status, headers=PRIVATE)
        case _:
            return _later(refused)


def _later(refused: TooMuchRead | TooMuchAsked | Unavailable) -> Response:
    status, seconds = (503, 10) if isinstance(refused, Unavailable) else (429, refused.seconds)
    return _refused(str(refused), status, seconds)


def _refused(message: str, status: int, seconds: int) -> Response:
    return PlainTextResponse(message, status, headers={**PRIVATE, "Retry-After": str(seconds)})


async def _file(request: Request) -> bytes:
    """Read the file from the body or a form.

    Raises NotATemplate where there is none, and TooLarge once more than 5 MB have come, whatever Content-Length says.
    """
    if not request.headers.get("Content-Type", "").startswith("multipart/form-data"):
        return b"".join([chunk async for chunk in _bounded(request, LARGEST_FILE)])
    body = _bounded(request, LARGEST_FILE + _AROUND_THE_FILE)
    try:
        form = await MultiPartParser(request.headers, body, max_files=1, max_fields=10).parse()
    except MultiPartException:
        raise NotATemplate("Le formulaire ne peut pas être lu : joignez un seul fichier.") from None
    try:
        file = next((value for value in form.values() if not isinstance(value, str)), None)
        if file is None:
            raise NotATemplate("Aucun fichier n'est joint : choisissez le modèle rempli.")
        return await file.read()
    finally:
        await form.close()


async def _bounded(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise too_large()
        yield chunk

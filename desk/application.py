"""Serves the table of pages: finds the session, checks what is sent, and says why a page is not shown."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from starlette.routing import Route

from desk.entering import keep_session, renew, session_of
from desk.forms import (
    LARGEST_FORM,
    LARGEST_READ,
    TOKEN_FIELD,
    TOO_LONG,
    read_form,
    read_with_file,
    require_same_origin,
)
from desk.keeping import taken
from desk.pages.stopped import stopped_page
from desk.roles import MENUS
from desk.routes import ROWS
from desk.stopping import Stopped
from desk.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractContextManager

    from starlette.requests import Request
    from starlette.responses import Response

    from desk.routes import Row
    from desk.visit import Desk

OTHER_PERSON = "Cette page a été ouverte par une autre personne : ouvrez-la de nouveau."
_VISIT = "desk.visit"
"""The key of the ASGI scope under which a request carries its visit, so that the page of a fault finds it."""


def desk_routes(desk: Desk) -> list[Route]:
    """Return the routes of all pages and of their assets."""
    pages = [Route(row.path, _endpoint(desk, row), methods=_methods(row)) for row in ROWS]
    return [*pages, desk.assets.route()]


def open_paths() -> frozenset[str]:
    """Return the paths that are served. Templates link to these only, so that no link leads nowhere."""
    return frozenset(row.path for row in ROWS) | {"/verification"}


def shown_menus() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the menu of each role: the pairs (path, label) whose path is served."""
    there = open_paths()
    return {role: tuple(entry for entry in menu if entry[0] in there) for role, menu in MENUS.items()}


def unknown_page(desk: Desk) -> Callable[[Request], Response]:
    """Return the function that answers a path which no route has (404)."""

    def unknown(request: Request) -> Response:
        return stopped_page(Visit(desk, request, session_of(desk, request)), Stopped.absent(), ())

    return unknown


def failed_page(desk: Desk) -> Callable[[Request, str], Response]:
    """Return the function that makes the page of a fault (500): it shows a reference for the log, and no detail."""

    def failed(request: Request, reference: str) -> Response:
        visit = request.scope.get(_VISIT) or Visit(desk, request, session_of(desk, request))
        return stopped_page(visit, Stopped(500, reference=reference), ())

    return failed


def _methods(row: Row) -> list[str]:
    return [*(["GET"] if row.shown else []), *(["POST"] if row.sent else [])]


def _endpoint(desk: Desk, row: Row) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        visit = request.scope[_VISIT] = Visit(desk, request, session_of(desk, request), row.menu)
        try:
            await renew(visit)
            with _place(visit, row):
                response = await _answered(visit, row)
        except Stopped as stopped:
            response = stopped_page(visit, stopped, row.roles)
        if visit.fresh:
            keep_session(visit, response, visit.fresh)
        return response

    return endpoint


async def _answered(visit: Visit, row: Row) -> Response:
    sent = visit.request.method == "POST"
    if sent:
        require_same_origin(visit.request, visit.desk.public_url)
        read = read_with_file if row.takes_file else read_form
        visit.form = await read(visit.request, LARGEST_READ if visit.session else LARGEST_FORM)
        _require_token(visit)
        if visit.form.size > LARGEST_FORM:
            raise Stopped(413, TOO_LONG)
    if row.roles:
        _require_role(visit, row.roles)
    act = row.sent if sent else row.shown
    assert act  # noqa: S101 - the route has the methods of its row
    return await act(visit)


def _place(visit: Visit, row: Row) -> AbstractContextManager[None]:
    """Hold a place in memory for the file of a person who is signed in; a file of anybody else is not read."""
    sends = row.takes_file and visit.request.method == "POST"
    return visit.desk.file_places.one(visit.session.account) if sends and visit.session else nullcontext()


def _require_role(visit: Visit, roles: tuple[str, ...]) -> None:
    if visit.session is None:
        raise Stopped(401)
    if visit.session.role not in roles:
        raise Stopped(403)


def _require_token(visit: Visit) -> None:
    """Restore the form that a page had kept sealed and sends again, and check its token.

    Raises Stopped (403) for a form that was made for another person.
    """
    visit.form = taken(visit)
    if visit.session is None:
        return
    if not visit.desk.sessions.is_form_token(visit.session.acts_as, visit.form.text(TOKEN_FIELD)):
        raise Stopped(403, OTHER_PERSON)
    visit.own_form = True

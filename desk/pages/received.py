"""Bilans reçus: for an adviser, the reports of the people they follow, and those announced while the page is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from desk.columns import ACTION, Column
from desk.french import NO_BREAK
from desk.stopping import Stopped
from desk.tables import export, list_page, person_search, search_again, sort, turned

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from desk.visit import Visit

LONGEST_CURSOR = 500
COLUMNS = (
    Column("nom", "Demandeur d’emploi"),
    Column("formation", "Formation"),
    Column("transmis", "Transmis le", "TRANSMITTED"),
    Column("lecture", "Lecture"),
    ACTION,
)


async def shown(visit: Visit) -> Response:
    """Show a page of the list, all or unread reports, or the whole list as a table.

    A report that is listed does not count as read.
    """
    search, unread = person_search(visit), visit.query("non-lus") == "1"
    order = sort(visit, COLUMNS, "-transmis")
    asked = {"search": search or None, "unread": True if unread else None, "direction": order.direction}
    if table := await export(visit, "ExportReceived", **asked):
        return table
    data = await visit.ask("Received", **asked, **turned(visit))
    count = data["unread"]["totalCount"]
    told = f"{count} bilan{'s' if count > 1 else ''} non lu{'s' if count > 1 else ''}" if count else "Bilans reçus"
    if unread:
        told = f"Bilans non lus{NO_BREAK}: {count}"
    return list_page(
        visit,
        "received.html",
        data["transmittedReports"],
        title="Bilans reçus",
        tab=told,
        search=search,
        only_unread=unread,
        order=order,
        columns=COLUMNS,
        all=data["all"]["totalCount"],
        unread=count,
        reports=data["transmittedReports"]["nodes"],
        awaited=data["awaited"],
    )


async def searched(visit: Visit) -> Response:
    """Search by name or identifier."""
    return search_again(visit)


async def followed(visit: Visit) -> Response:
    """Stream the announcements of transmissions (server-sent events), after the last one that the page received."""
    if visit.session is None:
        raise Stopped(401)
    return _Followed(visit, visit.session.token, visit.query("depuis")[:LONGEST_CURSOR])


class _Followed(Response):
    """The event stream of the subscription, as the door sends it."""

    def __init__(self, visit: Visit, token: str, cursor: str) -> None:
        super().__init__()
        self._visit = visit
        self._token = token
        self._cursor = cursor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        variables = {"after": self._cursor or None}
        await self._visit.desk.door.follow(scope, receive, send, self._token, "FollowReceived", variables)

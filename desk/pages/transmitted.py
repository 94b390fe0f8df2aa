"""Bilans transmis: what was sent, and how far it has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.tables import ACTION, Column, export, pager, period, person_search, search_again, sort, turned

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit

COLUMNS = (
    Column("numero", "N° DE"),
    Column("nom", "Nom – Prénom"),
    Column("formation", "Formation"),
    Column("transmis", "Transmis le", "TRANSMITTED"),
    Column("lecture", "Lecture"),
    ACTION,
)


async def shown(visit: Visit) -> Response:
    """Show a page of the list, or give the whole of it as a table."""
    sent, search = period(visit), person_search(visit)
    order = sort(visit, COLUMNS, "-transmis")
    asked = {"transmittedOn": sent.asked, "search": search or None, "direction": order.direction}
    if table := await export(visit, "ExportTransmittedReports", lambda data: data["list"]["export"], **asked):
        return table
    data = await visit.ask("TransmittedReports", **asked, **turned(visit))
    page = pager(visit, data["transmittedReports"])
    title = "Bilans transmis"
    return visit.page(
        "transmitted.html",
        title=title,
        tab=f"{title}{page.in_title}",
        status=422 if sent.problems else 200,
        sent=sent,
        order=order,
        columns=COLUMNS,
        search=search,
        reports=data["transmittedReports"]["nodes"],
        pager=page,
        filtered=bool(search or sent.asked),
    )


async def searched(visit: Visit) -> Response:
    """Search by name or identifier."""
    return search_again(visit)

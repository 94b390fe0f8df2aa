"""Bilans transmis: what was sent, and how far it has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.columns import ACTION, Column
from desk.tables import export, list_page, period, person_search, search_again, sort, turned

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
    if table := await export(visit, "ExportTransmittedReports", **asked):
        return table
    data = await visit.ask("TransmittedReports", **asked, **turned(visit))
    return list_page(
        visit,
        "transmitted.html",
        data["transmittedReports"],
        title="Bilans transmis",
        period=sent,
        order=order,
        columns=COLUMNS,
        search=search,
        reports=data["transmittedReports"]["nodes"],
        filtered=bool(search or sent.asked),
    )


async def searched(visit: Visit) -> Response:
    """Search by name or identifier."""
    return search_again(visit)

"""Bilans enregistrés en brouillon: what was begun and not transmitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.columns import ACTION, Column
from desk.tables import export, list_page, period, person_search, search_again, sort, turned

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit

COMPLETE = {"oui": True, "non": False}
COLUMNS = (
    Column("numero", "N° DE"),
    Column("nom", "Nom – Prénom"),
    Column("formation", "Formation"),
    Column("cree", "Créé le", "CREATED"),
    Column("etat", "État"),
    ACTION,
)


async def shown(visit: Visit) -> Response:
    """Show a page of the list, or give the whole of it as a table."""
    begun, search = period(visit), person_search(visit)
    order = sort(visit, COLUMNS, "-cree")
    complete = visit.query("complets")
    asked = {
        "createdOn": begun.asked,
        "search": search or None,
        "complete": COMPLETE.get(complete),
        "direction": order.direction,
    }
    if table := await export(visit, "ExportDrafts", **asked):
        return table
    data = await visit.ask("Drafts", **asked, **turned(visit))
    return list_page(
        visit,
        "drafts.html",
        data["draftReports"],
        title="Bilans enregistrés en brouillon",
        period=begun,
        order=order,
        columns=COLUMNS,
        search=search,
        complete=complete,
        drafts=data["draftReports"]["nodes"],
        filtered=bool(search or begun.asked or complete in COMPLETE),
    )


async def searched(visit: Visit) -> Response:
    """Search by name or identifier."""
    return search_again(visit)

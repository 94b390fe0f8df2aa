"""Bilans attendus: for an adviser, the plans that are over and without a report, of the people they follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.columns import Column
from desk.tables import export, list_page, period, person_search, search_again, sort, turned

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit

COLUMNS = (
    Column("nom", "Demandeur d’emploi"),
    Column("formation", "Formation"),
    Column("fin", "Fin"),
    Column("organisme", "Organisme de formation"),
    Column("attendu", "Attendu", "SINCE"),
)


async def shown(visit: Visit) -> Response:
    """Show a page of the list, the longest awaited first, or the whole list as a table."""
    ends, search, which = period(visit), person_search(visit), visit.query("obligatoires")
    required, late, order = which == "oui", which == "retard", sort(visit, COLUMNS, "attendu")
    asked = {
        "search": search or None,
        "endsOn": ends.asked,
        "reportRequired": required or None,
        "late": late or None,
        "direction": order.direction,
    }
    if table := await export(visit, "ExportAwaited", **asked):
        return table
    data = await visit.ask("Awaited", **asked, **turned(visit))
    return list_page(
        visit,
        "awaited.html",
        data["awaitedPlans"],
        title="Bilans attendus",
        period=ends,
        order=order,
        columns=COLUMNS,
        search=search,
        required=required,
        plans=data["awaitedPlans"]["nodes"],
        late=late,
        filtered=bool(search or ends.asked or required or late),
    )


async def searched(visit: Visit) -> Response:
    """Search by name or identifier."""
    return search_again(visit)

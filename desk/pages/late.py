"""Bilans en retard: the compulsory reports that are late, begun or not; a counter of the dashboard leads here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.columns import ACTION, FUNDING, PERIOD, PERSON, Column
from desk.tables import export, list_page, period, person_search, search_again, sort, turned

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit

COLUMNS = (
    *PERSON,
    Column("intitule", "Intitulé de la formation"),
    PERIOD,
    FUNDING,
    Column("statut", "Statut"),
    ACTION,
)


async def shown(visit: Visit) -> Response:
    """Show a page of the list, or give the whole of it as a table."""
    ends, search = period(visit), person_search(visit)
    order = sort(visit, COLUMNS, "fin")
    asked = {"planEndsOn": ends.asked, "search": search or None, "orderBy": order.variables}
    if table := await export(visit, "ExportLatePlans", **asked):
        return table
    data = await visit.ask("LatePlans", **asked, **turned(visit))
    return list_page(
        visit,
        "late.html",
        data["pendingPlans"],
        title="Bilans en retard",
        period=ends,
        order=order,
        columns=COLUMNS,
        search=search,
        plans=data["pendingPlans"]["nodes"],
        late_after=data["lateAfterDays"],
        filtered=bool(search or ends.asked),
    )


async def searched(visit: Visit) -> Response:
    """Search by name or identifier."""
    return search_again(visit)

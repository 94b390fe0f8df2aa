"""Bilans en retard: the compulsory reports that are late, begun or not, behind a counter of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.tables import ACTION, Column, export, pager, period, person_search, search_again, sort, turned

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit

COLUMNS = (
    Column("numero", "N° DE", "IDENTIFIER"),
    Column("nom", "Nom – Prénom", "NAME"),
    Column("intitule", "Intitulé de la formation"),
    Column("fin", "Période", "LAST_DAY"),
    Column("financement", "Financement", "FUNDING"),
    Column("statut", "Statut"),
    ACTION,
)


async def shown(visit: Visit) -> Response:
    """Show a page of the list, or give the whole of it as a table."""
    ends, search = period(visit), person_search(visit)
    order = sort(visit, COLUMNS, "fin")
    asked = {"planEndsOn": ends.asked, "search": search or None, "orderBy": order.variables}
    if table := await export(visit, "ExportLatePlans", lambda data: data["list"]["export"], **asked):
        return table
    data = await visit.ask("LatePlans", **asked, **turned(visit))
    page = pager(visit, data["pendingPlans"])
    title = "Bilans en retard"
    return visit.page(
        "late.html",
        title=title,
        tab=f"{title}{page.in_title}",
        status=422 if ends.problems else 200,
        ends=ends,
        order=order,
        columns=COLUMNS,
        search=search,
        plans=data["pendingPlans"]["nodes"],
        late_after=data["lateAfterDays"],
        pager=page,
        filtered=bool(search or ends.asked),
    )


async def searched(visit: Visit) -> Response:
    """Search by name or identifier."""
    return search_again(visit)

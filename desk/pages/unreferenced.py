"""DE inscrits sur formation sans référencement: the list behind the third counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.tables import ACTION, Column, export, only_late, pager, period, person_search, search_again, sort, turned

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit

COLUMNS = (
    Column("numero", "N° DE", "IDENTIFIER"),
    Column("nom", "Nom – Prénom", "NAME"),
    Column("intitule", "Intitulé de la formation"),
    Column("fin", "Période", "LAST_DAY"),
    Column("financement", "Financement", "FUNDING"),
    Column("a-saisir", "À saisir"),
    ACTION,
)


async def shown(visit: Visit) -> Response:
    """Show a page of the list, or give the whole of it as a table."""
    ends, search, late = period(visit), person_search(visit), only_late(visit)
    order = sort(visit, COLUMNS, "fin")
    asked = {"planEndsOn": ends.asked, "late": late, "search": search or None, "orderBy": order.variables}
    if table := await export(visit, "ExportUnreferencedPlans", lambda data: data["list"]["export"], **asked):
        return table
    data = await visit.ask("UnreferencedPlans", **asked, **turned(visit))
    page = pager(visit, data["pendingPlans"])
    title = "DE inscrits sur formation sans référencement"
    return visit.page(
        "unreferenced.html",
        title=title,
        tab=f"{title}{page.in_title}",
        status=422 if ends.problems else 200,
        ends=ends,
        order=order,
        columns=COLUMNS,
        search=search,
        late=late,
        plans=data["pendingPlans"]["nodes"],
        pager=page,
        filtered=bool(search or ends.asked or late),
    )


async def searched(visit: Visit) -> Response:
    """Search by name or identifier."""
    return search_again(visit)

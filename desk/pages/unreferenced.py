"""DE inscrits sur formation sans référencement: the list behind the third counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.columns import ACTION, FUNDING, PERIOD, PERSON, Column
from desk.tables import export, list_page, only_late, period, person_search, search_again, sort, turned

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit

COLUMNS = (
    *PERSON,
    Column("intitule", "Intitulé de la formation"),
    PERIOD,
    FUNDING,
    Column("a-saisir", "À saisir"),
    ACTION,
)


async def shown(visit: Visit) -> Response:
    """Show a page of the list, or give the whole of it as a table."""
    ends, search, late = period(visit), person_search(visit), only_late(visit)
    order = sort(visit, COLUMNS, "fin")
    asked = {"planEndsOn": ends.asked, "late": late, "search": search or None, "orderBy": order.variables}
    if table := await export(visit, "ExportUnreferencedPlans", **asked):
        return table
    data = await visit.ask("UnreferencedPlans", **asked, **turned(visit))
    return list_page(
        visit,
        "unreferenced.html",
        data["pendingPlans"],
        title="DE inscrits sur formation sans référencement",
        period=ends,
        order=order,
        columns=COLUMNS,
        search=search,
        late=late,
        plans=data["pendingPlans"]["nodes"],
        filtered=bool(search or ends.asked or late),
    )


async def searched(visit: Visit) -> Response:
    """Search by name or identifier."""
    return search_again(visit)

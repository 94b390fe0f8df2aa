"""The people of a session in three tabs: all, report to be transmitted, report transmitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.columns import ACTION, FUNDING, PERIOD, PERSON, Column
from desk.stopping import Stopped
from desk.tables import export, list_page, person_search, search_again, sort, turned

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit

STATUSES: dict[str, list[str] | None] = {
    "tous": None,
    "a-transmettre": ["TO_ENTER", "DRAFT"],
    "transmis": ["TRANSMITTED"],
}


_SHOWN = {"tous": "demandeurs d’emploi", "a-transmettre": "bilans à transmettre", "transmis": "bilans transmis"}
COLUMNS = (
    *PERSON,
    PERIOD,
    FUNDING,
    Column("statut", "Statut"),
    ACTION,
)
PAGE = 100


async def shown(visit: Visit) -> Response:
    """Show the people of the tab in the address (`statut`); by default those whose report is to be transmitted."""
    status, order, search = visit.query("statut"), sort(visit, COLUMNS, "nom"), person_search(visit)
    chosen = status if status in STATUSES else "a-transmettre"
    asked: dict[str, Any] = {
        "id": visit.part("id"),
        "reportStatus": STATUSES[chosen],
        "search": search or None,
        "orderBy": order.variables,
    }
    if table := await export(visit, "ExportSessionPeople", **asked):
        return table
    data = await visit.ask("SessionPeople", **asked, **turned(visit, PAGE))
    session = data["node"]
    if not session or not session.get("title"):
        raise Stopped.absent()
    return list_page(
        visit,
        "session_people.html",
        data["trainingPlans"],
        title=session["title"],
        tab=f"{session['title']}, {_SHOWN[chosen]}",
        size=PAGE,
        session=session,
        chosen=chosen,
        order=order,
        columns=COLUMNS,
        search=search,
        plans=data["trainingPlans"]["nodes"],
    )


async def searched(visit: Visit) -> Response:
    """Search by name or identifier."""
    return search_again(visit)

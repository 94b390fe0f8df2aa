"""The people of a session: who is still to be written about, who was begun, who is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.stopping import Stopped
from desk.tables import ACTION, Column, export, pager, person_search, search_again, sort, turned

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
    Column("numero", "N° DE", "IDENTIFIER"),
    Column("nom", "Nom – Prénom", "NAME"),
    Column("fin", "Période", "LAST_DAY"),
    Column("financement", "Financement", "FUNDING"),
    Column("statut", "Statut"),
    ACTION,
)
PAGE = 100


async def shown(visit: Visit) -> Response:
    """Show the people of one of the three tabs; those still to be transmitted first."""
    status, order, search = visit.query("statut"), sort(visit, COLUMNS, "nom"), person_search(visit)
    chosen = status if status in STATUSES else "a-transmettre"
    asked: dict[str, Any] = {
        "id": visit.part("id"),
        "reportStatus": STATUSES[chosen],
        "search": search or None,
        "orderBy": order.variables,
    }
    if table := await export(visit, "ExportSessionPeople", lambda data: data["list"]["export"], **asked):
        return table
    data = await visit.ask("SessionPeople", **asked, **turned(visit, PAGE))
    session = data["node"]
    if not session or not session.get("title"):
        raise Stopped.absent()
    page = pager(visit, data["trainingPlans"], size=PAGE)
    return visit.page(
        "session_people.html",
        title=session["title"],
        tab=f"{session['title']}, {_SHOWN[chosen]}{page.in_title}",
        session=session,
        chosen=chosen,
        order=order,
        columns=COLUMNS,
        search=search,
        plans=data["trainingPlans"]["nodes"],
        pager=page,
    )


async def searched(visit: Visit) -> Response:
    """Search by name or identifier."""
    return search_again(visit)

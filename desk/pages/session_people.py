"""The people of a session: who is still to be written about, who was begun, who is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.tables import export, pager, turned

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit

STATUSES: dict[str, list[str] | None] = {
    "tous": None,
    "a-transmettre": ["TO_ENTER", "DRAFT"],
    "transmis": ["TRANSMITTED"],
}


_SHOWN = {"tous": "demandeurs d’emploi", "a-transmettre": "bilans à transmettre", "transmis": "bilans transmis"}


async def shown(visit: Visit) -> Response:
    """Show the people of one of the three tabs; those still to be transmitted first."""
    asked = visit.query("statut")
    chosen = asked if asked in STATUSES else "a-transmettre"
    wanted: dict[str, Any] = {"id": visit.part("id"), "reportStatus": STATUSES[chosen]}
    if table := await export(visit, "ExportSessionPeople", _table, **wanted):
        return table
    session = (
        await visit.node("SessionPeople", visit.part("id"), reportStatus=STATUSES[chosen], **turned(visit, 100))
    )["node"]
    page = pager(visit, session["plans"], size=100)
    return visit.page(
        "session_people.html",
        title=session["title"],
        tab=f"{session['title']}, {_SHOWN[chosen]}{page.in_title}",
        session=session,
        chosen=chosen,
        plans=session["plans"]["nodes"],
        pager=page,
    )


def _table(data: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    return data["node"] and data["node"]["list"]["export"]

"""Sessions de formation avec bilan à saisir: the list behind the first two counters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.columns import Column
from desk.tables import LONGEST_SEARCH, export, list_page, only_late, period, sort, turned

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit

FUNDED = {"oui": True, "non": False}
COLUMNS = (
    Column("carif", "N° CARIF", "CARIF_NUMBER"),
    Column("intitule", "Intitulé de la formation", "TITLE"),
    Column("financement", "Financement", "FUNDING"),
    Column("debut", "Date début", "STARTS_ON"),
    Column("fin", "Date fin", "ENDS_ON"),
    Column("ville", "Ville", "CITY"),
    Column("a-saisir", "À saisir", numeric=True),
)


async def shown(visit: Visit) -> Response:
    """Show a page of the list, or give the whole of it as a table."""
    funded, ends, order = visit.query("financement"), period(visit), sort(visit, COLUMNS, "fin")
    search, late = visit.query("q")[:LONGEST_SEARCH], only_late(visit)
    late, begun = late or visit.query("bilans") == "retard" or None, visit.query("bilans") == "brouillons"
    asked = {
        "funded": FUNDED.get(funded),
        "planEndsOn": ends.asked,
        "late": late,
        "search": search or None,
        "reportStatus": ["TO_ENTER", "DRAFT"] if begun else None,
        "orderBy": order.variables,
    }
    if table := await export(visit, "ExportSessions", **asked):
        return table
    data = await visit.ask("PendingSessions", **asked, **turned(visit))
    return list_page(
        visit,
        "sessions.html",
        data["pendingSessions"],
        title="Sessions de formation avec bilan à saisir",
        funded=funded if funded in FUNDED else "",
        period=ends,
        search=search,
        late=late,
        begun=begun,
        order=order,
        columns=COLUMNS,
        sessions=data["pendingSessions"]["nodes"],
        plans=data["pendingPlans"]["totalCount"],
        as_of=data["reportDashboard"]["asOf"],
        filtered=bool(search or ends.asked or late or begun),
    )

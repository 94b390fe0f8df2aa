"""Bilans transmis: the transmitted reports, and who has read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.columns import ACTION, Column
from desk.tables import export, list_page, period, person_search, search_again, sort, turned

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit

COLUMNS = (
    Column("numero", "N° DE"),
    Column("nom", "Nom – Prénom"),
    Column("formation", "Formation"),
    Column("transmis", "Transmis le", "TRANSMITTED"),
    Column("lecture", "Lecture"),
    ACTION,
)
READERS = {"de": "JOB_SEEKER", "conseiller": "ADVISER"}
"""The values of the filter « Pas encore lus » in the address, with those of the schema's `unreadBy`."""


async def shown(visit: Visit) -> Response:
    """Show a page of the list, or give the whole of it as a table."""
    sent, search = period(visit), person_search(visit)
    order = sort(visit, COLUMNS, "-transmis")
    reader, session = visit.query("lecture"), visit.query("session")
    asked = {
        "transmittedOn": sent.asked,
        "search": search or None,
        "session": session or None,
        "unreadBy": READERS.get(reader),
        "direction": order.direction,
    }
    if table := await export(visit, "ExportTransmittedReports", **asked):
        return table
    chosen = {"chosen": session, "narrowed": bool(session)}
    data = await visit.ask("TransmittedReports", **asked, **chosen, **turned(visit))
    return list_page(
        visit,
        "transmitted.html",
        data["transmittedReports"],
        title="Bilans transmis",
        period=sent,
        order=order,
        columns=COLUMNS,
        search=search,
        reports=data["transmittedReports"]["nodes"],
        reader=reader,
        session=session,
        sessions=_sessions(data),
        filtered=bool(search or sent.asked or session or reader in READERS),
    )


def _sessions(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the sessions that the filter offers: the latest with a transmitted report, and the chosen one always."""
    offered: list[dict[str, Any]] = data["sessions"]["nodes"]
    chosen = data.get("chosen")
    return offered if not chosen or chosen in offered else [chosen, *offered]


async def searched(visit: Visit) -> Response:
    """Search by name or identifier."""
    return search_again(visit)

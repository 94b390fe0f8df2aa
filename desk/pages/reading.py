"""A report on the screen, for the person it is about and for the adviser: opening it is reading it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.stopping import Stopped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from desk.visit import Visit


async def own(visit: Visit) -> Response:
    """Show it to the job seeker, on their phone."""
    return await _shown(visit, "Mon bilan de formation", "/mes-formations")


async def followed(visit: Visit) -> Response:
    """Show it to the adviser."""
    return await _shown(visit, "", "/recus")


async def downloaded(visit: Visit) -> Response:
    """Send the browser to the PDF: its address lives for minutes, this page's for as long as it is open.

    `?telecharger=1` keeps it under its name, instead of opening it.
    """
    data = await visit.node("ReportLink", visit.part("report"))
    if not data["node"].get("document"):
        raise Stopped.absent()
    return paper(visit, data["node"]["document"])


def paper(visit: Visit, document: Mapping[str, str]) -> Response:
    """Go on to a PDF, to be opened in the browser or kept, as the address of the page says."""
    return visit.go(f"{document['url']}?download" if visit.query("telecharger") else document["url"])


async def _shown(visit: Visit, title: str, place: str) -> Response:
    report = (await visit.node("ReadReport", visit.part("report")))["node"]
    if not report.get("form"):
        raise Stopped.absent()
    return visit.page(
        "reading.html",
        title=title or "Bilan de fin de formation",
        tab=f"Bilan, {report['plan']['title']}",
        report=report,
        form=report["form"],
        place=place,
        own=bool(title),
    )

"""A report on the screen, for the job seeker and for the adviser; the schema notes it as read when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.stopping import Stopped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from desk.visit import Visit


async def own(visit: Visit) -> Response:
    """Show the report to the job seeker."""
    return await _shown(visit, "Mon bilan de formation", "/mes-formations")


async def followed(visit: Visit) -> Response:
    """Show the report to the adviser."""
    return await _shown(visit, "", "/recus")


async def downloaded(visit: Visit) -> Response:
    """Redirect to the PDF. Its own address is valid for some minutes only, so a page links here instead.

    With `?telecharger=1` the browser saves the file under its name, instead of opening it.
    """
    data = await visit.node("ReportLink", visit.part("report"))
    if not data["node"].get("document"):
        raise Stopped.absent()
    return paper(visit, data["node"]["document"])


def paper(visit: Visit, document: Mapping[str, str]) -> Response:
    """Redirect to a PDF: to save it where the address has `?telecharger=1`, to open it otherwise."""
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

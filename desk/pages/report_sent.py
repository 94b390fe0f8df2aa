"""A transmitted report: who has read it, its code and hash as proof, its corrections, the next report to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.pages.reading import paper
from desk.stopping import Stopped

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit


async def shown(visit: Visit) -> Response:
    """Show the page; redirect to the form where the report was not transmitted yet."""
    plan = (await visit.node("SentReport", visit.part("plan")))["node"]
    report = plan.get("report")
    if not report or report["status"] != "TRANSMITTED":
        if plan.get("reportStatus") is None:
            raise Stopped.absent()
        return visit.go(f"/bilans/{plan['id']}")
    following = plan["session"]["next"] if plan["session"] else None
    return visit.page(
        "report_sent.html",
        title="Bilan de fin de formation",
        tab=f"Bilan transmis, {report['plan']['title']}",
        plan=plan,
        report=report,
        following=following,
        just_sent=visit.query("fait") == "transmis",
        corrected=visit.query("fait") == "corrige",
    )


async def document(visit: Visit) -> Response:
    """Redirect to the PDF; its address is valid for some minutes only, so it is made at the click."""
    report = (await visit.node("ReportDocument", visit.part("plan")))["node"].get("report")
    if not report:
        raise Stopped.absent()
    return paper(visit, report["document"])

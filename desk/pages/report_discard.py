"""Supprimer le brouillon: discards a draft, after a confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.report_saving import asked_version
from desk.stopping import Stopped

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit


async def shown(visit: Visit) -> Response:
    """Ask for the confirmation."""
    plan = (await visit.node("ReportForm", visit.part("plan")))["node"]
    report = plan.get("report")
    if not report or report["status"] != "DRAFT":
        raise Stopped.absent()
    return visit.page("report_discard.html", title="Supprimer le brouillon", plan=plan, report=report)


async def sent(visit: Visit) -> Response:
    """Discard the version of the draft that was shown, then redirect to the form.

    A draft that somebody changed in between is not discarded: the form shows it.
    """
    plan = visit.part("plan")
    asked = {"trainingPlanId": plan, "expectedVersion": asked_version(visit.form.text("version"))}
    payload = (await visit.ask("DiscardReportDraft", input=asked))["discardReportDraft"]
    if any(each["code"] == "NOT_FOUND" for each in payload["userErrors"]):
        raise Stopped.absent()
    return visit.go(f"/bilans/{plan}")

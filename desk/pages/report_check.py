"""Vérifier avant de transmettre: the report as it will be, its recipients, and the button that transmits it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.answers import typed_of
from desk.report_saving import asked_version
from desk.stopping import Stopped

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit


async def shown(visit: Visit) -> Response:
    """Show the draft; redirect to its form while it has blockers."""
    data = await visit.node("ReportForm", visit.part("plan"))
    plan = data["node"]
    report = plan.get("report")
    if not report:
        raise Stopped.absent()
    if report["status"] == "TRANSMITTED":
        return visit.go(f"/bilans/{plan['id']}/transmis")
    if report["blockers"]:
        return visit.go(f"/bilans/{plan['id']}?revoir=1")
    return visit.page(
        "report_check.html",
        title="Vérifier avant de transmettre",
        status=409 if visit.form.fields else 200,
        plan=plan,
        report=report,
        form=report["form"],
        typed=typed_of(report["form"]),
        changed=bool(visit.form.fields),
    )


async def sent(visit: Visit) -> Response:
    """Transmit the version of the draft that was shown; show it again where somebody changed it in between."""
    plan = visit.part("plan")
    asked = {"trainingPlanId": plan, "expectedVersion": asked_version(visit.form.text("version"))}
    payload = (await visit.ask("TransmitReport", input=asked))["transmitReport"]
    codes = {each["code"] for each in payload["userErrors"]}
    if not codes or codes == {"ALREADY_TRANSMITTED"}:
        return visit.go(f"/bilans/{plan}/transmis?fait=transmis")
    if "STALE_VERSION" in codes:
        return await shown(visit)
    if "NOT_FOUND" in codes:
        raise Stopped.absent()
    if any(each["path"] == ["trainingPlanId"] for each in payload["userErrors"]):
        raise Stopped(409, " ".join(each["message"] for each in payload["userErrors"]))
    return visit.go(f"/bilans/{plan}?revoir=1")

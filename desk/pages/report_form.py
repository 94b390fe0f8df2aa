"""Bilan de fin de formation: the form of a report. Its buttons save a draft, show the PDF, or go on to transmit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from desk import certifications
from desk.answers import EMPTY, Problem, answers_of, problems_of, rows_of, typed_of, with_period, without_period
from desk.certifications import Found, settled
from desk.french import NO_BREAK
from desk.pages import report_conflict
from desk.report_saving import Saved, asked_version, save
from desk.stopping import Stopped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from desk.answers import Typed
    from desk.visit import Visit

NOT_SENT = "Le bilan n’est pas transmis"
TO_SEE_TO = "À revoir avant de transmettre"
SAVED_IN_PART = "Brouillon enregistré, sauf ce qui est à revoir"
HIDDEN = "masquer"


async def shown(visit: Visit) -> Response:
    """Show the form with the answers of the draft, or prefilled; redirect where the report was transmitted."""
    data = await visit.node("ReportForm", visit.part("plan"))
    plan = data["node"]
    if plan.get("reportStatus") is None:
        raise Stopped.absent()
    if plan["reportStatus"] == "TRANSMITTED":
        return visit.go(f"/bilans/{plan['id']}/transmis")
    report = plan["report"]
    typed = typed_of(report["form"] if report else plan["prefilledForm"])
    problems = _remaining(report, typed) if visit.query("revoir") and report else []
    return form_page(visit, data, Found(typed), problems, heading=NOT_SENT)


def _remaining(report: Mapping[str, Any], typed: Typed) -> list[Problem]:
    return problems_of(report["blockers"], answers_of(typed))


def form_page(
    visit: Visit,
    data: Mapping[str, Any],
    found: Found,
    problems: Sequence[Problem],
    *,
    heading: str,
    version: str | None = None,
    status: int = 200,
) -> Response:
    """Show the form with what was typed, and all its problems."""
    plan, report = data["node"], data["node"]["report"]
    kept = str(report["version"]) if report else ""
    typed = with_period(found.typed) if not rows_of(found.typed) else found.typed
    return visit.page(
        "report_form.html",
        title="Bilan de fin de formation",
        tab=f"Bilan de fin de formation, {plan['title']}",
        status=status,
        plan=plan,
        report=report,
        typed=typed,
        rows=rows_of(typed),
        lists=data,
        matches=found.matches,
        problems={each.field: each.message for each in reversed(problems) if each.field},
        summary=[(each.field, each.message) for each in problems],
        heading=f"{heading}{NO_BREAK}: {_to_see_to(len(problems))}",
        version=kept if version is None else version,
        just_saved=visit.query("fait") == "brouillon",
        folded=visit.request.query_params.getlist(HIDDEN) or ["organisme"],
        correcting=False,
    )


def _to_see_to(count: int) -> str:
    return "1 réponse est à revoir" if count == 1 else f"{count} réponses sont à revoir"


async def sent(visit: Visit) -> Response:
    """Do what the pressed button says."""
    act = visit.form.text("faire")
    found = await settled(visit, {**EMPTY, **visit.form.typed()}, searching=act == "chercher")
    if act == "chercher":
        return await _again(visit, found)
    if act == "ajouter-periode":
        return await _again(visit, Found(with_period(found.typed), found.matches))
    if act.startswith("retirer-periode-") and act[16:].isdecimal():
        return await _again(visit, Found(without_period(found.typed, int(act[16:])), found.matches))
    if act == "pdf":
        return await _preview(visit, found)
    return await _save(visit, found, transmitting=act == "transmettre")


async def _again(visit: Visit, found: Found, problems: Sequence[Problem] = (), heading: str = TO_SEE_TO) -> Response:
    data = await visit.node("ReportForm", visit.part("plan"))
    version = visit.form.text("version")
    status = 422 if problems else 200
    return form_page(visit, data, found, problems, heading=heading, version=version, status=status)


async def _save(visit: Visit, found: Found, *, transmitting: bool) -> Response:
    plan = visit.part("plan")
    saved = await save(visit, plan, found.typed, asked_version(visit.form.text("version")), found.problem)
    if visit.wants_json:
        return _told(saved)
    if saved.transmitted or saved.conflict:
        return await report_conflict.page(visit, saved)
    problems = saved.problems if saved.refused or not transmitting else saved.all_problems
    if problems:
        heading = NOT_SENT if transmitting or saved.refused else SAVED_IN_PART
        data = await visit.node("ReportForm", plan)
        return form_page(visit, data, found, problems, heading=heading, status=422)
    return visit.go(f"/bilans/{plan}/verifier" if transmitting else visit.address(fait="brouillon", revoir=None))


def _told(saved: Saved) -> Response:
    """Answer the script that saves automatically (JSON); it shows the result in one line."""
    report = saved.report or {}
    told = {
        "version": report.get("version"),
        "savedAt": report.get("updatedAt"),
        "missing": len(report.get("blockers", ())),
        "attendedHours": report.get("form", {}).get("attendedHours"),
        "problems": [{"field": each.field, "message": each.message} for each in saved.problems],
    }
    status = 409 if saved.conflict or saved.transmitted else 422 if saved.refused else 200
    return JSONResponse(told, status, headers={"Cache-Control": "no-store"})


async def _preview(visit: Visit, found: Found) -> Response:
    answers = answers_of(found.typed)
    asked = {"trainingPlanId": visit.part("plan"), "form": answers.form}
    payload = (await visit.ask("PreviewReport", input=asked))["previewReport"]
    problems = problems_of(payload["userErrors"], answers)
    if found.problem:
        problems = [found.problem, *problems]
    if problems or not payload["document"]:
        return await _again(visit, found, problems, "Le PDF n’est pas fait")
    return visit.go(payload["document"]["url"])


async def matches(visit: Visit) -> Response:
    """Answer the script that searches while the person types: the matching certifications, as JSON."""
    found = await certifications.search(visit, visit.query("q"))
    return JSONResponse({"matches": list(found)}, headers={"Cache-Control": "no-store"})

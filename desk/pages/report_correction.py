"""Corriger un bilan transmis: the same form with a reason; the corrected report replaces the transmitted one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.answers import EMPTY, Problem, answers_of, problems_of, rows_of, typed_of, with_period, without_period
from desk.certifications import Found, settled
from desk.french import NO_BREAK
from desk.report_saving import asked_version
from desk.stopping import Stopped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from desk.visit import Visit

NOT_SENT = "Le bilan corrigé n’est pas transmis"


async def shown(visit: Visit) -> Response:
    """Show the answers that were transmitted, to be corrected."""
    data = await _read(visit)
    report = data["node"]["report"]
    return _page(visit, data, Found(typed_of(report["form"])), version=str(report["version"]))


async def sent(visit: Visit) -> Response:
    """Transmit the corrected report, or show the form again with all its problems."""
    act, version = visit.form.text("faire"), visit.form.text("version")
    found = await settled(visit, {**EMPTY, **visit.form.typed()}, searching=act == "chercher")
    if act == "chercher":
        return _page(visit, await _read(visit), found, version=version)
    if act == "ajouter-periode":
        return _page(visit, await _read(visit), Found(with_period(found.typed)), version=version)
    if act.startswith("retirer-periode-") and act[16:].isdecimal():
        return _page(visit, await _read(visit), Found(without_period(found.typed, int(act[16:]))), version=version)
    if act == "reprendre":
        data = await _read(visit)
        return _page(visit, data, found, version=str(data["node"]["report"]["version"]))
    return await _correct(visit, found, version)


async def _correct(visit: Visit, found: Found, version: str) -> Response:
    plan, answers = visit.part("plan"), answers_of(found.typed)
    if found.problem:
        answers.problems.append(found.problem)
    problems: list[Problem] = answers.problems
    if not problems:
        asked = {
            "trainingPlanId": plan,
            "form": answers.form,
            "reasonCode": found.typed.get("motif", ""),
            "reasonNote": found.typed.get("precision") or None,
            "expectedVersion": asked_version(version) or 0,
        }
        payload = (await visit.ask("CorrectReport", input=asked))["correctReport"]
        if not payload["userErrors"]:
            return visit.go(f"/bilans/{plan}/transmis?fait=corrige")
        problems = problems_of(payload["userErrors"], answers)
        if any(each["code"] == "STALE_VERSION" for each in payload["userErrors"]) and payload["report"]:
            version = str(payload["report"]["version"])
    return _page(visit, await _read(visit), found, problems, version=version)


async def _read(visit: Visit) -> dict[str, Any]:
    data = await visit.node("ReportForm", visit.part("plan"))
    report = data["node"].get("report")
    if not report or report["status"] != "TRANSMITTED":
        raise Stopped.absent()
    return data


def _page(
    visit: Visit, data: Mapping[str, Any], found: Found, problems: Sequence[Problem] = (), *, version: str
) -> Response:
    plan = data["node"]
    typed = found.typed if rows_of(found.typed) else with_period(found.typed)
    count = len(problems)
    return visit.page(
        "report_form.html",
        title="Corriger le bilan",
        tab=f"Corriger le bilan, {plan['title']}",
        status=422 if problems else 200,
        plan=plan,
        report=plan["report"],
        typed={**EMPTY, **typed},
        rows=rows_of(typed),
        lists=data,
        matches=found.matches,
        problems={each.field: each.message for each in reversed(problems) if each.field},
        summary=[(each.field, each.message) for each in problems],
        heading=f"{NOT_SENT}{NO_BREAK}: {'1 réponse est' if count == 1 else f'{count} réponses sont'} à revoir",
        version=version,
        just_saved=False,
        folded=["organisme"],
        correcting=True,
    )

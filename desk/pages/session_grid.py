"""Saisir toute la session: the common answers once, a line for each trainee, saved together as drafts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import JSONResponse

from desk.answers import EMPTY, Problem, field_of
from desk.certifications import Found, settled
from desk.french import NO_BREAK, plural
from desk.gone_lines import told_of_gone
from desk.grid_saving import save
from desk.session_grid import (
    COLUMNS,
    COMMON,
    Grid,
    common_before,
    common_of,
    counted,
    filled_down,
    lines_of,
    totals,
    typed_lines,
)
from desk.tables import pager, turned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from desk.session_grid import GridLine
    from desk.visit import Visit

PAGE = 100
COPIES = {f"recopier-{column}": column for column in COLUMNS}
"""The buttons that fill a column down, each with its column."""
NOTHING_COMPLETE = "Aucun bilan n’est encore complet"


async def read(visit: Visit) -> dict[str, Any]:
    """Read the session, and a page of its plans whose report is not transmitted."""
    return await visit.node("SessionGrid", visit.part("id"), **turned(visit, PAGE))


def of_page(visit: Visit, path: str) -> str:
    """Return `path` with the parameters that keep to the same trainees: those of this page of a long session."""
    kept = {name: visit.query(name) for name in ("apres", "avant", "page") if visit.query(name)}
    return f"{path}?{urlencode(kept)}" if kept else path


async def shown(visit: Visit) -> Response:
    """Show the drafts as they stand."""
    data = await read(visit)
    plans = data["node"]["plans"]["nodes"]
    common = common_of(plans)
    return _page(visit, Grid(data, lines_of(plans), Found(common), common_before(common)))


def _page(visit: Visit, grid: Grid, heading: str = "", status: int = 200) -> Response:
    session, sent = grid.data["node"], visit.query("n")
    problems = list(dict.fromkeys(grid.problems))
    page = pager(visit, session["plans"], PAGE)
    return visit.page(
        "session_grid.html",
        title="Saisir toute la session",
        tab=f"Saisir toute la session, {session['title']}{page.in_title}",
        status=status,
        session=session,
        lists=grid.data,
        lines=grid.lines,
        typed={**EMPTY, **grid.common.typed},
        matches=grid.common.matches,
        before=visit.seal("common", grid.before),
        problems={each.field: each.message for each in reversed(problems) if each.field},
        summary=[(each.field, _told(grid, each)) for each in problems],
        heading=heading,
        pager=page,
        counted=counted(grid.lines),
        totals=totals(grid.lines),
        just=visit.query("fait"),
        sent=int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else 0,  # noqa: PLR2004 - 100 at most
    )


def _told(grid: Grid, problem: Problem) -> str:
    """Return the message of a problem, with the name of the trainee whose line it is about."""
    number = (problem.field or "").rpartition("-")[2]
    who = next((line.who for line in grid.lines if str(line.number) == number), "")
    return f"{who}{NO_BREAK}: {problem.message}" if who else problem.message


def _saved_by_itself(visit: Visit, grid: Grid) -> Response:
    """Answer the script that saves automatically (JSON).

    A line whose draft somebody else changed keeps the version that the page showed, so that it stays in conflict.
    """
    reports = [line.report for line in grid.lines if line.report]
    places = {plan: name.removeprefix("plan-") for name, plan in visit.form.under("plan-")}
    fresh = {f"version-{places[line.plan['id']]}": line.version for line in grid.lines if not line.stale}
    told = {
        "fields": {**fresh, "avant": visit.seal("common", grid.before)},
        "marks": {places[line.plan["id"]]: line.state for line in grid.lines},
        "counted": counted(grid.lines),
        "complete": sum(line.complete for line in grid.lines),
        "savedAt": max((report["updatedAt"] for report in reports), default=visit.desk.now().isoformat()),
        "missing": sum(len(report["blockers"]) for report in reports),
        "problems": [{"field": each.field, "message": _told(grid, each)} for each in dict.fromkeys(grid.problems)],
    }
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


async def sent(visit: Visit) -> Response:
    """Save all lines. The button « transmettre » then leads to the list of the complete reports.

    An automatic save names the lines in which something was typed (`ligne`): no draft is made of the others.
    """
    act, form = visit.form.text("faire"), visit.form.typed()
    data = await read(visit)
    before = common_before(visit.opened("common", form.get("avant", "")) or {})
    typed = {name: form.get(name, "") for name in (*COMMON, "certification-choix")}
    common = await settled(visit, typed, searching=act == "chercher")
    grid = Grid(data, typed_lines(data["node"]["plans"]["nodes"], form), common, before)
    if act == "chercher" or act in COPIES:
        return _page(visit, replace(grid, lines=filled_down(grid.lines, COPIES[act])) if act in COPIES else grid)
    saved = await save(visit, grid, {plan for _, plan in visit.form.under("ligne")} if visit.wants_json else ())
    gone = await told_of_gone(visit, data["node"]["plans"]["nodes"], form)
    saved = replace(saved, problems=(*saved.problems, *gone))
    if visit.wants_json:
        return _saved_by_itself(visit, saved)
    if saved.problems:
        return _page(
            visit,
            saved,
            f"Enregistré, sauf {plural(len(saved.problems), 'réponse à revoir', 'réponses à revoir')}",
            422,
        )
    if act != "transmettre":
        return visit.go(visit.address(fait="brouillons", n=str(len(saved.lines))))
    if any(line.complete for line in saved.lines):
        return visit.go(of_page(visit, f"{visit.path}/verifier"))
    return _page(visit, replace(saved, problems=_blockers(saved.lines)), NOTHING_COMPLETE, 422)


def _blockers(lines: Sequence[GridLine]) -> list[Problem]:
    """List the missing answers: those of the common part once, the others for each trainee."""
    return [
        Problem(name, str(each["message"]))
        if (name := field_of(each["path"], ())) in (*COMMON, "certifiante-oui", "stage-oui")
        else line.problem(each["path"] or (), str(each["message"]))
        for line in lines
        for each in (line.report or {}).get("blockers", ())
    ]

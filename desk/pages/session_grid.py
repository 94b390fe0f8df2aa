"""Saisir toute la session: the common answers once, a line for each trainee, saved together as drafts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import JSONResponse

from desk.answers import EMPTY, Problem, answers_of, field_of, same_answers, typed_of
from desk.certifications import Found, settled
from desk.french import NO_BREAK, clock, plural
from desk.gone_lines import told_of_gone
from desk.report_saving import asked_version
from desk.session_grid import (
    COLUMNS,
    COMMON,
    and_then,
    asked_of,
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
    from collections.abc import Collection, Mapping, Sequence

    from starlette.responses import Response

    from desk.answers import Answers
    from desk.session_grid import Before, GridLine
    from desk.visit import Visit

PAGE = 100
MOST_BYTES = 180_000
"""How many bytes of JSON the rows of one request may have: with the common answers it stays within 256 KiB."""
COPIES = {f"recopier-{column}": column for column in COLUMNS}
"""The buttons that fill a column down, each with its column."""
NOT_REACHED = "pas encore enregistré, enregistrez de nouveau."
NOTHING_COMPLETE = "Aucun bilan n’est encore complet"


@dataclass(frozen=True, slots=True)
class Grid:
    """What the page shows: the session, its lines, the common answers of now and of before, and the problems."""

    data: Mapping[str, Any]
    lines: Sequence[GridLine]
    common: Found
    before: Before
    problems: Sequence[Problem] = field(default_factory=tuple)


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
    saved = await _saved(visit, grid, {plan for _, plan in visit.form.under("ligne")} if visit.wants_json else ())
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


async def _saved(visit: Visit, grid: Grid, only: Collection[str]) -> Grid:
    """Save all lines, or those of the plans in `only`; a line that was not saved keeps what was typed."""
    if not grid.lines:
        return grid
    common = answers_of({**EMPTY, **grid.common.typed})
    rows = [asked_of(line, grid.before, grid.common.typed) for line in grid.lines]
    sent_rows = [
        _row(line, row) for line, row in zip(grid.lines, rows, strict=True) if not only or line.plan["id"] in only
    ]
    outcomes, refusals = await _outcomes(visit, common.form, sent_rows)
    problems = [*([grid.common.problem] if grid.common.problem else []), *common.problems, *refusals]
    lines = []
    for line, row in zip(grid.lines, rows, strict=True):
        outcome = outcomes.get(line.plan["id"])
        settled_line, wrong = _settled(line, row, outcome, common.form) if outcome else (line, [])
        lines.append(settled_line)
        problems += wrong
    common_now = {name: grid.common.typed.get(name, "") for name in COMMON}
    before = and_then(grid.before, common_now) if only else common_before(common_now)
    return replace(grid, lines=lines, problems=problems, before=before)


async def _outcomes(
    visit: Visit, common: Mapping[str, Any], rows: Sequence[dict[str, Any]]
) -> tuple[dict[str, Any], list[Problem]]:
    """Save rows, in as many requests as needed; return the outcomes by plan, and the problems of whole requests.

    Rows that an operation did not reach in its time are sent again, as long as each round reaches some.
    """
    outcomes, refusals, left = dict[str, Any](), list[Problem](), rows
    while left:
        payloads = [await _asked(visit, common, part) for part in batched(left)]
        outcomes |= {each["trainingPlanId"]: each for payload in payloads for each in payload["outcomes"]}
        refusals = [Problem(None, str(each["message"])) for payload in payloads for each in payload["userErrors"]]
        still = [row for row in left if not outcomes.get(row["trainingPlanId"], {"done": True})["done"]]
        left = still if len(still) < len(left) else ()
    return outcomes, refusals


def batched(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Divide rows into requests of MOST_BYTES at most; usually there is one, as few rows have long texts."""
    parts, size = [list[dict[str, Any]]()], 0
    for row in rows:
        weight = len(json.dumps(row))
        if size + weight > MOST_BYTES and parts[-1]:
            parts.append([])
            size = 0
        parts[-1].append(row)
        size += weight
    return parts


async def _asked(visit: Visit, common: Mapping[str, Any], rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    asked = {"trainingSessionId": visit.part("id"), "common": common, "reports": rows}
    payload: dict[str, Any] = (await visit.ask("SaveReportDrafts", input=asked))["saveReportDrafts"]
    return payload


def _row(line: GridLine, row: Answers) -> dict[str, Any]:
    return {
        "trainingPlanId": line.plan["id"],
        "expectedVersion": asked_version(line.version),
        "form": row.form,
    }


def _settled(
    line: GridLine, row: Answers, outcome: Mapping[str, Any], common: Mapping[str, Any]
) -> tuple[GridLine, list[Problem]]:
    """Return the line as it stands after the save, and its problems."""
    wrong = [Problem(f"{each.field}-{line.number}", each.message) for each in row.problems]
    report, refusals = outcome["report"], outcome["userErrors"]
    if not outcome["done"]:
        return line, [*wrong, line.problem((), NOT_REACHED)]
    if any(each["code"] == "STALE_VERSION" for each in refusals) and report:
        line = replace(line, plan={**line.plan, "report": report}, version=str(report["version"]))
        said = {**common, **{name: value for name, value in row.form.items() if value is not None}}
        if same_answers(answers_of(typed_of(report["form"])).form, said):
            return line, wrong
        line = replace(line, stale=True)
        return line, [*wrong, line.problem((), f"modifié entre-temps, à {clock(report['updatedAt'])}, à relire.")]
    if refusals:
        return line, [*wrong, *(_refusal(line, each) for each in refusals)]
    if report:
        line = replace(line, plan={**line.plan, "report": report}, version=str(report["version"]))
    return line, wrong


def _refusal(line: GridLine, refusal: Mapping[str, Any]) -> Problem:
    path = refusal["path"] or ()
    if path[:1] == ["common"]:
        return Problem(field_of(path[1:], ()), str(refusal["message"]))
    return line.problem(path[2:], str(refusal["message"]))


def _blockers(lines: Sequence[GridLine]) -> list[Problem]:
    """List the missing answers: those of the common part once, the others for each trainee."""
    return [
        Problem(name, str(each["message"]))
        if (name := field_of(each["path"], ())) in (*COMMON, "certifiante-oui", "stage-oui")
        else line.problem(each["path"] or (), str(each["message"]))
        for line in lines
        for each in (line.report or {}).get("blockers", ())
    ]

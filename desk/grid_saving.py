"""Saves the lines of the grid together, and gives the grid as it then stands."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from desk.answers import EMPTY, Problem, answers_of, field_of, same_answers, typed_of
from desk.french import clock
from desk.report_saving import asked_version
from desk.session_grid import COMMON, and_then, asked_of, common_before

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from desk.answers import Answers
    from desk.session_grid import Grid, GridLine
    from desk.visit import Visit

MOST_BYTES = 180_000
"""How many bytes of JSON the rows of one request may have: with the common answers it stays within 256 KiB."""
NOT_REACHED = "pas encore enregistré, enregistrez de nouveau."


async def save(visit: Visit, grid: Grid, only: Collection[str]) -> Grid:
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

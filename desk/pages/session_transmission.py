"""Transmettre toute la session: the names of those whose report is complete, and the button that transmits them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.answers import Problem
from desk.french import NO_BREAK
from desk.pages.session_grid import of_page, read
from desk.report_saving import asked_version
from desk.session_grid import lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from desk.visit import Visit

_MOST = 100


async def shown(visit: Visit) -> Response:
    """List the complete reports; redirect to the grid where none is complete."""
    return await _page(visit)


async def _page(visit: Visit, refused: Sequence[tuple[str, str]] = ()) -> Response:
    data = await read(visit)
    lines = lines_of(data["node"]["plans"]["nodes"])
    names = {line.plan["id"]: line.who for line in lines}
    complete = [line for line in lines if line.complete]
    if not complete and not refused:
        return visit.go(_grid(visit))
    problems = [
        Problem(None, f"{names[plan]}{NO_BREAK}: {message}" if plan in names else message)
        for plan, message in refused
    ]
    return visit.page(
        "session_check.html",
        title="Vérifier avant de transmettre la session",
        tab=f"Vérifier avant de transmettre la session, {data['node']['title']}",
        status=409 if refused else 200,
        session=data["node"],
        grid=_grid(visit),
        complete=complete,
        others=[line for line in lines if not line.complete],
        summary=[(each.field, each.message) for each in problems],
    )


def _grid(visit: Visit) -> str:
    return of_page(visit, visit.path.removesuffix("/verifier"))


async def sent(visit: Visit) -> Response:
    """Transmit the reports that were listed. Those not reached in time are in a page that sends them again."""
    rows = _rows(visit)
    if not rows:
        return visit.go(visit.address())
    asked = {"trainingSessionId": visit.part("id"), "reports": rows}
    payload = (await visit.ask("TransmitReports", input=asked))["transmitReports"]
    outcomes, left = payload["outcomes"], payload["unreached"]
    if left:
        return _going_on(visit, rows, left)
    refused = [
        (str(each["trainingPlanId"]), str(error["message"])) for each in outcomes for error in each["userErrors"]
    ]
    refused += [("", str(error["message"])) for error in payload["userErrors"]]
    if refused:
        return await _page(visit, refused)
    return visit.go(f"{visit.path.removesuffix('/verifier')}?fait=transmis&n={len(rows)}")


def _rows(visit: Visit) -> list[dict[str, Any]]:
    form, rows = visit.form, list[dict[str, Any]]()
    while len(rows) < _MOST and (plan := form.text(f"plan-{len(rows) + 1}")):
        version = asked_version(form.text(f"version-{len(rows) + 1}"))
        rows.append({"trainingPlanId": plan, "expectedVersion": version})
    return rows


def _going_on(visit: Visit, rows: Sequence[dict[str, Any]], left: int) -> Response:
    return visit.page("session_sending.html", title="Transmission en cours", rows=rows, left=left)

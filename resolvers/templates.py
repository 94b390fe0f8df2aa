"""The reports of a session or a list as a workbook. People fill it in and send it back, and it is saved as drafts."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from domain import acts
from domain.access import require_staff, require_writer
from domain.blockers import blockers
from domain.calendar import paris_day
from domain.errors import BadRequest, Refusal, RefusalCode, Refused
from domain.listed import AskedList
from domain.nomenclature import ListedEntry, NomenclatureName
from domain.report import ReportStatus
from domain.whole_session import MOST_ROWS, SessionRow, require_of_session, require_once
from resolvers import whole_session
from resolvers.exports import LONGEST_SEARCH, listing_of, settled_rows
from resolvers.whole_session import WholeSession
from storage.processor_time import beside
from tables.filled import LARGEST_FILE, too_large
from tables.filled import MOST_ROWS as MOST_LINES
from tables.reading import rows_read_apart
from tables.template import TemplateRow, template
from tables.template_columns import column_of
from tables.typed import CellProblem, typed_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from domain.access import Viewer
    from domain.form import Form
    from domain.link import Link
    from domain.nomenclature import Known
    from domain.plan import Plan
    from resolvers.services import Services
    from resolvers.visits import Watch
    from tables.typed import TypedRow

__all__ = ["LARGEST_FILE", "too_large"]
TEMPLATES, UPLOADS = "modeles", "depots"
_FILE = "bilans-a-saisir.xlsx"
_OFFERED = (NomenclatureName.TEACHING_MODE, NomenclatureName.EXIT_LEVEL, NomenclatureName.EXIT_SITUATION)
_MOST_ENTRIES = 200
_STATES = {ReportStatus.TO_ENTER: "À saisir", ReportStatus.DRAFT: "Brouillon"}


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a filled template, or what would become of it."""

    rows: int
    saved: int
    unchanged: int
    complete: int
    problems: Sequence[CellProblem]


@dataclass(frozen=True, slots=True)
class _Checked:
    """A line held to its plan: what it would save, what stands in the way, and what it lacks to be transmitted."""

    typed: TypedRow
    problems: Sequence[CellProblem]
    unchanged: bool = False
    complete: bool = False


def template_link(services: Services, viewer: Viewer, wanted: AskedList, *, now: datetime) -> tuple[Link, str]:
    """Make a link to the template of a list of plans, and name its file. BadRequest for a search too long to seal."""
    if len(wanted.search) > LONGEST_SEARCH:
        raise BadRequest(f"Cherchez avec {LONGEST_SEARCH} caractères au plus pour obtenir le modèle.")
    thing = {"list": wanted.model_dump(mode="json", exclude_defaults=True)}
    return services.links.make(TEMPLATES, viewer, thing, _FILE, now=now), _FILE


def upload_link(services: Services, viewer: Viewer, session_id: str | None, *, now: datetime) -> Link:
    """Make a link to which a filled template may be sent, of a session or of any plans. NOT_ALLOWED."""
    require_staff(viewer)
    return services.links.make(UPLOADS, viewer, {"session": session_id}, _FILE, now=now)


async def filled_template(
    services: Services, viewer: Viewer, thing: Mapping[str, Any], watch: Watch, *, now: datetime
) -> bytes:
    """Write the template that a link leads to, of the reports to be written as they stand now.

    BadRequest for more than 1 000 of them; TooMuchRead.
    """
    today = paris_day(now)
    listing = listing_of(viewer, AskedList.model_validate(thing["list"]), today)
    listed: list[str] = []
    async with aclosing(settled_rows(services, watch, listing)) as batches:
        async for rows in batches:
            listed += [row.plan.id for row in rows if row.plan.status(today) in _STATES]
            if len(listed) > MOST_LINES:
                raise BadRequest(f"Le modèle porte {MOST_LINES} bilans au plus : demandez-le par session.")
    found = await asyncio.gather(*(services.plans.find(viewer, plan_id) for plan_id in listed))  # rows are in part
    plans = [plan for plan in found if plan and plan.status(today) in _STATES]
    known = await services.nomenclatures.lookup(code for plan in plans for code in plan.prefilled_codes())
    written = [TemplateRow(plan, _opening(plan, known), _STATES[plan.status(today)]) for plan in plans]
    lists = await _lists(services)
    lists[NomenclatureName.CERTIFICATION] = _certifications(written)
    return await beside(partial(template, written, lists, now=now))


async def import_template(
    services: Services,
    viewer: Viewer,
    content: bytes,
    session_id: str | None,
    *,
    dry_run: bool,
    keep_right: bool,
    now: datetime,
    today: date,
) -> Imported:
    """Save the drafts of a filled template; nothing is transmitted.

    Where a line is wrong nothing at all is saved, unless the right ones are to be kept. NotATemplate.
    """
    rows = await rows_read_apart(content, on_worked=services.visit.worked if services.visit else _uncounted)
    lists = await _lists(services)
    typed = await beside(lambda: [typed_row(row, lists) for row in rows])
    checked = await _checked(services, viewer, typed, session_id, now=now, today=today)
    problems = [problem for each in checked for problem in each.problems]
    told = Imported(
        rows=len(typed),
        saved=0,
        unchanged=sum(each.unchanged for each in checked),
        complete=sum(each.complete for each in checked),
        problems=problems,
    )
    if dry_run or (problems and not keep_right):
        return told
    right = [each.typed for each in checked if not each.problems and not each.unchanged]
    return await _saved(services, viewer, right, session_id, told, now=now, today=today)


def _uncounted(_: float) -> None:
    """Count nothing where nobody asks."""


async def _saved(
    services: Services,
    viewer: Viewer,
    right: Sequence[TypedRow],
    session_id: str | None,
    told: Imported,
    *,
    now: datetime,
    today: date,
) -> Imported:
    saved, problems = 0, list(told.problems)
    for begin in range(0, len(right), MOST_ROWS):
        batch = right[begin : begin + MOST_ROWS]
        asked = WholeSession([_row(each) for each in batch], None, session_id)
        for typed, outcome in zip(
            batch, await whole_session.save_report_drafts(services, viewer, asked, now=now, today=today), strict=True
        ):
            problems += [
                _problem(typed, refusal, refusal.path[2:] if refusal.path else ()) for refusal in outcome.refusals
            ]
            if not outcome.done:
                problems.append(_problem(typed, _UNREACHED, ()))
            saved += outcome.done and not outcome.refusals
    return replace(told, saved=saved, problems=problems)


async def _checked(
    services: Services,
    viewer: Viewer,
    typed: Sequence[TypedRow],
    session_id: str | None,
    *,
    now: datetime,
    today: date,
) -> list[_Checked]:
    """Hold every line to its plan, its version and the lists, and write nothing."""
    rows = [_row(each) for each in typed]
    known = await services.nomenclatures.lookup(code for each in typed for code in each.form.codes())
    plans = await asyncio.gather(*(services.plans.find(viewer, row.plan_id) for row in rows))
    openings = await services.nomenclatures.lookup(code for plan in plans if plan for code in plan.prefilled_codes())
    checked = []
    for rank, (each, plan) in enumerate(zip(typed, plans, strict=True)):
        try:
            require_once(rows, rank)
            found = require_writer(viewer, plan)
            require_of_session(found.session_key, session_id)
            form = each.form.answered(known)
            if form.answers() == _opening(found, openings).answers():
                checked.append(_Checked(each, each.problems, unchanged=True))
                continue
            acts.save_draft(found, form, each.version, now=now, today=today)
            missing = blockers(form, found, known)
            wrong = [refusal for refusal in missing if refusal.code is not RefusalCode.REQUIRED]
        except Refused as refused:
            missing, wrong = refused.refusals, list(refused.refusals)
        problems = [*each.problems, *(_problem(each, refusal, refusal.path or ()) for refusal in wrong)]
        checked.append(_Checked(each, problems, complete=not missing and not problems))
    return checked


_UNREACHED = Refusal(
    code=RefusalCode.STALE_VERSION, message="Cette ligne n'a pas pu être enregistrée : déposez le fichier à nouveau."
)


def _row(typed: TypedRow) -> SessionRow:
    return SessionRow(plan_id=typed.plan_id, form=typed.form, version=typed.version)


def _problem(typed: TypedRow, refusal: Refusal, path: Sequence[str]) -> CellProblem:
    inner = path[1:] if path and path[0] == "form" else path
    column = column_of(inner)
    cell = typed.cells.get(column)
    return CellProblem(
        typed.line, column, cell.place if cell else "", cell.text[:60] if cell else "", refusal.message
    )


def _opening(plan: Plan, known: Known) -> Form:
    """Return the answers that the template opens with: the draft's, else what the session already tells."""
    return plan.report.form if plan.report else plan.prefilled_form(known)


async def _lists(services: Services) -> dict[NomenclatureName, Sequence[ListedEntry]]:
    found = [await services.nomenclatures.offered(name, None, _MOST_ENTRIES) for name in _OFFERED]
    return dict(zip(_OFFERED, found, strict=True))


def _certifications(rows: Sequence[TemplateRow]) -> Sequence[ListedEntry]:
    """Offer the certifications of the sessions themselves: the whole register does not fit a drop-down."""
    found = {row.form.certification.code: row.form.certification for row in rows if row.form.certification}
    return [ListedEntry(code=code, label=found[code].label) for code in sorted(found)]

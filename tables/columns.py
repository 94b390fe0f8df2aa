"""The columns of each exported list, with French headings: those of the pages, without reasons of exit or absence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Generic, TypeVar

from domain.calendar import paris_day
from domain.hours import attended_hours
from domain.listed import ListName
from domain.report import ReportStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from domain.facts import Funding, Session
    from domain.listed import ListedPlan
    from domain.nomenclature import Entry
    from domain.plan import Plan
    from domain.report import Report
    from domain.values import Hours

Cell = str | int | float | date | None
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ExportedColumn(Generic[Row]):
    """A column: its heading, its width in characters, and the function that gives a row's cell as it is on a day."""

    heading: str
    width: int
    cell: Callable[[Row, date], Cell]


def columns_of(name: ListName, *, several_organizations: bool = False) -> Sequence[ExportedColumn[ListedPlan]]:
    """Return the columns of a list, the organization among them where its plans may be of several."""
    columns = _COLUMNS[name]
    if several_organizations and _ORGANIZATION not in columns:
        return (*columns, _ORGANIZATION)
    return columns


def _of_plan(heading: str, width: int, cell: Callable[[Plan], Cell]) -> ExportedColumn[ListedPlan]:
    return ExportedColumn(heading, width, lambda row, _: cell(row.plan))


def _of_session(heading: str, width: int, cell: Callable[[Session], Cell]) -> ExportedColumn[ListedPlan]:
    return ExportedColumn(heading, width, lambda row, _: cell(row.plan.session) if row.plan.session else None)


def _of_report(heading: str, width: int, cell: Callable[[Report], Cell]) -> ExportedColumn[ListedPlan]:
    return ExportedColumn(heading, width, lambda row, _: cell(row.plan.report) if row.plan.report else None)


def _funding(funding: Funding | None) -> str | None:
    return funding.shown if funding else None


def _name(plan: Plan) -> str:
    return f"{plan.job_seeker.last_name} {plan.job_seeker.first_name}"


def _day(moment: datetime | None) -> date | None:
    return paris_day(moment) if moment else None


def _label(entry: Entry | None) -> str | None:
    return entry.label if entry else None


def _replaced_on(report: Report) -> date | None:
    return _day(report.correction.replaces_transmitted_at) if report.correction else None


def _yes_no(answer: bool | None) -> str | None:  # noqa: FBT001 - three answers
    return None if answer is None else "Oui" if answer else "Non"


def _attended(plan: Plan) -> Hours | None:
    return attended_hours(plan.report.form, plan) if plan.report else None


def _status(row: ListedPlan, today: date) -> str:
    return _STATUS[row.plan.status(today)]


_STATUS = {
    ReportStatus.NOT_OPEN: "Formation en cours",
    ReportStatus.TO_ENTER: "À saisir",
    ReportStatus.DRAFT: "Brouillon",
    ReportStatus.TRANSMITTED: "Transmis",
}
_SESSION: tuple[ExportedColumn[ListedPlan], ...] = (
    _of_session("N° CARIF", 18, lambda session: session.carif_number),
    _of_session("Intitulé", 48, lambda session: session.title),
    _of_session("Financement", 18, lambda session: _funding(session.funding)),
    _of_session("Date de début", 16, lambda session: session.starts_on),
    _of_session("Date de fin", 14, lambda session: session.ends_on),
    _of_session("Ville", 24, lambda session: session.city),
    ExportedColumn("Bilans à saisir", 17, lambda row, _: row.plans),
)
_PLAN = (
    _of_plan("N° DE", 14, lambda plan: plan.job_seeker.identifier),
    _of_plan("Nom et prénom", 30, _name),
    _of_plan("Date de début", 16, lambda plan: plan.starts_on),
    _of_plan("Date de fin", 14, lambda plan: plan.ends_on),
    _of_plan("Sortie anticipée", 18, lambda plan: plan.exit.last_day if plan.exit else None),
    _of_plan("Financement", 18, lambda plan: _funding(plan.funding)),
    _of_plan("Bilan obligatoire", 19, lambda plan: _yes_no(plan.report_required)),
    _of_plan("N° CARIF", 18, lambda plan: plan.carif_number),
    _of_plan("Intitulé", 48, lambda plan: plan.title),
)
_ORGANIZATION = _of_plan("Organisme", 40, lambda plan: plan.organization.legal_name)
_PENDING = (*_PLAN, _of_plan("À saisir depuis le", 20, lambda plan: plan.opens_on))
_DRAFT = (
    *_PLAN,
    _of_report("Brouillon créé le", 19, lambda report: _day(report.created_at)),
    _of_report("Modifié le", 14, lambda report: _day(report.updated_at)),
)
_SENT = (
    *_PLAN,
    _of_report("Transmis le", 14, lambda report: _day(report.transmitted_at)),
    _of_report("Remplace le bilan du", 21, _replaced_on),
    _of_report("Durée (h)", 12, lambda report: report.form.duration_hours),
    _of_plan("Heures suivies", 16, _attended),
    _of_report("Certification", 38, lambda report: _label(report.form.certification)),
    _of_report("Diplôme obtenu", 18, lambda report: _yes_no(report.form.diploma_obtained)),
    _of_report("Situation à la sortie", 38, lambda report: _label(report.form.exit_situation)),
)
_FOLLOWED = (
    *_PLAN,
    ExportedColumn("Statut du bilan", 18, _status),
    _of_report("Transmis le", 14, lambda report: _day(report.transmitted_at)),
)
_COLUMNS = {
    ListName.PENDING_SESSIONS: _SESSION,
    ListName.PENDING_PLANS: _PENDING,
    ListName.DRAFTS: _DRAFT,
    ListName.TRANSMITTED: _SENT,
    ListName.PLANS_OF_SESSION: _FOLLOWED,
    ListName.PLANS_OF_PERSON: _FOLLOWED,
    ListName.TRAINING_PLANS: _FOLLOWED,
    ListName.TRAINING_SESSIONS: _SESSION[:-1],
    ListName.AWAITED_PLANS: (*_PLAN, _ORGANIZATION, _of_plan("À saisir depuis le", 20, lambda plan: plan.opens_on)),
}

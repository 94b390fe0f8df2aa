"""The text of the page, in French and in the order of the form, without reasons of absence or exit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from domain.calendar import PARIS, french_day
from domain.facts import PlanExitKind
from domain.hours import attended_hours, spelt
from domain.nomenclature import UNKNOWN_LABEL

if TYPE_CHECKING:
    from datetime import date, datetime

    from domain.facts import Funding
    from domain.form import Form, Internship, Period
    from domain.nomenclature import Entry
    from domain.people import Organization
    from domain.plan import Plan
    from domain.report import Report

UNANSWERED = "Non renseigné"
_SIRET = re.compile(r"(\d{3})(\d{3})(\d{3})(\d{5})", re.ASCII)
_BULLET = re.compile(r"[-–—•*·▪]\s+")
_SCHEMES = {
    "AIF": "AIF (aide individuelle à la formation)",
    "AFC": "AFC (action de formation conventionnée)",
    "POEC": "POEC (préparation opérationnelle à l'emploi collective)",
    "POEC_OPCA": "POEC (préparation opérationnelle à l'emploi collective)",
}
_EXITS = {PlanExitKind.EARLY_EXIT: "Sortie anticipée", PlanExitKind.ABANDONMENT: "Abandon"}


class SheetRow(NamedTuple):
    """A label and its answer, one line or more; no line is no answer; `foremost` is what one looks for first."""

    label: str
    lines: tuple[str, ...]
    foremost: bool = False


class Paragraph(NamedTuple):
    """A line as its author ended it; `kind` is "apart" after a blank line, "item" in a list, or nothing."""

    text: str
    kind: str = ""


class Section(NamedTuple):
    """A title over rows, or over running text."""

    title: str
    rows: tuple[SheetRow, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()


def organization_lines(organization: Organization) -> tuple[str, ...]:
    """Return SIRET, address and phone, a line each."""
    address = organization.address
    town = " ".join(filter(None, (address.postal_code, address.city)))
    phone = f"Tél.\u00a0{organization.phone}" if organization.phone else None
    lines = (f"SIRET\u00a0{grouped_siret(organization.siret)}", address.street, town, phone)
    return tuple(line for line in lines if line)


def sections(plan: Plan, report: Report) -> tuple[Section, ...]:
    """Return the body of the page, from the trainee to the situation at the exit."""
    form = report.form
    return (
        Section("Stagiaire", _trainee(plan)),
        Section("Formation", (*_course(plan), *_training(plan, report))),
        Section("Stage en entreprise", _internship(form.has_internship, form.internship)),
        Section("Objectif de la formation", paragraphs=running(form.objective)),
        Section("Contenu de la formation", paragraphs=running(form.content)),
        Section("À l'issue de la formation", _outcome(report)),
    )


def running(text: str | None) -> tuple[Paragraph, ...]:
    """Return free text line by line, with the blank lines and the lists its author made."""
    if not text:
        return (Paragraph(UNANSWERED, "unanswered"),)
    lines = [line.strip() for line in text.strip().splitlines()]
    return tuple(_paragraph(line, before) for before, line in zip((lines[0], *lines), lines, strict=False) if line)


def instant(moment: datetime) -> str:
    """Return `JJ/MM/AAAA à HH:MM`, Paris time."""
    local = moment.astimezone(PARIS)
    return f"{french_day(local.date())} à {local:%H:%M}"


def grouped_siret(siret: str) -> str:
    """Return `123 456 789 00012` for 14 digits, anything else as it came."""
    groups = _SIRET.fullmatch(siret)
    return "\u00a0".join(groups.groups()) if groups else siret


def _paragraph(line: str, before: str) -> Paragraph:
    bullet = _BULLET.match(line)
    if bullet:
        return Paragraph(f"•\u00a0{line[bullet.end() :]}", "item")
    return Paragraph(line, "" if before else "apart")


def _row(label: str, *lines: str | None, foremost: bool = False) -> SheetRow:
    return SheetRow(label, tuple(line for line in lines if line), foremost)


def _trainee(plan: Plan) -> tuple[SheetRow, ...]:
    person = plan.job_seeker
    return (
        _row("Nom et prénom", f"{person.last_name} {person.first_name}", foremost=True),
        _row("Identifiant", person.identifier),
    )


def _course(plan: Plan) -> tuple[SheetRow, ...]:
    session = plan.session
    number = plan.carif_number or (None if session else "Sans référencement")
    return (
        _row("N° CARIF", number),
        _row("N° de convention", plan.agreement_number),
        _row("Intitulé", plan.title, foremost=True),
        _row("Dates du plan", _days(plan.starts_on, plan.ends_on), _left(plan)),
        _row("Financement", _funding(plan.funding)),
    )


def _training(plan: Plan, report: Report) -> tuple[SheetRow, ...]:
    form = report.form
    certification = _row("Certification", _coded(form.certification))
    shown = (certification,) if form.certifying or form.certification else ()
    return (
        *_hours(plan, form),
        _row("Formacode principal", _coded(plan.formacode)),
        _row("ROME principal", _coded(plan.rome)),
        _row("Modalité d'enseignement", _labelled(form.teaching_mode)),
        _row("Formation certifiante", _yes_or_no(answer=form.certifying)),
        *shown,
        _row("Niveau de sortie", _labelled(form.exit_level)),
    )


def _hours(plan: Plan, form: Form) -> tuple[SheetRow, ...]:
    whole = _row("Durée", None if form.duration_hours is None else spelt(form.duration_hours))
    attended = attended_hours(form, plan)
    if attended is None or (attended == form.duration_hours and form.attended_hours is None):
        return (whole,)
    return (whole, _row("Heures suivies", spelt(attended)))


def _internship(had: bool | None, internship: Internship | None) -> tuple[SheetRow, ...]:  # noqa: FBT001 - an answer
    first = _row("Stage effectué", _yes_or_no(answer=had))
    if not had and internship is None:
        return (first,)
    siret = internship.siret if internship else None
    return (
        first,
        _row("Entreprise", internship.company_name if internship else None),
        _row("SIRET", grouped_siret(siret) if siret else None),
        _row("Périodes", *_periods(internship.periods if internship else ())),
        _row("Lieu", internship.place if internship else None),
    )


def _outcome(report: Report) -> tuple[SheetRow, ...]:
    form = report.form
    pointless = form.certifying is False and form.diploma_obtained is None
    diploma = "Sans objet (formation non certifiante)" if pointless else _yes_or_no(answer=form.diploma_obtained)
    return (_row("Diplôme obtenu", diploma), _row("Situation à la sortie", _labelled(form.exit_situation)))


def _left(plan: Plan) -> str | None:
    left = plan.exit
    if left is None:
        return None
    return _EXITS[left.kind] + (
        ", aucun jour de présence" if plan.never_attended else f" le {french_day(left.last_day)}"
    )


def _funding(funding: Funding) -> str:
    scheme = _SCHEMES.get(funding.scheme, funding.scheme)
    return f"{scheme}, réf.\u00a0{funding.reference}" if funding.reference else scheme


def _periods(periods: tuple[Period, ...]) -> tuple[str, ...]:
    return tuple(_days(period.starts_on, period.ends_on) for period in periods)


def _days(first: date, last: date) -> str:
    return f"du {french_day(first)} au {french_day(last)}"


def _yes_or_no(*, answer: bool | None) -> str | None:
    return None if answer is None else ("Oui" if answer else "Non")


def _coded(entry: Entry | None) -> str | None:
    return f"{entry.code} – {entry.label}" if entry else None


def _labelled(entry: Entry | None) -> str | None:
    if entry is None:
        return None
    label = entry.label[:1].upper() + entry.label[1:]
    return f"{label} ({entry.code})" if entry.label == UNKNOWN_LABEL else label

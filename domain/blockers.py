"""What stands in the way of transmission: everything missing or wrong, at once and one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stdnum.fr import siret as siret_number

from domain.acceptance import Taken
from domain.calendar import french_day
from domain.errors import Refusal, RefusalCode
from domain.hours import form_refusals
from domain.nomenclature import Known, NomenclatureName
from domain.paper import MOST_LINES, lines_of, lines_on_paper

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.form import Form, Internship, Period
    from domain.nomenclature import Entry
    from domain.plan import Plan

MAX_HOURS = 99_999
MAX_TEXT = 3_000
MAX_NAME = 250
MAX_PERIODS = 20


def blockers(form: Form, plan: Plan, known: Known) -> tuple[Refusal, ...]:
    """Check a form against its plan and the lists; empty when it may be transmitted.

    Lengths: LHEO 2.3 (texts 1-3000 characters, hours 0-99999, names 250). The limits of 20 internship
    periods and of 240 lines are ours: they keep the document within its pages. Which codes are taken:
    `domain/acceptance.py`.
    """
    taken = Taken(plan, known)
    return (
        *_hours(form.duration_hours),
        *form_refusals(form, plan, _corrected(plan)),
        *_coded("teachingModeCode", NomenclatureName.TEACHING_MODE, form.teaching_mode, taken, _TEACHING_MODE),
        *_certification(form, taken),
        *_coded("exitLevelCode", NomenclatureName.EXIT_LEVEL, form.exit_level, taken, _EXIT_LEVEL),
        *_internship(form, plan),
        *_text("objective", form.objective, "l'objectif de la formation"),
        *_text("content", form.content, "le contenu de la formation"),
        *_paper(form),
        *_diploma(form),
        *_coded("exitSituationCode", NomenclatureName.EXIT_SITUATION, form.exit_situation, taken, _SITUATION),
    )


def _corrected(plan: Plan) -> Form | None:
    return plan.report.form if plan.report and plan.report.transmitted_at else None


_TEACHING_MODE = "la modalité d'enseignement"
_CERTIFICATION = "la certification"
_EXIT_LEVEL = "le niveau de sortie"
_SITUATION = "la situation à la sortie de formation"


def _refusal(code: RefusalCode, message: str, *path: str) -> Refusal:
    return Refusal(code=code, message=message, path=("form", *path))


def _required(what: str, *path: str) -> Refusal:
    return _refusal(RefusalCode.REQUIRED, f"Indiquez {what}.", *path)


def _invalid(message: str, *path: str) -> Refusal:
    return _refusal(RefusalCode.INVALID, message, *path)


def _hours(hours: int | None) -> Iterator[Refusal]:
    if hours is None:
        yield _required("la durée de la formation, en heures", "durationHours")
    elif not 0 <= hours <= MAX_HOURS:
        yield _invalid(f"La durée doit être comprise entre 0 et {MAX_HOURS} heures.", "durationHours")


def _coded(field: str, name: NomenclatureName, answer: Entry | None, taken: Taken, what: str) -> Iterator[Refusal]:
    if answer is None:
        yield _required(what, field)
    else:
        yield from _listed(field, name, answer, taken, what)


def _listed(field: str, name: NomenclatureName, answer: Entry, taken: Taken, what: str) -> Iterator[Refusal]:
    code = (name, answer.code)
    if taken(code):
        return
    found = taken.known.get(code)
    wrong = f"« {found.label} » n'est plus proposé" if found else f"le code « {answer.code[:40]} » n'existe pas"
    yield _refusal(RefusalCode.UNKNOWN_CODE, f"Choisissez {what} dans la liste : {wrong}.", field)


def _certification(form: Form, taken: Taken) -> Iterator[Refusal]:
    field = "certificationCode"
    if form.certifying:
        yield from _coded(field, NomenclatureName.CERTIFICATION, form.certification, taken, _CERTIFICATION)
    elif form.certification:
        yield _invalid("Une certification ne s'indique que pour une formation certifiante.", field)
        yield from _listed(field, NomenclatureName.CERTIFICATION, form.certification, taken, _CERTIFICATION)


def _diploma(form: Form) -> Iterator[Refusal]:
    if form.diploma_obtained and not (form.certifying and form.certification):
        yield _invalid(
            "Un diplôme ne peut être obtenu que si la formation est certifiante et sa certification indiquée.",
            "diplomaObtained",
        )


def _internship(form: Form, plan: Plan) -> Iterator[Refusal]:
    internship = form.internship
    if not form.has_internship:
        if internship:
            yield _invalid("Un stage ne se décrit que si le stage en entreprise est coché « oui ».", "internship")
        return
    if internship is None:
        yield _required("l'entreprise, le SIRET, le lieu et les périodes du stage", "internship")
        return
    yield from _name("companyName", internship.company_name, "le nom de l'entreprise")
    yield from _siret(internship.siret)
    yield from _name("place", internship.place, "le lieu du stage")
    yield from _periods(internship, plan)


def _name(field: str, name: str | None, what: str) -> Iterator[Refusal]:
    if not name:
        yield _required(what, "internship", field)
    elif len(name) > MAX_NAME:
        yield _invalid(f"Abrégez {what} : {MAX_NAME} caractères au plus.", "internship", field)


def _siret(siret: str | None) -> Iterator[Refusal]:
    if not siret:
        yield _required("le SIRET de l'entreprise", "internship", "siret")
    elif not siret_number.is_valid(siret) or not siret.strip("0"):
        message = "Ce SIRET n'est pas valable : il a 14 chiffres, dont une clé de contrôle."
        yield _invalid(message, "internship", "siret")


def _periods(internship: Internship, plan: Plan) -> Iterator[Refusal]:
    if not internship.periods:
        yield _required("au moins une période de stage", "internship", "periods")
    elif len(internship.periods) > MAX_PERIODS:
        yield _invalid(f"Indiquez {MAX_PERIODS} périodes de stage au plus.", "internship", "periods")
    for position, period in enumerate(internship.periods[:MAX_PERIODS]):
        yield from _period(str(position), period, plan)


def _period(position: str, period: Period, plan: Plan) -> Iterator[Refusal]:
    path = ("internship", "periods", position)
    within = f"du {french_day(plan.starts_on)} au {french_day(plan.last_day)}"
    outside = f"La période de stage doit tenir dans les dates du plan de formation, {within}."
    if period.ends_on < period.starts_on:
        yield _invalid("La période de stage finit avant de commencer.", *path, "endsOn")
        return
    if not plan.starts_on <= period.starts_on <= plan.last_day:
        yield _invalid(outside, *path, "startsOn")
    if not plan.starts_on <= period.ends_on <= plan.last_day:
        yield _invalid(outside, *path, "endsOn")


def _text(field: str, text: str | None, what: str) -> Iterator[Refusal]:
    if not text:
        yield _required(what, field)
    elif len(text) > MAX_TEXT:
        message = f"Abrégez {what} : {len(text)} caractères, pour {MAX_TEXT} au plus."
        yield _invalid(message, field)


def _paper(form: Form) -> Iterator[Refusal]:
    """Tell of texts that are not too long, but take too many lines."""
    lines = lines_on_paper(form)
    if lines > MOST_LINES and max(len(form.objective or ""), len(form.content or "")) <= MAX_TEXT:
        longer = "objective" if lines_of(form.objective) > lines_of(form.content) else "content"
        message = (
            f"Le bilan dépasserait six pages une fois imprimé : {lines} lignes, pour {MOST_LINES} au plus. Abrégez "
            "l'objectif ou le contenu, ou retirez-en des retours à la ligne."
        )
        yield _invalid(message, longer)

"""The columns of the template of a session: the known data of each trainee, then a column for each answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from domain.nomenclature import NomenclatureName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from domain.form import Form, Period

    Written = str | int | float | date | None


class Kind(StrEnum):
    """The format of an answer in a cell."""

    WHOLE = "a whole number"
    HALVES = "hours, whole or in halves"
    YES_NO = "Oui or Non"
    LISTED = "an entry of a coded list"
    NUMBER = "digits kept as text"
    TEXT = "text"
    DAY = "a day"
    PERIODS = "several periods"


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """A column of answers: its heading, its width in characters, and the name of the answer in `TypedForm`."""

    heading: str
    width: int
    kind: Kind
    field: str
    names: NomenclatureName | None = None
    hint: str = ""


PLAN, VERSION = "Référence (ne pas modifier)", "Version (ne pas modifier)"
KNOWN: Sequence[tuple[str, int]] = (
    (PLAN, 16),
    (VERSION, 10),
    ("N° DE", 14),
    ("Nom et prénom", 28),
    ("Date de début", 13),
    ("Date de fin", 13),
    ("État", 13),
)
"""The columns that are not to be changed, with their widths in characters."""

_LISTED = NomenclatureName
ANSWERS: Sequence[AnswerColumn] = (
    AnswerColumn("Durée (h) *", 10, Kind.WHOLE, "duration_hours", hint="Nombre entier d'heures, de 0 à 99999."),
    AnswerColumn("Modalité d'enseignement *", 26, Kind.LISTED, "teaching_mode_code", _LISTED.TEACHING_MODE),
    AnswerColumn("Certifiante *", 12, Kind.YES_NO, "certifying", hint="Oui ou Non."),
    AnswerColumn(
        "Certification", 24, Kind.LISTED, "certification_code", _LISTED.CERTIFICATION,
        "Obligatoire si certifiante : code RNCP ou RS (RNCP34159).",
    ),
    AnswerColumn("Niveau de sortie *", 24, Kind.LISTED, "exit_level_code", _LISTED.EXIT_LEVEL),
    AnswerColumn("Stage en entreprise *", 12, Kind.YES_NO, "has_internship", hint="Oui ou Non."),
    AnswerColumn("Nom de l'entreprise", 24, Kind.TEXT, "company_name"),
    AnswerColumn("SIRET de l'entreprise", 18, Kind.NUMBER, "siret", hint="14 chiffres."),
    AnswerColumn("Lieu du stage", 18, Kind.TEXT, "place"),
    AnswerColumn("Stage du", 12, Kind.DAY, "starts_on", hint="Jour, jj/mm/aaaa."),
    AnswerColumn("Stage au", 12, Kind.DAY, "ends_on", hint="Jour, jj/mm/aaaa."),
    AnswerColumn(
        "Autres périodes de stage", 26, Kind.PERIODS, "periods",
        hint="Une période par ligne ou séparées par des points-virgules : 06/10/2026 au 17/10/2026.",
    ),
    AnswerColumn("Objectif *", 44, Kind.TEXT, "objective", hint="3000 caractères au plus."),
    AnswerColumn("Contenu *", 44, Kind.TEXT, "content", hint="3000 caractères au plus."),
    AnswerColumn("Diplôme obtenu", 12, Kind.YES_NO, "diploma_obtained", hint="Oui ou Non."),
    AnswerColumn(
        "Heures suivies", 10, Kind.HALVES, "attended_hours", hint="Si elles sont connues ; demi-heures admises."
    ),
    AnswerColumn("Situation à la sortie *", 36, Kind.LISTED, "exit_situation_code", _LISTED.EXIT_SITUATION),
)  # fmt: skip
INTERNSHIP = ("company_name", "siret", "place", "starts_on", "ends_on", "periods")


def written(answer: AnswerColumn, form: Form) -> Written:
    """Return the value of an answer's cell: a number, a day or a text; None where there is no answer."""
    if answer.field in INTERNSHIP:
        return _of_internship(answer.field, form)
    if answer.kind is Kind.LISTED:
        entry = getattr(form, answer.field.removesuffix("_code"))
        return listed(entry.code, entry.label) if entry else None
    value: Written = getattr(form, answer.field)
    if answer.kind is Kind.YES_NO:
        return None if value is None else "Oui" if value else "Non"
    return value


def listed(code: str, label: str) -> str:
    """Write an entry of a code list: its code, then its label."""
    return f"{code} – {label}" if label and label != code else code


def _of_internship(field: str, form: Form) -> Written:
    internship = form.internship
    if internship is None:
        return None
    if field in ("starts_on", "ends_on"):
        return getattr(internship.periods[0], field) if internship.periods else None
    if field == "periods":
        return "\n".join(map(_period, internship.periods[1:])) or None
    value: Written = getattr(internship, field)
    return value


def _period(period: Period) -> str:
    return f"{period.starts_on:%d/%m/%Y} au {period.ends_on:%d/%m/%Y}"


def column_of(path: Sequence[str]) -> str:
    """Return the heading of the column where a refused answer is to be corrected; `path` is that of its refusal."""
    inner = [name for name in path if not name.isdigit()]
    if not inner or inner[0] == "trainingPlanId":
        return PLAN
    if inner[0] == "expectedVersion":
        return VERSION
    field = _PATHS.get(inner[-1], inner[-1])
    position = next((int(name) for name in path if name.isdigit()), 0)
    if "periods" in inner and (position or len(inner) == inner.index("periods") + 1):
        field = "periods" if position else "starts_on"
    return next((answer.heading for answer in ANSWERS if answer.field == field), PLAN)


_PATHS = {
    "durationHours": "duration_hours", "teachingModeCode": "teaching_mode_code", "certificationCode":
    "certification_code", "exitLevelCode": "exit_level_code", "hasInternship": "has_internship",
    "internship": "has_internship", "companyName": "company_name", "startsOn": "starts_on", "endsOn": "ends_on",
    "diplomaObtained": "diploma_obtained", "attendedHours": "attended_hours",
    "exitSituationCode": "exit_situation_code",
}  # fmt: skip

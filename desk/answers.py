"""Translates the answers of a report between the fields of the page, as typed, and the schema's ReportFormInput."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from desk.french import WRITE_IT_SO, day, number, typed_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Typed = dict[str, str]
"""What each field of the page holds, by the name of the field: text, as it was typed."""
_TEXTS = {"objectif": "objective", "contenu": "content"}
_CODES = {"modalite": "teachingMode", "niveau": "exitLevel", "situation": "exitSituation"}
_ANSWERS = {"certifiante": "certifying", "stage": "hasInternship", "diplome": "diplomaObtained"}
_COMPANY = {"entreprise": "companyName", "siret": "siret", "lieu": "place"}
_YES_OR_NO = {"oui": True, "non": False}
_PERIOD = re.compile(r"periode-(\d{1,3})-(du|au)")
_LARGEST_INT = 2_147_483_647
WHOLE_HOURS = "Écrivez un nombre entier d’heures, par exemple 14."
HALF_HOURS = "Écrivez un nombre d’heures, par exemple 14 ou 14,5."
BOTH_DAYS = "Écrivez les deux jours de la période, ou aucun."
ORDER = (
    "duree", "suivies", "modalite", "certifiante", "certification", "niveau", "stage", "entreprise", "lieu", "siret",
    "periode", "objectif", "contenu", "diplome", "situation", "motif", "precision",
)  # fmt: skip
"""The names of the page's fields, in the order in which the page asks."""
NAMES = {
    "duree": "Durée de la formation", "suivies": "Heures suivies", "modalite": "Modalité d’enseignement",
    "certifiante": "Formation certifiante", "certification": "Certification", "niveau": "Niveau de sortie",
    "stage": "Stage en entreprise", "entreprise": "Nom de l’entreprise", "lieu": "Lieu du stage", "siret": "SIRET",
    "periode": "Périodes du stage", "objectif": "Objectif de la formation", "contenu": "Contenu de la formation",
    "diplome": "Diplôme obtenu", "situation": "Situation à la sortie de formation",
}  # fmt: skip
"""The label of each field on the page, by the name of the field."""


EMPTY: Typed = dict.fromkeys((*ORDER, "certification-recherche"), "")
"""Every field without an answer. It completes a form that was sent: browsers leave out radio buttons not chosen."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An error to show: the id of its field (None where it is about the whole form), and a French sentence."""

    field: str | None
    message: str


@dataclass(slots=True)
class Answers:
    """`form` is the schema's ReportFormInput; `problems` are about answers that cannot be sent as typed."""

    form: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    """For each period in `form`, in its order, the number that the period has on the page (from 1)."""

    def wrong(self, name: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(name, message))


def typed_of(form: Mapping[str, Any]) -> Typed:
    """Return what the fields of the page hold for a form that the schema gave."""
    typed = {name: form[asked] or "" for name, asked in _TEXTS.items()}
    typed |= {name: form[asked]["code"] if form[asked] else "" for name, asked in _CODES.items()}
    typed |= {name: {True: "oui", False: "non"}.get(form[asked], "") for name, asked in _ANSWERS.items()}
    typed["duree"] = "" if form["durationHours"] is None else str(form["durationHours"])
    given = form["attendedHoursGiven"] and form["attendedHours"] is not None
    typed["suivies"] = number(form["attendedHours"]).replace(",0", "") if given else ""
    certification = form["certification"]
    typed["certification"] = certification["code"] if certification else ""
    typed["certification-recherche"] = certification_text(certification) if certification else ""
    internship = form["internship"] or {}
    typed |= {name: internship.get(asked) or "" for name, asked in _COMPANY.items()}
    for row, period in enumerate(internship.get("periods", ()), 1):
        typed |= {f"periode-{row}-du": day(period["startsOn"]), f"periode-{row}-au": day(period["endsOn"])}
    return typed


def certification_text(certification: Mapping[str, str]) -> str:
    """Name a certification as the page shows it."""
    return f"{certification['code']} – {certification['label']}"


def answers_of(typed: Mapping[str, str]) -> Answers:
    """Read the fields into an input. An answer that is not a valid day or number is left out, with a problem."""
    answers = Answers()
    form = answers.form
    form |= {asked: typed.get(name) or None for name, asked in _TEXTS.items()}
    form |= {f"{asked}Code": typed.get(name) or None for name, asked in _CODES.items()}
    form |= {asked: _YES_OR_NO.get(typed.get(name, "")) for name, asked in _ANSWERS.items()}
    form["durationHours"] = _hours(answers, "duree", typed, WHOLE_HOURS, r"\d+")
    form["attendedHours"] = _hours(answers, "suivies", typed, HALF_HOURS, r"\d+([.,]\d+)?")
    form["certificationCode"] = None if form["certifying"] is False else typed.get("certification") or None
    form["internship"] = None if form["hasInternship"] is False else _internship(answers, typed)
    return answers


def _internship(answers: Answers, typed: Mapping[str, str]) -> dict[str, Any] | None:
    internship: dict[str, Any] = {asked: typed.get(name) or None for name, asked in _COMPANY.items()}
    internship["periods"] = _periods(answers, typed)
    return internship if any(internship.values()) else None


def _hours(answers: Answers, name: str, typed: Mapping[str, str], wrong: str, pattern: str) -> float | None:
    text = re.sub(r"\s|h(eures)?$", "", typed.get(name, "").strip(), flags=re.IGNORECASE)
    if not text:
        return None
    if not text.isascii() or not re.fullmatch(pattern, text) or len(text) > 20:  # noqa: PLR2004 - digits enough for any number of hours
        answers.wrong(name, wrong)
        return None
    value = float(text.replace(",", "."))
    return min(value, _LARGEST_INT) if "." in pattern else int(min(value, _LARGEST_INT))


def _periods(answers: Answers, typed: Mapping[str, str]) -> list[dict[str, str]]:
    periods = []
    for row in rows_of(typed):
        bounds = {bound: typed.get(f"periode-{row}-{bound}", "").strip() for bound in ("du", "au")}
        if not any(bounds.values()):
            continue
        days = {bound: typed_day(text) for bound, text in bounds.items()}
        for bound in (bound for bound, read in days.items() if not read):
            message = WRITE_IT_SO if bounds[bound] else BOTH_DAYS
            answers.wrong(f"periode-{row}-{bound}", message)
        if days["du"] and days["au"]:
            answers.rows.append(row)
            periods.append({"startsOn": days["du"], "endsOn": days["au"]})
    return periods


def rows_of(typed: Mapping[str, str]) -> list[int]:
    """Return the numbers of the periods on the page, in order."""
    return sorted({int(found[1]) for name in typed if (found := _PERIOD.fullmatch(name))})


def with_period(typed: Mapping[str, str]) -> Typed:
    """Add an empty period at the end."""
    last = max(rows_of(typed), default=0) + 1
    return {**typed, f"periode-{last}-du": "", f"periode-{last}-au": ""}


def without_period(typed: Mapping[str, str], row: int) -> Typed:
    """Remove the period with that number; the numbers of those after it go down by one."""
    kept = [each for each in rows_of(typed) if each != row]
    rest = {name: value for name, value in typed.items() if not _PERIOD.fullmatch(name)}
    for moved, each in enumerate(kept, 1):
        for bound in ("du", "au"):
            rest[f"periode-{moved}-{bound}"] = typed.get(f"periode-{each}-{bound}", "")
    return rest


_FIELDS = {
    **{asked: name for name, asked in (_TEXTS | _ANSWERS).items()},
    **{f"{asked}Code": name for name, asked in _CODES.items()},
    "durationHours": "duree", "attendedHours": "suivies", "certificationCode": "certification",
    "internship": "stage", "reasonCode": "motif", "reasonNote": "precision",
}  # fmt: skip
_IN_COMPANY = {asked: name for name, asked in _COMPANY.items()}
_YES_NO_FIELDS = frozenset(_ANSWERS)


def field_of(path: Sequence[str] | None, rows: Sequence[int]) -> str | None:
    """Return the id of the field to which a path of a userError leads; None where the page has no such field.

    `rows` is `Answers.rows`: a path counts the periods that were sent (from 0), the page all of them (from 1).
    """
    match [part for part in path or () if part != "form"]:
        case ["internship", "periods", position, bound]:
            at = int(position)
            row = rows[at] if at < len(rows) else at + 1
            return f"periode-{row}-{'du' if bound == 'startsOn' else 'au'}"
        case ["internship", "periods", *_]:
            return "periode-1-du"
        case ["internship", name]:
            return _IN_COMPANY.get(name)
        case [name]:
            found = _FIELDS.get(name)
            return f"{found}-oui" if found in _YES_NO_FIELDS else found
        case _:
            return None


def problems_of(refusals: Sequence[Mapping[str, Any]], answers: Answers) -> list[Problem]:
    """Merge the schema's refusals (userErrors, blockers) into the problems, in the order of the page, one a field."""
    said = {each.field for each in answers.problems}
    untold = {_kind(name) for name in said}
    fresh = []
    for refusal in refusals:
        name = field_of(refusal["path"], answers.rows)
        whole = not (name and _PERIOD.fullmatch(name)) or (refusal["path"] or ())[-1:] == ["periods"]
        if name is None or not (name in said or (whole and _kind(name) in untold)):
            fresh.append(Problem(name, str(refusal["message"])))
    return sorted([*answers.problems, *fresh], key=_place)


def _kind(name: str | None) -> str:
    return (name or "").partition("-")[0]


def _place(problem: Problem) -> tuple[int, int]:
    kind = _kind(problem.field)
    row = _PERIOD.fullmatch(problem.field or "")
    return (ORDER.index(kind) if kind in ORDER else len(ORDER), int(row[1]) if row else 0)


def same_answers(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two inputs give the same answers; spaces and empty answers make no difference."""
    return _plain(one) == _plain(other)


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: plain for name, each in value.items() if (plain := _plain(each)) not in (None, {}, [])}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, str):
        plain = " ".join(value.split())
        return re.sub(r"\s", "", plain) if re.fullmatch(r"[\d\s]+", plain) else plain or None
    return value

"""The reports of a session side by side: what is common, and for each trainee a line of the grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from desk.answers import EMPTY, Problem, answers_of, field_of, rows_of, typed_of
from desk.french import NO_BREAK, plural
from desk.templating import person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desk.answers import Answers, Typed
    from desk.certifications import Found

COMMON = (
    "modalite", "certifiante", "certification", "certification-recherche", "niveau", "stage", "objectif", "contenu",
)  # fmt: skip
"""The fields of the page that are answered once for all trainees."""
COLUMNS = ("duree", "diplome", "situation")
"""The fields of the page that the grid asks for each trainee."""
Before = Mapping[str, Sequence[str]]
"""By field, the common answers before this request: when the page was made, then at its last automatic save."""
_COMPANY = ("entreprise", "siret", "lieu")


@dataclass(frozen=True, slots=True)
class GridLine:
    """The line of a trainee: the plan as it stands, what is typed in COLUMNS, and the version that the page showed.

    `version` is empty without a draft. `stale`: somebody else changed the draft since that version.
    """

    number: int
    plan: Mapping[str, Any]
    typed: Typed
    version: str
    stale: bool = False

    @property
    def who(self) -> str:
        """The name of the trainee, as lists show it."""
        return person(self.plan["jobSeeker"])

    @property
    def report(self) -> Mapping[str, Any] | None:
        """The draft as it stands; None without one."""
        report: Mapping[str, Any] | None = self.plan["report"]
        return report

    @property
    def complete(self) -> bool:
        """Whether the draft may be transmitted as it stands."""
        return bool(self.report) and not (self.report or {})["blockers"] and not self.stale

    @property
    def state(self) -> tuple[str, str]:
        """The class of the line's mark (good, warn, todo), and its French words."""
        if self.stale:
            return "warn", "À relire"
        if self.complete:
            return "good", "Complet"
        if self.report:
            return "warn", plural(len(self.report["blockers"]), "réponse manquante", "réponses manquantes")
        return "todo", "À saisir"

    @property
    def missing(self) -> frozenset[str | None]:
        """The columns in which an answer is missing."""
        return frozenset(field_of(each["path"], ()) for each in (self.report or {}).get("blockers", ()))

    def problem(self, path: Sequence[str], message: str) -> Problem:
        """Make a problem of a refused path: at the field of the line that shows it, or at the link to the report."""
        name = field_of(path, ())
        name = "diplome" if name == "diplome-oui" else name
        place = f"{name}-{self.number}" if name in COLUMNS else f"ouvrir-{self.number}"
        return Problem(place, message)


@dataclass(frozen=True, slots=True)
class Grid:
    """What the page shows: the session, its lines, the common answers of now and of before, and the problems."""

    data: Mapping[str, Any]
    lines: Sequence[GridLine]
    common: Found
    before: Before
    problems: Sequence[Problem] = field(default_factory=tuple)


def stored(plan: Mapping[str, Any]) -> Typed:
    """Return the fields of the page for a plan: from its draft, or from the prefilled form where it has none."""
    return {**EMPTY, **typed_of(plan["report"]["form"] if plan["report"] else plan["prefilledForm"])}


def lines_of(plans: Iterable[Mapping[str, Any]]) -> list[GridLine]:
    """Make a line of each plan as it stands, numbered from 1."""
    return [
        GridLine(number, plan, _columns(stored(plan)), str(plan["report"]["version"]) if plan["report"] else "")
        for number, plan in enumerate(plans, 1)
    ]


def _columns(typed: Mapping[str, str]) -> Typed:
    return {name: typed.get(name, "") for name in COLUMNS}


def typed_lines(plans: Sequence[Mapping[str, Any]], form: Mapping[str, str]) -> list[GridLine]:
    """Make a line of each plan with what was typed for it, in the order of the page, each plan once.

    A plan that is no longer in the session is left out (`gone_lines`).
    """
    by_id = {plan["id"]: plan for plan in plans}
    lines, number = list[GridLine](), 1
    while plan_id := form.get(f"plan-{number}"):
        if plan := by_id.pop(plan_id, None):
            typed = {name: form.get(f"{name}-{number}", "") for name in COLUMNS}
            lines.append(GridLine(len(lines) + 1, plan, typed, form.get(f"version-{number}", "")))
        number += 1
    return lines


def common_of(plans: Sequence[Mapping[str, Any]]) -> Typed:
    """Return, for each field of COMMON, the answer that most plans have; empty where none has one."""
    answers = [stored(plan) for plan in plans]
    said = {name: Counter(each[name] for each in answers if each[name]) for name in COMMON}
    return {name: counted.most_common(1)[0][0] if counted else "" for name, counted in said.items()}


def filled_down(lines: Sequence[GridLine], column: str) -> list[GridLine]:
    """Fill each empty cell of a column with the nearest answer above it."""
    above, filled = "", list[GridLine]()
    for line in lines:
        above = line.typed[column] or above
        filled.append(replace(line, typed={**line.typed, column: above}))
    return filled


def counted(lines: Sequence[GridLine]) -> str:
    """Count the lines by their state: « 3 bilans complets, 2 à compléter »."""
    states = Counter(
        "relire" if line.stale else "complet" if line.complete else "compléter" if line.report else "saisir"
        for line in lines
    )
    told = [plural(states["complet"], "bilan complet", "bilans complets")]
    told += [f"{states[to]}{NO_BREAK}à {to}" for to in ("compléter", "saisir", "relire") if states[to]]
    return ", ".join(told)


def totals(lines: Sequence[GridLine]) -> dict[str, str]:
    """Say in French how far each column is filled: « 3 sur 12 », « 2 oui, 1 non »."""
    given = {name: Counter(line.typed[name].strip() for line in lines) for name in COLUMNS}
    told = {name: f"{len(lines) - counts['']} sur {len(lines)}" for name, counts in given.items()}
    return told | {"diplome": f"{given['diplome']['oui']} oui, {given['diplome']['non']} non"}


def asked_of(line: GridLine, before: Before, common: Mapping[str, str]) -> Answers:
    """Return the line's own answers: its columns, and each answer of COMMON that differs from the common one before.

    The others are left empty, so that the schema takes the common answers of today for them.
    """
    typed = {**stored(line.plan), **line.typed}
    typed |= {name: "" for name in COMMON if _plain(typed[name]) in map(_plain, before.get(name, ("",)))}
    if not typed["certifiante"] and common["certifiante"] == "non":
        typed |= {"certification": "", "certification-recherche": ""}
    if not typed["stage"] and common["stage"] == "non":
        typed |= dict.fromkeys(_COMPANY, "")
        typed |= {f"periode-{row}-{bound}": "" for row in rows_of(typed) for bound in ("du", "au")}
    return answers_of(typed)


def common_before(opened: Mapping[str, Sequence[str] | str]) -> Before:
    """Read the common answers that a page keeps: a list by field, or one text by field in a page of release 1.0."""
    return {name: [said] if isinstance(said, str) else list(said) for name, said in opened.items()}


def and_then(before: Before, common: Mapping[str, str]) -> Before:
    """Return the common answers when the page was made, then those of now.

    Both are needed: a line that no automatic save has reached still has the first.
    """
    return {name: list(dict.fromkeys([*before.get(name, ("",))[:1], common.get(name, "")])) for name in COMMON}


def _plain(text: str) -> str:
    return " ".join(text.split())

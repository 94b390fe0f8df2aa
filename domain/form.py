"""The form of a report: what was typed, and the answers made of it."""

from collections.abc import Iterable
from typing import Any

from stdnum.fr import siret as siret_number

from domain.nomenclature import Code, Entry, Known, NomenclatureName, entry
from domain.text import cleaned, cleaned_code
from domain.values import Day, Hours, Value


class Period(Value):
    """Days, both included."""

    starts_on: Day
    ends_on: Day


class Internship(Value):
    """A training period in a company (stage en entreprise)."""

    company_name: str | None = None
    siret: str | None = None
    place: str | None = None
    periods: tuple[Period, ...] = ()


class Form(Value):
    """The answers. None is not answered; a draft may hold answers that will not do.

    `attended_hours` are those that the organization gives itself: what is shown is said by `domain/hours.py`.
    """

    duration_hours: int | None = None
    teaching_mode: Entry | None = None
    certifying: bool | None = None
    certification: Entry | None = None
    exit_level: Entry | None = None
    has_internship: bool | None = None
    internship: Internship | None = None
    objective: str | None = None
    content: str | None = None
    diploma_obtained: bool | None = None
    attended_hours: Hours | None = None
    exit_situation: Entry | None = None

    def answers(self) -> dict[str, Any]:
        """Return what was answered, to compare forms whatever the labels of the day."""
        labels = {name: {"label"} for name in ("teaching_mode", "certification", "exit_level", "exit_situation")}
        return self.model_dump(exclude=labels)

    def codes(self) -> Iterable[Code]:
        """Name the coded answers, to look them up."""
        coded = {
            NomenclatureName.TEACHING_MODE: self.teaching_mode,
            NomenclatureName.CERTIFICATION: self.certification,
            NomenclatureName.EXIT_LEVEL: self.exit_level,
            NomenclatureName.EXIT_SITUATION: self.exit_situation,
        }
        return [(name, answer.code) for name, answer in coded.items() if answer]


class TypedForm(Value):
    """The form as somebody typed it: codes instead of entries, nothing checked yet."""

    duration_hours: int | None = None
    teaching_mode_code: str | None = None
    certifying: bool | None = None
    certification_code: str | None = None
    exit_level_code: str | None = None
    has_internship: bool | None = None
    internship: Internship | None = None
    objective: str | None = None
    content: str | None = None
    diploma_obtained: bool | None = None
    attended_hours: Hours | None = None
    exit_situation_code: str | None = None

    def codes(self) -> Iterable[Code]:
        """Name the codes to look up before `answered`."""
        typed = {
            NomenclatureName.TEACHING_MODE: self.teaching_mode_code,
            NomenclatureName.CERTIFICATION: self.certification_code,
            NomenclatureName.EXIT_LEVEL: self.exit_level_code,
            NomenclatureName.EXIT_SITUATION: self.exit_situation_code,
        }
        return [(name, code) for name, raw in typed.items() if (code := cleaned_code(raw))]

    def answered(self, known: Known) -> Form:
        """Return the answers, with labels; blank text is no answer, an unknown code stays for its author to mend."""
        return Form(
            duration_hours=self.duration_hours,
            teaching_mode=entry(known, NomenclatureName.TEACHING_MODE, cleaned_code(self.teaching_mode_code)),
            certifying=self.certifying,
            certification=entry(known, NomenclatureName.CERTIFICATION, cleaned_code(self.certification_code)),
            exit_level=entry(known, NomenclatureName.EXIT_LEVEL, cleaned_code(self.exit_level_code)),
            has_internship=self.has_internship,
            internship=_tidied(self.internship),
            objective=cleaned(self.objective),
            content=cleaned(self.content),
            diploma_obtained=self.diploma_obtained,
            attended_hours=self.attended_hours,
            exit_situation=entry(known, NomenclatureName.EXIT_SITUATION, cleaned_code(self.exit_situation_code)),
        )


def _tidied(internship: Internship | None) -> Internship | None:
    if internship is None:
        return None
    tidied = Internship(
        company_name=cleaned(internship.company_name),
        siret=_compact(cleaned_code(internship.siret)),
        place=cleaned(internship.place),
        periods=internship.periods,
    )
    return None if tidied == Internship() else tidied


def _compact(siret: str | None) -> str | None:
    """Drop the spaces people put between groups of digits; anything else is left for them to see."""
    if siret is None:
        return None
    return siret_number.compact(siret) or siret

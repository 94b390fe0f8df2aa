"""The form, as it is read."""

from datetime import date
from typing import Self

import strawberry

from domain import form as domain
from domain.hours import attended_hours
from domain.plan import Plan
from schema.node import LONG_TEXT, shown
from schema.shared import NomenclatureEntry, entry_of


@strawberry.type(description="Days, both included.")
class Period:
    starts_on: date = shown("First day.")
    ends_on: date = shown("Last day.")


@strawberry.type(description="A training period in a company (stage en entreprise).")
class Internship:
    company_name: str | None = shown("* Nom de l'entreprise.")
    siret: str | None = shown("* 14 digits.")
    place: str | None = shown("* Lieu du stage.")
    periods: list[Period] = shown("* At least one, within the plan's dates.")

    @classmethod
    def of(cls, internship: domain.Internship) -> Self:
        """Show an internship."""
        periods = [Period(starts_on=period.starts_on, ends_on=period.ends_on) for period in internship.periods]
        return cls(
            company_name=internship.company_name, siret=internship.siret, place=internship.place, periods=periods
        )


ANSWERS = (
    "teachingMode", "certifying", "certification", "exitLevel", "hasInternship", "internship", "objective", "content",
    "diplomaObtained", "exitSituation",
)  # fmt: skip
"""The fields that count as reading the report. The duration is not one: lists show it too."""


@strawberry.type(description="The form. Fields marked * are required for transmission.")
class ReportForm:
    duration_hours: int | None = shown("* Durée de la formation, in hours.")
    teaching_mode: NomenclatureEntry | None = shown("* Modalité d'enseignement.")
    certifying: bool | None = shown("Certifiante: yes, no, or not answered.")
    certification: NomenclatureEntry | None = shown("* Certification, when certifying.")
    exit_level: NomenclatureEntry | None = shown("* Niveau de sortie.")
    has_internship: bool | None = shown("Stage en entreprise: yes, no, or not answered.")
    internship: Internship | None = shown("* The internship, when there was one.")
    objective: str | None = shown("* Objectif de la formation.", points=LONG_TEXT)
    content: str | None = shown("* Contenu de la formation.", points=LONG_TEXT)
    diploma_obtained: bool | None = shown("Diplôme obtenu.")
    exit_situation: NomenclatureEntry | None = shown("* Situation à la sortie de formation.")
    attended_hours: float | None = shown(
        "Heures suivies: those that the organization gives, else `durationHours` less the hours of the plan's "
        "absences, 0 for somebody who never came; null where they are not known: after an early exit, or with an "
        "absence that does not say its hours."
    )
    attended_hours_given: bool = shown("Whether the organization gives `attendedHours` itself.")

    @classmethod
    def of(cls, form: domain.Form, plan: Plan) -> Self:
        """Show the form of a plan."""
        return cls(
            duration_hours=form.duration_hours,
            teaching_mode=entry_of(form.teaching_mode),
            certifying=form.certifying,
            certification=entry_of(form.certification),
            exit_level=entry_of(form.exit_level),
            has_internship=form.has_internship,
            internship=Internship.of(form.internship) if form.internship else None,
            objective=form.objective,
            content=form.content,
            diploma_obtained=form.diploma_obtained,
            exit_situation=entry_of(form.exit_situation),
            attended_hours=attended_hours(form, plan),
            attended_hours_given=form.attended_hours is not None,
        )

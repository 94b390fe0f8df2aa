"""The inputs of the acts, and how they are read."""

from datetime import date

import strawberry

from domain.form import Internship, Period, TypedForm
from schema.enums import PlanExitKind


@strawberry.input(description="Days, both included.")
class PeriodInput:
    starts_on: date = strawberry.field(description="First day.")
    ends_on: date = strawberry.field(description="Last day.")


@strawberry.input(description="A training period in a company (stage en entreprise).")
class InternshipInput:
    company_name: str | None = strawberry.field(default=None, description="Nom de l'entreprise.")
    siret: str | None = strawberry.field(default=None, description="14 digits; spaces between them are dropped.")
    place: str | None = strawberry.field(default=None, description="Lieu du stage.")
    periods: list[PeriodInput] | None = strawberry.field(default=None, description="Within the plan's dates.")

    def read(self) -> Internship:
        """Read what was typed."""
        periods = tuple(Period(starts_on=each.starts_on, ends_on=each.ends_on) for each in self.periods or ())
        return Internship(company_name=self.company_name, siret=self.siret, place=self.place, periods=periods)


@strawberry.input(description="Codes are those of `nomenclature`.")
class ReportFormInput:
    duration_hours: int | None = strawberry.field(default=None, description="Durée, in hours, 0 to 99999.")
    teaching_mode_code: str | None = strawberry.field(default=None, description="Modalité d'enseignement.")
    certifying: bool | None = strawberry.field(default=None, description="Certifiante; null: not answered.")
    certification_code: str | None = strawberry.field(default=None, description="Certification, when certifying.")
    exit_level_code: str | None = strawberry.field(default=None, description="Niveau de sortie.")
    has_internship: bool | None = strawberry.field(default=None, description="Stage; null: not answered.")
    internship: InternshipInput | None = strawberry.field(default=None, description="When there was one.")
    objective: str | None = strawberry.field(default=None, description="Objectif, 1 to 3000 characters.")
    content: str | None = strawberry.field(default=None, description="Contenu, 1 to 3000 characters.")
    diploma_obtained: bool | None = strawberry.field(default=None, description="Diplôme obtenu.")
    attended_hours: float | None = strawberry.field(
        default=None,
        description="Heures suivies, half hours too, where the organization gives them: at most `durationHours`.",
    )
    exit_situation_code: str | None = strawberry.field(default=None, description="Situation à la sortie.")

    def read(self) -> TypedForm:
        """Read what was typed."""
        return TypedForm(
            duration_hours=self.duration_hours,
            teaching_mode_code=self.teaching_mode_code,
            certifying=self.certifying,
            certification_code=self.certification_code,
            exit_level_code=self.exit_level_code,
            has_internship=self.has_internship,
            internship=self.internship.read() if self.internship else None,
            objective=self.objective,
            content=self.content,
            diploma_obtained=self.diploma_obtained,
            attended_hours=self.attended_hours,
            exit_situation_code=self.exit_situation_code,
        )


@strawberry.input(description="The form of a plan's report, to be saved as a draft.")
class SaveReportDraftInput:
    training_plan_id: strawberry.ID = strawberry.field(description="The plan.")
    form: ReportFormInput = strawberry.field(description="Saved whole, complete or not.")
    expected_version: int | None = strawberry.field(
        default=None, description="The version that was read; absent only when there is no draft yet."
    )


@strawberry.input(description="A report to be transmitted.")
class TransmitReportInput:
    training_plan_id: strawberry.ID = strawberry.field(description="The plan.")
    form: ReportFormInput | None = strawberry.field(default=None, description="Without it, the draft as saved.")
    expected_version: int | None = strawberry.field(
        default=None, description="The version of the draft that was read; needed with a form when there is a draft."
    )


@strawberry.input(description="A draft to be thrown away.")
class DiscardReportDraftInput:
    training_plan_id: strawberry.ID = strawberry.field(description="The plan.")
    expected_version: int | None = strawberry.field(default=None, description="The version that was read.")


@strawberry.input(description="A form to be printed without being saved.")
class PreviewReportInput:
    training_plan_id: strawberry.ID = strawberry.field(description="The plan.")
    form: ReportFormInput = strawberry.field(description="As it stands on the screen.")


@strawberry.input(description="A trainee left before the end.")
class RecordPlanExitInput:
    training_plan_id: strawberry.ID = strawberry.field(description="The plan.")
    kind: PlanExitKind = strawberry.field(description="Sortie anticipée ou abandon.")
    last_day: date | None = strawberry.field(
        default=None,
        description="Last day of presence, within the plan; absent, or before its first day, only with the reason "
        "NON_PRESENTE: the trainee never came.",
    )
    reason_code: str | None = strawberry.field(default=None, description="Motif, of EXIT_REASON.")


@strawberry.input(description="A trainee was absent.")
class RecordAbsenceInput:
    training_plan_id: strawberry.ID = strawberry.field(description="The plan.")
    starts_on: date = strawberry.field(description="First day missed.")
    ends_on: date = strawberry.field(description="Last day missed.")
    reason_code: str | None = strawberry.field(default=None, description="Motif, of ABSENCE_REASON.")
    hours: int | None = strawberry.field(default=None, description="Hours missed, whole ones.")
    missed_hours: float | None = strawberry.field(
        default=None, description="Hours missed, half hours too; goes before `hours`."
    )

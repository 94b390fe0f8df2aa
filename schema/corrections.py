"""A transmitted report corrected by another."""

from typing import Annotated

import strawberry

from domain.corrections import TypedReason
from domain.text import cleaned_code
from resolvers import corrections
from schema.context import Info
from schema.dashboard import DashboardQuery
from schema.inputs import ReportFormInput
from schema.node import shown
from schema.outcome import ERRORS, PLAN, Errors, outcome, plan_key, plan_of
from schema.reports import Report
from schema.training import TrainingPlan


@strawberry.input(description="A corrected report (bilan corrigé), to take the place of the one transmitted.")
class CorrectReportInput:
    training_plan_id: strawberry.ID = strawberry.field(description="The plan.")
    form: ReportFormInput = strawberry.field(description="The whole form, corrected.")
    reason_code: str = strawberry.field(description="Motif de la correction, of CORRECTION_REASON.")
    reason_note: str | None = strawberry.field(
        default=None,
        description="A sentence more, 1 to 300 characters, required with AUTRE; the recipients read it.",
    )
    expected_version: int = strawberry.field(description="The version of the transmitted report that was read.")


@strawberry.type(description="What became of the report.")
class CorrectReportPayload(DashboardQuery):
    report: Report | None = shown("The corrected report; the one that stands after a refusal.")
    plan: TrainingPlan | None = shown(PLAN)
    user_errors: Errors = shown(ERRORS)


@strawberry.type(description="What is corrected after transmission.")
class CorrectionMutation:
    @shown(
        "Transmit a corrected report in the place of one already transmitted (corriger un bilan transmis). The first "
        "stays readable, marked as replaced, with its PDF; both recipients are told of the corrected one as of any "
        "transmission. The same correction again changes nothing and gives the same report."
    )
    async def correct_report(
        self,
        info: Info,
        input: Annotated[CorrectReportInput, strawberry.argument(description="The correction.")],  # noqa: A002
    ) -> CorrectReportPayload | None:
        services, viewer, now, _ = info.context.asked
        plan, errors = await outcome(
            corrections.correct_report(
                services,
                viewer,
                plan_key(input.training_plan_id),
                input.form.read(),
                TypedReason(code=cleaned_code(input.reason_code) or "", note=input.reason_note),
                input.expected_version,
                now=now,
            )
        )
        return CorrectReportPayload(
            report=Report.of(plan) if plan and plan.report else None, plan=plan_of(plan), user_errors=errors
        )

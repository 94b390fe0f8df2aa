"""The mutations."""

from typing import Annotated

import strawberry

from domain.plan import Plan
from resolvers import acts
from schema.attendance import AttendanceMutation
from schema.context import Info
from schema.corrections import CorrectionMutation
from schema.dashboard import DashboardQuery
from schema.inputs import (
    DiscardReportDraftInput,
    PreviewReportInput,
    SaveReportDraftInput,
    TransmitReportInput,
)
from schema.node import shown
from schema.outcome import ERRORS, PLAN, Errors, attempted, outcome, plan_key, plan_of
from schema.reports import Report, ReportDocument, document_of
from schema.training import TrainingPlan
from schema.webhooks import WebhookMutation
from schema.whole_session import WholeSessionMutation


@strawberry.type(description="What became of the draft.")
class SaveReportDraftPayload(DashboardQuery):
    report: Report | None = shown("As it stands now; the current one after STALE_VERSION.")
    plan: TrainingPlan | None = shown(PLAN)
    user_errors: Errors = shown(ERRORS)


@strawberry.type(description="What became of the report.")
class TransmitReportPayload(DashboardQuery):
    report: Report | None = shown("As it stands now.")
    plan: TrainingPlan | None = shown(PLAN)
    user_errors: Errors = shown("One per blocker: all that is missing or wrong at once.")


@strawberry.type(description="What became of the plan whose draft was to go.")
class DiscardReportDraftPayload(DashboardQuery):
    plan: TrainingPlan | None = shown(PLAN)
    user_errors: Errors = shown(ERRORS)


@strawberry.type(description="The PDF of a form that was not saved.")
class PreviewReportPayload:
    document: ReportDocument | None = shown("Marked as a draft.")
    user_errors: Errors = shown(ERRORS)


def report_of(plan: Plan | None) -> Report | None:
    """Show the report of a plan, if it has one."""
    return Report.of(plan) if plan and plan.report else None


@strawberry.type(description="Every change is one business act.")
class Mutation(AttendanceMutation, CorrectionMutation, WebhookMutation, WholeSessionMutation):
    @shown(
        "Save the form of a plan's report as a draft (enregistrer brouillon). An incomplete form is welcome; the "
        "form is saved whole."
    )
    async def save_report_draft(
        self,
        info: Info,
        input: Annotated[SaveReportDraftInput, strawberry.argument(description="The form.")],  # noqa: A002
    ) -> SaveReportDraftPayload | None:
        services, viewer, now, today = info.context.asked
        plan, errors = await outcome(
            acts.save_report_draft(
                services,
                viewer,
                plan_key(input.training_plan_id),
                input.form.read(),
                input.expected_version,
                now=now,
                today=today,
            )
        )
        return SaveReportDraftPayload(report=report_of(plan), plan=plan_of(plan), user_errors=errors)

    @shown(
        "Transmit a report (transmettre): with a form, that form; without, the draft as saved. It reaches the job "
        "seeker and the adviser at once, and can no longer change. Transmitting twice what was already transmitted "
        "changes nothing and gives the same report."
    )
    async def transmit_report(
        self,
        info: Info,
        input: Annotated[TransmitReportInput, strawberry.argument(description="The report.")],  # noqa: A002
    ) -> TransmitReportPayload | None:
        services, viewer, now, today = info.context.asked
        plan, errors = await outcome(
            acts.transmit_report(
                services,
                viewer,
                plan_key(input.training_plan_id),
                input.form.read() if input.form else None,
                input.expected_version,
                now=now,
                today=today,
            )
        )
        return TransmitReportPayload(report=report_of(plan), plan=plan_of(plan), user_errors=errors)

    @shown("Throw a draft away; its plan is to be entered again.")
    async def discard_report_draft(
        self,
        info: Info,
        input: Annotated[DiscardReportDraftInput, strawberry.argument(description="The draft.")],  # noqa: A002
    ) -> DiscardReportDraftPayload | None:
        services, viewer, _, _ = info.context.asked
        plan_id = plan_key(input.training_plan_id)
        plan, errors = await outcome(acts.discard_report_draft(services, viewer, plan_id, input.expected_version))
        return DiscardReportDraftPayload(plan=plan_of(plan), user_errors=errors)

    @shown("The PDF of the form as it stands on the screen, without saving anything (générer PDF).")
    async def preview_report(
        self,
        info: Info,
        input: Annotated[PreviewReportInput, strawberry.argument(description="The form.")],  # noqa: A002
    ) -> PreviewReportPayload | None:
        services, viewer, now, today = info.context.asked
        plan_id = plan_key(input.training_plan_id)
        made, errors = await attempted(
            acts.preview_report(services, viewer, plan_id, input.form.read(), now=now, today=today)
        )
        return PreviewReportPayload(document=document_of(*made) if made else None, user_errors=errors)

"""What is recorded during the training: exits and absences, corrected and withdrawn."""

from collections.abc import Awaitable
from datetime import date
from secrets import token_hex
from typing import Annotated, TypeVar

import strawberry

from domain import facts as domain
from domain.plan import Plan
from domain.text import cleaned_code
from resolvers import attendance
from schema.context import Info
from schema.dashboard import DashboardQuery
from schema.inputs import RecordAbsenceInput, RecordPlanExitInput
from schema.node import shown
from schema.outcome import ERRORS, PLAN, Errors, outcome, plan_key, plan_of
from schema.training import TrainingPlan


@strawberry.input(description="An exit to be withdrawn.")
class WithdrawPlanExitInput:
    training_plan_id: strawberry.ID = strawberry.field(description="The plan.")


@strawberry.input(description="An absence as it should have been recorded; it replaces the other whole.")
class CorrectAbsenceInput:
    training_plan_id: strawberry.ID = strawberry.field(description="The plan.")
    absence_id: strawberry.ID = strawberry.field(description="The absence.")
    starts_on: date = strawberry.field(description="First day missed.")
    ends_on: date = strawberry.field(description="Last day missed.")
    reason_code: str | None = strawberry.field(default=None, description="Motif, of ABSENCE_REASON.")
    hours: int | None = strawberry.field(default=None, description="Hours missed, whole ones.")
    missed_hours: float | None = strawberry.field(
        default=None, description="Hours missed, half hours too; goes before `hours`."
    )


@strawberry.input(description="An absence to be withdrawn.")
class WithdrawAbsenceInput:
    training_plan_id: strawberry.ID = strawberry.field(description="The plan.")
    absence_id: strawberry.ID = strawberry.field(description="The absence.")


@strawberry.type(description="What became of the plan.")
class RecordPlanExitPayload(DashboardQuery):
    plan: TrainingPlan | None = shown(PLAN)
    user_errors: Errors = shown(ERRORS)


@strawberry.type(description="What became of the plan.")
class WithdrawPlanExitPayload(RecordPlanExitPayload):
    pass


@strawberry.type(description="What became of the plan.")
class RecordAbsencePayload(RecordPlanExitPayload):
    pass


@strawberry.type(description="What became of the plan.")
class CorrectAbsencePayload(RecordPlanExitPayload):
    pass


@strawberry.type(description="What became of the plan.")
class WithdrawAbsencePayload(RecordPlanExitPayload):
    pass


P = TypeVar("P", bound=RecordPlanExitPayload)


@strawberry.type(description="What is recorded during the training.")
class AttendanceMutation:
    @shown(
        "Record that a trainee left before the end (sortie anticipée, abandon); the report is due from the next day. "
        "Recording again corrects."
    )
    async def record_plan_exit(
        self,
        info: Info,
        input: Annotated[RecordPlanExitInput, strawberry.argument(description="The exit.")],  # noqa: A002
    ) -> RecordPlanExitPayload | None:
        services, viewer, _, _ = info.context.asked
        kind, reason = domain.PlanExitKind(input.kind.name), cleaned_code(input.reason_code)
        exit_ = domain.PlanExit(kind=kind, last_day=input.last_day or date.min, reason_code=reason)
        plan_id = plan_key(input.training_plan_id)
        return await _done(RecordPlanExitPayload, attendance.record_plan_exit(services, viewer, plan_id, exit_))

    @shown(
        "Withdraw an exit that was recorded by mistake; the plan goes on to its end, or to the exit that the "
        "employment service announced. A draft stays, to be transmitted when the plan is over. Withdrawing what is "
        "no longer there changes nothing."
    )
    async def withdraw_plan_exit(
        self,
        info: Info,
        input: Annotated[WithdrawPlanExitInput, strawberry.argument(description="The plan.")],  # noqa: A002
    ) -> WithdrawPlanExitPayload | None:
        services, viewer, _, _ = info.context.asked
        plan_id = plan_key(input.training_plan_id)
        return await _done(WithdrawPlanExitPayload, attendance.withdraw_plan_exit(services, viewer, plan_id))

    @shown("Record an absence during the training (saisir une absence); the same again changes nothing.")
    async def record_absence(
        self,
        info: Info,
        input: Annotated[RecordAbsenceInput, strawberry.argument(description="The absence.")],  # noqa: A002
    ) -> RecordAbsencePayload | None:
        services, viewer, _, _ = info.context.asked
        absence, plan_id = _absence(token_hex(8), input), plan_key(input.training_plan_id)
        return await _done(RecordAbsencePayload, attendance.record_absence(services, viewer, plan_id, absence))

    @shown("Correct an absence that was recorded; NOT_FOUND when it is no longer there.")
    async def correct_absence(
        self,
        info: Info,
        input: Annotated[CorrectAbsenceInput, strawberry.argument(description="As it should be.")],  # noqa: A002
    ) -> CorrectAbsencePayload | None:
        services, viewer, _, _ = info.context.asked
        absence, plan_id = _absence(input.absence_id, input), plan_key(input.training_plan_id)
        return await _done(CorrectAbsencePayload, attendance.correct_absence(services, viewer, plan_id, absence))

    @shown("Withdraw an absence recorded by mistake; withdrawing what is no longer there changes nothing.")
    async def withdraw_absence(
        self,
        info: Info,
        input: Annotated[WithdrawAbsenceInput, strawberry.argument(description="Which one.")],  # noqa: A002
    ) -> WithdrawAbsencePayload | None:
        services, viewer, _, _ = info.context.asked
        plan_id, absence_id = plan_key(input.training_plan_id), input.absence_id
        act = attendance.withdraw_absence(services, viewer, plan_id, absence_id)
        return await _done(WithdrawAbsencePayload, act)


def _absence(absence_id: str, typed: RecordAbsenceInput | CorrectAbsenceInput) -> domain.Absence:
    return domain.Absence(
        id=absence_id,
        starts_on=typed.starts_on,
        ends_on=typed.ends_on,
        reason_code=cleaned_code(typed.reason_code),
        hours=typed.hours if typed.missed_hours is None else typed.missed_hours,
    )


async def _done(payload: type[P], act: Awaitable[Plan]) -> P:
    plan, errors = await outcome(act)
    return payload(plan=plan_of(plan), user_errors=errors)

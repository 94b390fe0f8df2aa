"""The payload of every act: the thing as it stands, and the refusals."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from domain.errors import Refused
from domain.plan import Plan
from schema.ids import key_of
from schema.shared import UserError, user_error
from schema.training import TrainingPlan

T = TypeVar("T")
Errors = list[UserError]
PLAN = "The plan as it stands now; its session's counts are those of now too."
ERRORS = "Why it was refused, all at once; empty when it was done."


async def outcome(act: Awaitable[Plan]) -> tuple[Plan | None, Errors]:
    """Wait for an act; refusals become user errors here and nowhere else."""
    try:
        return await act, []
    except Refused as refused:
        return refused.plan, [user_error(refusal) for refusal in refused.refusals]


async def attempted(act: Awaitable[T]) -> tuple[T | None, Errors]:
    """Wait for an act on anything but a plan."""
    try:
        return await act, []
    except Refused as refused:
        return None, [user_error(refusal) for refusal in refused.refusals]


def attempted_at_once(act: Callable[[], T]) -> tuple[T | None, Errors]:
    """Do an act that waits for nothing."""
    try:
        return act(), []
    except Refused as refused:
        return None, [user_error(refusal) for refusal in refused.refusals]


def plan_of(plan: Plan | None) -> TrainingPlan | None:
    """Show a plan, if there is one."""
    return TrainingPlan.of(plan) if plan else None


def plan_key(global_id: str) -> str:
    """Return the plan's key; an identifier that is none is that of no plan."""
    return key_of(global_id, "TrainingPlan")

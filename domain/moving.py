"""How a plan changes when a feed sends it again. An organization keeps what it wrote, whatever the feed says now.

A report that was transmitted stays with the organization that wrote it, and the plan with it. A draft stays with its
author, who may read it and throw it away; the plan passes on without it. Only an organization that took the place of
another by a declared change of SIRET has all that was written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.plan import Withdrawn

if TYPE_CHECKING:
    from domain.plan import Plan

TOLD_BY_FEED = (
    "starts_on",
    "ends_on",
    "own_title",
    "own_carif_number",
    "own_agreement_number",
    "own_formacode",
    "own_certification",
    "funding",
    "job_seeker",
    "adviser",
    "followed_since",
    "organization",
    "session",
    "announced_exit",
    "withdrawn",
)


class Retold(NamedTuple):
    """A plan as it becomes, and the copy that its former organization keeps of what it wrote."""

    plan: Plan
    left: Plan | None = None


def retold(kept: Plan, told: Plan, *, succeeded: bool, returning: Plan | None = None) -> Retold:
    """Return a plan as a feed tells it now.

    `succeeded` says that the organization told stands in the place of the one that has the plan; `returning` is what
    the organization told had left behind when the plan went from it.
    """
    plan = kept.model_copy(update={name: getattr(told, name) for name in TOLD_BY_FEED})
    transmitted = kept.report is not None and kept.report.transmitted_at is not None
    if transmitted:
        plan = plan.model_copy(update={"withdrawn": None})
    if told.withdrawn and not transmitted:
        return Retold(plan.model_copy(update={"organization": kept.organization, "adviser": None}))
    if told.organization.siret == kept.organization.siret or succeeded:
        return Retold(plan)
    if transmitted:
        return Retold(plan.model_copy(update={"organization": kept.organization, "session": kept.session}))
    left = left_behind(kept) if kept.report else None
    return Retold(with_draft_of(plan.with_report(None).without_written_reasons(), returning), left)


def left_behind(plan: Plan) -> Plan:
    """Return what the author of a draft keeps of a plan that passed to another organization."""
    return plan.model_copy(update={"withdrawn": Withdrawn.MOVED, "adviser": None})


def with_draft_of(plan: Plan, left: Plan | None) -> Plan:
    """Give a plan that has no report the draft that was left behind."""
    if left is None or left.report is None or plan.report is not None:
        return plan
    version = max(plan.report_version, left.report.version)
    return plan.model_copy(update={"report": left.report, "report_version": version})


def has_been_written(plan: Plan) -> bool:
    """Whether an organization wrote anything on a plan."""
    return bool(plan.report or plan.recorded_exit or plan.absences)

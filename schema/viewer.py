"""Who is asking."""

import strawberry

from domain import access
from domain.plan import Plan
from schema.enums import Role
from schema.node import shown
from schema.people import Adviser, TrainingOrganization
from schema.training import JobSeeker


@strawberry.type(description="Who is asking.")
class Viewer:
    role: Role = shown("What the viewer is, as the access token says.")
    name: str = shown("As displayed.")
    organization: TrainingOrganization | None = shown("For a member of a training organization's staff.")
    job_seeker: JobSeeker | None = shown("For a job seeker: the viewer's own file (mon suivi).")
    adviser: Adviser | None = shown("For an adviser.")


def viewer_of(viewer: access.Viewer, plan: Plan | None) -> Viewer:
    """Show who asks; `plan`, one that concerns them, tells what the token does not."""
    role = viewer.role
    is_adviser = role is access.Role.ADVISER and plan is not None and plan.adviser is not None
    return Viewer(
        role=Role(role.value),
        name=viewer.name,
        organization=TrainingOrganization.of(plan.organization)
        if plan and role is access.Role.TRAINING_ORGANIZATION
        else None,
        job_seeker=JobSeeker.of(plan) if plan and role is access.Role.JOB_SEEKER else None,
        adviser=Adviser.of(plan.adviser) if is_adviser and plan and plan.adviser else None,
    )

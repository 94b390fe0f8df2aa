"""The viewer."""

import strawberry

from domain import access
from domain.people import Organization
from domain.plan import Plan
from resolvers import identities
from schema.context import Info
from schema.enums import Role
from schema.node import shown
from schema.people import Adviser, TrainingOrganization
from schema.training import JobSeeker


@strawberry.type(description="An organization that the viewer works for.")
class ViewerOrganization:
    siret: str = shown("14 digits: what the header `Bilans-Organization` names.")
    legal_name: str | None = shown("Raison sociale; null while it has neither plan nor account here.")
    acted_for: bool = shown("Whether it is the one that this request acts for.")


@strawberry.type(description="Who is asking.")
class Viewer:
    role: Role = shown("What the viewer is, as the access token says.")
    name: str = shown("As displayed.")
    organization: TrainingOrganization | None = shown("For a member of a training organization's staff.")
    job_seeker: JobSeeker | None = shown("For a job seeker: the viewer's own file (mon suivi).")
    adviser: Adviser | None = shown("For an adviser.")

    @shown(
        "All organizations that the access token names. A request acts for one of them: the one that the header (or "
        "the field of `connection_init`) `Bilans-Organization` names by its SIRET, without it the first."
    )
    async def organizations(self, info: Info) -> list[ViewerOrganization]:
        context = info.context
        names = await identities.organization_names(context.services, context.viewer)
        acted_for = context.viewer.key
        return [
            ViewerOrganization(siret=siret, legal_name=names.get(siret), acted_for=siret == acted_for)
            for siret in context.viewer.organizations
        ]


def viewer_of(viewer: access.Viewer, plan: Plan | None, organization: Organization | None) -> Viewer:
    """Show the viewer. Their name comes from `plan`, one that concerns them, or from their `organization`."""
    role = viewer.role
    is_adviser = role is access.Role.ADVISER and plan is not None and plan.adviser is not None
    return Viewer(
        role=Role(role.value),
        name=viewer.name,
        organization=TrainingOrganization.of(organization) if organization else None,
        job_seeker=JobSeeker.of(plan) if plan and role is access.Role.JOB_SEEKER else None,
        adviser=Adviser.of(plan.adviser) if is_adviser and plan and plan.adviser else None,
    )

"""Who is who: each person, session and organization is told by a plan that the viewer may see of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access import Role

if TYPE_CHECKING:
    from domain.access import Viewer
    from domain.plan import Plan
    from resolvers.services import Services


async def own_plan(services: Services, viewer: Viewer) -> Plan | None:
    """Return a plan that concerns the viewer; it tells who they are, and nothing else of it is theirs to see."""
    return await services.plans.find_own(viewer)


async def plan(services: Services, viewer: Viewer, plan_id: str) -> Plan | None:
    """Return a plan."""
    return await services.plans.find(viewer, plan_id)


async def reported_plan(services: Services, viewer: Viewer, plan_id: str) -> Plan | None:
    """Return a plan that has a report."""
    found = await services.plans.find(viewer, plan_id)
    return found if found and found.report else None


async def session_plan(services: Services, viewer: Viewer, session_id: str) -> Plan | None:
    """Return a plan of a session."""
    return await services.plans.find_with_session(viewer, session_id) if session_id else None


async def person_plan(services: Services, viewer: Viewer, identifier: str) -> Plan | None:
    """Return a plan of a job seeker."""
    return await services.plans.find_with_person(viewer, identifier)


async def organization_plan(services: Services, viewer: Viewer, siret: str) -> Plan | None:
    """Return a plan of an organization."""
    return await services.plans.find_with_organization(viewer, siret)


async def adviser_plan(services: Services, viewer: Viewer, adviser_id: str) -> Plan | None:
    """Return a plan of the viewer's own portfolio when they are that adviser: nobody else sees an adviser."""
    if viewer.role is not Role.ADVISER or viewer.key != adviser_id:
        return None
    return await services.plans.find_own(viewer)

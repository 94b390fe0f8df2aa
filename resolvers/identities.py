"""Who is who: each person, session and organization is told by a plan that the viewer may see of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.access import Role

if TYPE_CHECKING:
    from domain.access import Viewer
    from domain.plan import Plan
    from resolvers.services import Services

    Unread = frozenset[str]


async def own_plan(services: Services, viewer: Viewer, unread: Unread) -> Plan | None:
    """Return a plan that concerns the viewer; it tells who they are, and nothing else of it is theirs to see."""
    return await services.plans.find_own(viewer, unread)


async def plan(services: Services, viewer: Viewer, plan_id: str, unread: Unread) -> Plan | None:
    """Return a plan."""
    return await services.plans.find(viewer, plan_id, unread)


async def reported_plan(services: Services, viewer: Viewer, plan_id: str, unread: Unread) -> Plan | None:
    """Return a plan that has a report."""
    found = await services.plans.find(viewer, plan_id, unread)
    return found if found and found.report else None


async def session_plan(services: Services, viewer: Viewer, session_id: str, unread: Unread) -> Plan | None:
    """Return a plan of a session."""
    return await services.plans.find_with_session(viewer, session_id, unread) if session_id else None


async def person_plan(services: Services, viewer: Viewer, identifier: str, unread: Unread) -> Plan | None:
    """Return a plan of a job seeker."""
    return await services.plans.find_with_person(viewer, identifier, unread)


async def organization_plan(services: Services, viewer: Viewer, siret: str, unread: Unread) -> Plan | None:
    """Return a plan of an organization."""
    return await services.plans.find_with_organization(viewer, siret, unread)


async def adviser_plan(services: Services, viewer: Viewer, adviser_id: str, unread: Unread) -> Plan | None:
    """Return a plan of the viewer's own portfolio when they are that adviser: nobody else sees an adviser."""
    if viewer.role is not Role.ADVISER or viewer.key != adviser_id:
        return None
    return await services.plans.find_own(viewer, unread)

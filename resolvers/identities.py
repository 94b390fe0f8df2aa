"""Finds people, sessions and organizations. Each is described by one of its plans that the viewer may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.access import Viewer
    from domain.people import Organization
    from domain.plan import Plan
    from resolvers.services import Services

    Unread = frozenset[str]


async def own_plan(services: Services, viewer: Viewer, unread: Unread) -> Plan | None:
    """Return a plan that concerns the viewer. It gives their name; the rest of it is not shown to them."""
    return await services.plans.find_own(viewer, unread)


async def own_organization(services: Services, viewer: Viewer) -> Organization | None:
    """Return the organization that the viewer acts for where no plan tells it yet."""
    return await services.plans.own_organization(viewer)


async def organization_names(services: Services, viewer: Viewer) -> dict[str, str]:
    """Return the names of the organizations that the viewer works for, by SIRET, as far as they are known here."""
    return await services.plans.organization_names(viewer) if viewer.organizations else {}


async def plan(services: Services, viewer: Viewer, plan_id: str, unread: Unread) -> Plan | None:
    """Return a plan."""
    return await services.plans.find(viewer, plan_id, unread)


async def reported_plan(services: Services, viewer: Viewer, plan_id: str, _: Unread) -> Plan | None:
    """Return a plan that has a report, with the first that was transmitted where it was corrected.

    It is read whole, to be kept: a transmitted report is read once.
    """
    found = await services.plans.find_reported(viewer, plan_id)
    return found.as_of(found.reports[0].version) if found and found.report else None


async def corrected_plan(services: Services, viewer: Viewer, key: str, _: Unread) -> Plan | None:
    """Return a plan with the corrected report that `version:plan` names."""
    version, _colon, plan_id = key.partition(":")
    found = await services.plans.find_reported(viewer, plan_id)
    corrected = [each.version for each in found.reports if each.correction] if found else []
    return found.as_of(int(version)) if found and version in map(str, corrected) else None


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
    """Return a plan that names an adviser."""
    return await services.plans.find_with_adviser(viewer, adviser_id, unread)

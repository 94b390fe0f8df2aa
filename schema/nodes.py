"""Objects by their global identifier."""

from collections.abc import Awaitable, Callable

from domain.access import Viewer
from domain.global_id import CORRECTED
from domain.plan import Plan
from resolvers import identities
from resolvers.services import Services
from schema.context import Info
from schema.ids import decode_id
from schema.node import Node
from schema.people import Adviser, TrainingOrganization
from schema.reports import Report
from schema.shown_once import OnceMade
from schema.training import JobSeeker, TrainingPlan, TrainingSession
from schema.unasked_parts import unasked

Find = Callable[[Services, Viewer, str, frozenset[str]], Awaitable[Plan | None]]
Show = Callable[[Plan], Node | None]

_REPORTS = OnceMade(Report.of, 1_000)
_NODES: dict[str, tuple[Find, Show, tuple[str, ...]]] = {
    "TrainingOrganization": (
        identities.organization_plan,
        lambda plan: TrainingOrganization.of(plan.organization),
        ("organization",),
    ),
    "JobSeeker": (identities.person_plan, JobSeeker.of, ()),
    "Adviser": (
        identities.adviser_plan,
        lambda plan: Adviser.of(plan.adviser) if plan.adviser else None,
        ("adviser",),
    ),
    "TrainingSession": (identities.session_plan, TrainingSession.of, ()),
    "TrainingPlan": (identities.plan, TrainingPlan.of, ()),
    "Report": (identities.reported_plan, _REPORTS.of, ("report", "replaces")),
    CORRECTED: (identities.corrected_plan, _REPORTS.of, ("report", "replaces")),
}
"""How an object is found and shown, and the parts of its plan that this needs in any case."""


async def node_of(info: Info, global_id: str) -> Node | None:
    """Return an object; None when it does not exist or may not be seen."""
    context = info.context
    kind, key = decode_id(global_id)
    if kind not in _NODES:
        return None
    find, show, shown = _NODES[kind]
    plan = await find(context.services, context.viewer, key, unasked(info, *shown))
    if plan is None and kind == "TrainingOrganization" and key == context.viewer.key:
        organization = await identities.own_organization(context.services, context.viewer)
        return TrainingOrganization.of(organization) if organization else None
    return show(plan) if plan else None

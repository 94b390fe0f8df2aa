"""The rule of domain/access.py told a second time: what each question and each id shows to a viewer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from domain.access import Role, Viewer
from domain.report import UNSENT, ReportStatus
from schema.ids import decode_id, encode_id
from schema.public import public_schema
from tests.factories import session_of
from tests.hostile.fields import OF_PLAN, OF_REPORT, late, selection, shown, shows_report, status
from tests.hostile.worlds import ADVISERS, IDENTIFIERS, NOBODY, NOW, SESSIONS, SIRETS, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from domain.plan import Plan

NODES = [f"n{rank}" for rank in range(8)]
"""Aliases of `node` in one operation, with all that is asked of each within what an operation may cost."""


def ids(kind: str, keys: Iterable[str]) -> list[dict[str, str]]:
    return [{"id": encode_id(kind, key)} for key in sorted(set(keys), key=lambda key: encode_id(kind, key))]


def page(kind: str, keys: Iterable[str]) -> dict[str, Any]:
    nodes = ids(kind, keys)
    return {"totalCount": len(nodes), "nodes": nodes}


def plans_of(plans: Iterable[Plan]) -> dict[str, Any]:
    return {"nodes": ids("TrainingPlan", (plan.id for plan in plans))}


PAGE = "{ totalCount nodes { id } }"


def who(world: World, viewer: Viewer) -> dict[str, Any]:
    known = bool(world.concerning(viewer))
    is_ = {role: known and viewer.role is role for role in Role}
    seeker = {"identifier": viewer.key, "plans": plans_of(world.seen(viewer))}
    return {
        "role": viewer.role.value,
        "organization": {"siret": viewer.key} if is_[Role.TRAINING_ORGANIZATION] else None,
        "jobSeeker": seeker if is_[Role.JOB_SEEKER] else None,
        "adviser": {"id": encode_id("Adviser", viewer.key)} if is_[Role.ADVISER] else None,
    }


def to_enter(world: World, viewer: Viewer) -> list[Plan]:
    return world.in_state(viewer, ReportStatus.TO_ENTER)


def counters(world: World, viewer: Viewer) -> dict[str, int]:
    pending = to_enter(world, viewer)
    return {
        "fundedSessions": len({plan.session.id for plan in pending if plan.session}),
        "otherSessions": 0,
        "unreferencedPlans": sum(plan.session is None for plan in pending),
        "drafts": len(world.in_state(viewer, ReportStatus.DRAFT)),
        "late": sum(late(plan) for state in UNSENT for plan in world.in_state(viewer, state)),
    }


def sessions(world: World, viewer: Viewer) -> dict[str, Any]:
    pending = [plan.session_key for plan in to_enter(world, viewer) if plan.session_key]
    nodes = [
        {
            **each,
            "pendingReportCount": pending.count(decode_id(each["id"])[1]),
            "plans": plans_of(of_session(world, viewer, decode_id(each["id"])[1])),
        }
        for each in ids("TrainingSession", pending)
    ]
    return {"totalCount": len(nodes), "nodes": nodes}


def of_session(world: World, viewer: Viewer, session_id: str) -> list[Plan]:
    return [plan for plan in world.seen(viewer) if plan.session_key == session_id]


def of_person(world: World, viewer: Viewer, identifier: str) -> list[Plan]:
    return [plan for plan in world.seen(viewer) if plan.job_seeker.identifier == identifier]


def sent(world: World, viewer: Viewer) -> dict[str, Any]:
    found = sorted(world.in_state(viewer, ReportStatus.TRANSMITTED), key=lambda plan: encode_id("Report", plan.id))
    nodes = [shown(OF_REPORT, viewer, plan) for plan in found]
    return {"totalCount": len(nodes), "nodes": nodes}


def organized(world: World, viewer: Viewer) -> list[Plan]:
    """All that an organization has; nobody else has such lists."""
    return world.seen(viewer) if viewer.role is Role.TRAINING_ORGANIZATION else []


def awaited(world: World, viewer: Viewer) -> dict[str, Any]:
    """What a recipient is still to be told of: drafts too, of which they learn nothing."""
    over = [plan for plan in world.seen(viewer) if status(viewer, plan) is ReportStatus.TO_ENTER]
    if viewer.role is Role.TRAINING_ORGANIZATION:
        over = []
    nodes = [
        {**each, "reportStatus": "TO_ENTER", "report": None} for each in ids("TrainingPlan", (p.id for p in over))
    ]
    return {"totalCount": len(nodes), "nodes": nodes}


def statistics(world: World, viewer: Viewer) -> Any:
    if viewer.role is not Role.TRAINING_ORGANIZATION:
        return None
    over = [plan for plan in world.seen(viewer) if plan.opens_on <= NOW.date()]
    states = [plan.report.status for plan in over if plan.report]
    courses = sorted((-number, title) for title, number in Counter(plan.title for plan in over).items())
    total = {
        "plans": len(over),
        "drafts": states.count(ReportStatus.DRAFT),
        "transmitted": states.count(ReportStatus.TRANSMITTED),
        "abandonments": sum(plan.exit is not None for plan in over),
    }
    return {
        "total": total,
        "courses": [{"title": title, "figures": {"plans": -number}} for number, title in courses],
    }


QUESTIONS: dict[str, tuple[str, Callable[[World, Viewer], Any]]] = {
    "viewer": (
        "viewer { role organization { siret } jobSeeker { identifier plans { nodes { id } } } adviser { id } }",
        who,
    ),
    "node": ('node(id: "") { id }', lambda *_: None),
    "nodes": ('nodes(ids: [""]) { id }', lambda *_: [None]),
    "lateAfterDays": ("lateAfterDays", lambda *_: 30),
    "latestCursor": ("latestCursor: __typename", lambda *_: "Query"),
    "reportDashboard": (
        "reportDashboard { fundedSessions otherSessions unreferencedPlans drafts late }",
        counters,
    ),
    "pendingSessions": (
        "pendingSessions { totalCount nodes { id pendingReportCount plans { nodes { id } } } }",
        sessions,
    ),
    "trainingSessions": (
        f"trainingSessions {PAGE}",
        lambda world, viewer: page(
            "TrainingSession", (plan.session_key for plan in organized(world, viewer) if plan.session_key)
        ),
    ),
    "trainingPlans": (
        f"trainingPlans {PAGE}",
        lambda world, viewer: page("TrainingPlan", (plan.id for plan in organized(world, viewer))),
    ),
    "awaitedPlans": (
        "awaitedPlans { totalCount nodes { id reportStatus report { id } } }",
        awaited,
    ),
    "pendingPlans": (
        f"pendingPlans {PAGE}",
        lambda world, viewer: page("TrainingPlan", (plan.id for plan in to_enter(world, viewer))),
    ),
    "draftReports": (
        f"draftReports {PAGE}",
        lambda world, viewer: page("Report", (plan.id for plan in world.in_state(viewer, ReportStatus.DRAFT))),
    ),
    "transmittedReports": (
        f"transmittedReports {{ totalCount nodes {{ {selection(OF_REPORT)} }} }}",
        sent,
    ),
    "jobSeekers": (
        f'jobSeekers(search: "nom") {PAGE}',
        lambda world, viewer: page("JobSeeker", (each.job_seeker.identifier for each in world.concerning(viewer))),
    ),
    "nomenclature": ("nomenclature(name: EXIT_LEVEL, first: 1) { code }", lambda *_: [{"code": "11"}]),
    "statistics": (
        "statistics { total { plans drafts transmitted abandonments } courses { title figures { plans } } }",
        statistics,
    ),
    "reportTemplate": (
        "reportTemplate { fileName }",
        lambda _, viewer: {"fileName": "bilans-a-saisir.xlsx"} if viewer.role is Role.TRAINING_ORGANIZATION else None,
    ),
    "verifyReport": ('verifyReport(code: "") { organizationSiret }', lambda *_: None),
    "webhooks": (
        "webhooks { id }",
        lambda world, viewer: ids("Webhook", (each.id for each in world.called(viewer))),
    ),
}
"""Every root field of the schema, with what the rule gives. `node` has its own rule below, for every id.

`latestCursor` tells how far announcements have come (tests/delivery/test_notifiers.py), `verifyReport` tells anybody
the same of a code, and nothing of a person (tests/delivery/test_verification.py).
"""


def node(world: World, viewer: Viewer, kind: str, key: str) -> Any:
    """Say what `node` gives for an id; the id with what its type shows, or None."""
    seen, own = world.seen(viewer), world.concerning(viewer)
    told: dict[str, Any] | None = None
    match kind:
        case "TrainingPlan":
            told = next((shown(OF_PLAN, viewer, plan) for plan in seen if plan.id == key), None)
        case "Report":
            found = (plan for plan in seen if plan.id == key and shows_report(viewer, plan))
            told = next((shown(OF_REPORT, viewer, plan) for plan in found), None)
        case "TrainingSession" if plans := of_session(world, viewer, key):
            told = {"plans": plans_of(plans)}
        case "TrainingOrganization" if any(plan.organization.siret == key for plan in seen):
            told = {}
        case "JobSeeker" if any(plan.job_seeker.identifier == key for plan in own):
            told = {"plans": plans_of(of_person(world, viewer, key))}
        case "Adviser" if any(plan.adviser and plan.adviser.id == key for plan in seen):
            told = {}
    return None if told is None else {"id": encode_id(kind, key), **told}


NODE = (
    f"id ... on TrainingPlan {{ {selection(OF_PLAN)} }} ... on Report {{ {selection(OF_REPORT)} }}"
    " ... on TrainingSession { plans { nodes { id } } } ... on JobSeeker { plans { nodes { id } } }"
)
ASK_NODES = (
    f"query ({' '.join(f'${name}: ID!' for name in NODES)}) "
    f"{{ {' '.join(f'{name}: node(id: ${name}) {{ ...N }}' for name in NODES)} }} fragment N on Node {{ {NODE} }}"
)


def every_id(world: World) -> list[tuple[str, str]]:
    """Give the ids of everything and of nobody, in every type that `node` knows."""
    plans = [plan.id for plan in world.plans]
    keys = {
        "TrainingPlan": plans,
        "Report": plans,
        "TrainingSession": [session_of(siret, session) for siret in SIRETS for session in SESSIONS],
        "TrainingOrganization": SIRETS,
        "JobSeeker": IDENTIFIERS,
        "Adviser": ADVISERS,
    }
    nodes = public_schema._schema.get_implementations(public_schema._schema.type_map["Node"])  # type: ignore[arg-type]  # noqa: SLF001
    assert {each.name for each in nodes.objects} == set(keys), "a type of node without a rule"
    return [(kind, key) for kind, of in keys.items() for key in (*of, NOBODY)]

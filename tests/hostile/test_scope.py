"""Whatever the world, a viewer gets exactly what domain/access.py gives: by every root field, id, event and link."""

from __future__ import annotations

import asyncio
import csv
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.access import Role, Viewer
from domain.report import ReportStatus
from schema.cursors import encode_number
from schema.ids import decode_id, encode_id
from schema.public import public_schema
from tests.hostile.worlds import (
    ADVISERS,
    IDENTIFIERS,
    NOBODY,
    NOW,
    SESSIONS,
    SIRETS,
    TIMES,
    VIEWERS,
    World,
    build,
    cases,
    paper_of,
    read,
    reassign,
    worlds,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from domain.plan import Plan
    from storage.client import Database
    from tests.hostile.worlds import Case
    from tests.service import Served

NODES = [f"n{rank}" for rank in range(20)]
"""Aliases of `node` in one operation, as many as it may have."""
drawn_worlds = settings(
    max_examples=5 * TIMES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def ids(kind: str, keys: Iterable[str]) -> list[dict[str, str]]:
    return [{"id": encode_id(kind, key)} for key in sorted(set(keys), key=lambda key: encode_id(kind, key))]


def page(kind: str, keys: Iterable[str]) -> dict[str, Any]:
    nodes = ids(kind, keys)
    return {"totalCount": len(nodes), "nodes": nodes}


def plans_of(plans: Iterable[Plan]) -> dict[str, Any]:
    return {"nodes": ids("TrainingPlan", (plan.id for plan in plans))}


def reasons(viewer: Viewer, plan: Plan, *, frozen: bool = False) -> dict[str, Any]:
    """Reasons of exit and absence: the organization's on its plan, nobody's on a report."""
    told = viewer.role is Role.TRAINING_ORGANIZATION and not frozen
    exit_ = plan.exit and {"reason": {"code": plan.exit.reason_code} if told else None}
    absences = [{"reason": {"code": each.reason_code} if told else None} for each in plan.absences]
    return {"exit": exit_, "absences": absences}


REASONS = "exit { reason { code } } absences { reason { code } }"
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
    }


def sessions(world: World, viewer: Viewer) -> dict[str, Any]:
    pending = [plan.session.id for plan in to_enter(world, viewer) if plan.session]
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
    return [plan for plan in world.seen(viewer) if plan.session and plan.session.id == session_id]


def of_person(world: World, viewer: Viewer, identifier: str) -> list[Plan]:
    return [plan for plan in world.seen(viewer) if plan.job_seeker.identifier == identifier]


def sent(world: World, viewer: Viewer) -> dict[str, Any]:
    found = sorted(world.in_state(viewer, ReportStatus.TRANSMITTED), key=lambda plan: encode_id("Report", plan.id))
    nodes = [{"id": encode_id("Report", plan.id), "plan": {**reasons(viewer, plan, frozen=True)}} for plan in found]
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
    "reportDashboard": (
        "reportDashboard { fundedSessions otherSessions unreferencedPlans drafts }",
        counters,
    ),
    "pendingSessions": (
        "pendingSessions { totalCount nodes { id pendingReportCount plans { nodes { id } } } }",
        sessions,
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
        f"transmittedReports {{ totalCount nodes {{ id plan {{ {REASONS} }} }} }}",
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
    "verifyReport": ('verifyReport(code: "") { organizationSiret }', lambda *_: None),
    "webhooks": (
        "webhooks { id }",
        lambda world, viewer: ids("Webhook", (each.id for each in world.called(viewer))),
    ),
}
"""Every root field of the schema, with what the rule gives. `node` has its own test below, with every id;
`verifyReport` tells anybody the same of a code, and nothing of a person (tests/delivery/test_verification.py)."""


def node(world: World, viewer: Viewer, kind: str, key: str) -> Any:
    """Say what `node` gives for an id; the id with what its type shows, or None."""
    seen, own = world.seen(viewer), world.concerning(viewer)
    shown: dict[str, Any] | None = None
    match kind:
        case "TrainingPlan":
            shown = next((reasons(viewer, plan) for plan in seen if plan.id == key), None)
        case "Report":
            found = (plan for plan in seen if plan.id == key and plan.report)
            shown = next(({"plan": _reported(viewer, plan)} for plan in found), None)
        case "TrainingSession" if plans := of_session(world, viewer, key):
            shown = {"plans": plans_of(plans)}
        case "TrainingOrganization" if any(plan.organization.siret == key for plan in seen):
            shown = {}
        case "JobSeeker" if any(plan.job_seeker.identifier == key for plan in own):
            shown = {"plans": plans_of(of_person(world, viewer, key))}
        case "Adviser" if viewer.role is Role.ADVISER and viewer.key == key and own:
            shown = {}
    return None if shown is None else {"id": encode_id(kind, key), **shown}


def _reported(viewer: Viewer, plan: Plan) -> dict[str, Any]:
    return reasons(viewer, plan, frozen=plan.report is not None and plan.report.transmitted_at is not None)


NODE = (
    f"id ... on TrainingPlan {{ {REASONS} }} ... on Report {{ plan {{ {REASONS} }} }}"
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
        "TrainingSession": SESSIONS,
        "TrainingOrganization": SIRETS,
        "JobSeeker": IDENTIFIERS,
        "Adviser": ADVISERS,
    }
    nodes = public_schema._schema.get_implementations(public_schema._schema.type_map["Node"])  # type: ignore[arg-type]  # noqa: SLF001
    assert {each.name for each in nodes.objects} == set(keys), "a type of node without a rule"
    return [(kind, key) for kind, of in keys.items() for key in (*of, NOBODY)]


def in_order(answer: Any) -> Any:
    """Put lists of objects in the order of their ids: the order of lists is another test's."""
    if isinstance(answer, dict):
        return {name: in_order(value) for name, value in answer.items()}
    if isinstance(answer, list):
        inner = [in_order(each) for each in answer]
        return sorted(inner, key=lambda each: each["id"]) if inner and "id" in inner[0] else inner
    return answer


def fields_of(root: str) -> set[str]:
    return set(public_schema._schema.type_map[root].fields)  # type: ignore[attr-defined]  # noqa: SLF001


def test_every_root_field_has_its_rule() -> None:
    assert fields_of("Query") == set(QUESTIONS)
    assert fields_of("Mutation") == {*ACTS, *ACTS_ON_WEBHOOKS, *ACTS_ON_NOTHING}
    assert fields_of("Subscription") == {"reportTransmitted"}


@drawn_worlds
@given(drawn=worlds)
async def test_every_question_shows_what_the_rule_gives(
    served: Served, database: Database, drawn: list[Case]
) -> None:
    world = await build(database, drawn)
    text = "{ " + " ".join(selection for selection, _ in QUESTIONS.values()) + " }"
    for viewer in VIEWERS:
        expected = {name: rule(world, viewer) for name, (_, rule) in QUESTIONS.items()}
        assert in_order(await served.ask(viewer, text)) == expected, viewer


@drawn_worlds
@given(drawn=worlds)
async def test_every_id_shows_what_the_rule_gives(served: Served, database: Database, drawn: list[Case]) -> None:
    world = await build(database, drawn)
    wanted = every_id(world)
    for start in range(0, len(wanted), len(NODES)):
        some = [*wanted[start : start + len(NODES)], *[("Report", NOBODY)] * len(NODES)][: len(NODES)]
        chosen = {name: encode_id(*each) for name, each in zip(NODES, some, strict=True)}
        for viewer in VIEWERS:
            expected = {name: node(world, viewer, *each) for name, each in zip(NODES, some, strict=True)}
            assert in_order(await served.ask(viewer, ASK_NODES, **chosen)) == expected, viewer


@drawn_worlds
@given(drawn=worlds, data=st.data())
async def test_the_id_of_another_and_the_id_of_nobody_are_the_same_answer(
    served: Served, database: Database, drawn: list[Case], data: st.DataObject
) -> None:
    world = await build(database, drawn)
    viewer = data.draw(st.sampled_from(VIEWERS))
    hidden = [each for each in every_id(world) if node(world, viewer, *each) is None and each[1] != NOBODY]
    for kind, key in data.draw(st.lists(st.sampled_from(hidden), max_size=6)) if hidden else ():
        text = f"query ($id: ID!) {{ node(id: $id) {{ {NODE} }} }}"
        assert await raw(served, viewer, text, kind, key) == await raw(served, viewer, text, kind, NOBODY)
        if kind == "TrainingSession":
            text = "query ($id: ID!) { pendingPlans(trainingSessionId: $id) { totalCount nodes { id } } }"
            assert await raw(served, viewer, text, kind, key) == await raw(served, viewer, text, kind, NOBODY)


async def raw(served: Served, viewer: Viewer, text: str, kind: str, key: str) -> tuple[int, bytes, dict[str, str]]:
    """Ask with an id; give all of the answer but its date."""
    body = {"query": text, "variables": {"id": encode_id(kind, key)}}
    answer = await served.http.post("/graphql", json=body, headers=served.headers(viewer))
    return answer.status_code, answer.content, {n: v for n, v in answer.headers.items() if n != "date"}


@drawn_worlds
@given(drawn=worlds)
async def test_a_subscription_tells_what_the_rule_gives_in_order_and_nothing_else(
    served: Served, database: Database, drawn: list[Case]
) -> None:
    world = await build(database, drawn)
    for viewer in VIEWERS:
        if viewer.key != NOBODY:
            found = [plan for plan in world.seen(viewer) if plan.report and plan.report.transmitted_at]
            expected = [encode_id("Report", plan.id) for plan in in_turn(found)]
            assert await announced(served, viewer, len(found)) == expected


def in_turn(plans: list[Plan]) -> list[Plan]:
    """Worlds announce their plans in the order of their numbers."""
    return sorted(plans, key=lambda plan: int(plan.id.removeprefix("P-")))


async def announced(served: Served, viewer: Viewer, number: int) -> list[str]:
    """Read that many events from the first; the last plan of a world comes last, so one too many is found out."""
    text = f'subscription {{ reportTransmitted(after: "{encode_number(0)}") {{ report {{ id }} }} }}'
    headers = {**served.headers(viewer), "Accept": "text/event-stream"}
    events: list[str] = []
    async with (
        asyncio.timeout(10),
        served.http.stream("POST", "/graphql", json={"query": text}, headers=headers) as answer,
    ):
        async for line in answer.aiter_lines():
            if line.startswith("data: {"):
                events.append(json.loads(line[6:])["data"]["reportTransmitted"]["report"]["id"])
                if len(events) == number:
                    break
    return events


@drawn_worlds
@given(drawn=worlds)
async def test_a_link_opens_what_its_viewer_may_see_when_it_is_opened(
    served: Served, database: Database, drawn: list[Case]
) -> None:
    world = await build(database, drawn)
    links = {viewer: await links_of(served, viewer) for viewer in VIEWERS}
    later = await reassign(database, drawn, world)
    for viewer, urls in links.items():
        now = {str(encode_id("Report", plan.id)): plan for plan in later.seen(viewer)}
        for report, url in urls.items():
            answer = await served.http.get(url)
            if report in now:
                assert (answer.status_code, answer.content) == (200, paper_of(now[report]))
            else:
                assert (answer.status_code, answer.content) == await no_link(served)


TABLES: dict[str, Callable[[World, Viewer], list[Plan]]] = {
    "pendingPlans": to_enter,
    "draftReports": lambda world, viewer: world.in_state(viewer, ReportStatus.DRAFT),
    "transmittedReports": lambda world, viewer: world.in_state(viewer, ReportStatus.TRANSMITTED),
}


@drawn_worlds
@given(drawn=worlds)
async def test_a_table_has_what_its_viewer_may_see_when_it_is_opened_and_no_reason(
    served: Served, database: Database, drawn: list[Case]
) -> None:
    world = await build(database, drawn)
    text = "{ " + " ".join(f"{name} {{ export(format: CSV) {{ url }} }}" for name in TABLES) + " }"
    asked = {viewer: await served.ask(viewer, text) for viewer in VIEWERS}
    later = await reassign(database, drawn, world)
    for viewer, found in asked.items():
        for name, rule in TABLES.items():
            table = (await served.http.get(found[name]["export"]["url"])).content.decode("utf-8-sig")
            rows = csv.DictReader(table.splitlines(), delimiter=";")
            expected = [(plan.job_seeker.identifier, plan.title) for plan in rule(later, viewer)]
            assert sorted((row["N° DE"], row["Intitulé"]) for row in rows) == sorted(expected), (viewer, name)
            assert not any(reason in table for reason in ("SANTE", "MALADIE"))


async def links_of(served: Served, viewer: Viewer) -> dict[str, str]:
    found = await served.ask(viewer, "{ transmittedReports { nodes { id document { url } } } }")
    return {each["id"]: each["document"]["url"] for each in found["transmittedReports"]["nodes"]}


async def no_link(served: Served) -> tuple[int, bytes]:
    answer = await served.http.get("/documents/nothing/bilan.pdf")
    return answer.status_code, answer.content


def act(name: str, **others: str) -> str:
    """Write a mutation of a plan, `$id`, with what else its input needs."""
    inner = " ".join(f"{key}: {value}" for key, value in {"trainingPlanId": "$id", **others}.items())
    return f"{name}(input: {{ {inner} }}) {{ __typename userErrors {{ code message path }} }}"


ACTS: Mapping[str, str] = {
    "saveReportDraft": act("saveReportDraft", form='{ objective: "pris" }'),
    "transmitReport": act("transmitReport"),
    "correctReport": act("correctReport", form="{}", reasonCode='"ERREUR_SAISIE"', expectedVersion="1"),
    "discardReportDraft": act("discardReportDraft"),
    "previewReport": act("previewReport", form="{}"),
    "recordPlanExit": act("recordPlanExit", kind="ABANDONMENT", lastDay='"2025-10-01"', reasonCode='"SANTE"'),
    "withdrawPlanExit": act("withdrawPlanExit"),
    "recordAbsence": act("recordAbsence", startsOn='"2025-10-01"', endsOn='"2025-10-02"'),
    "correctAbsence": act("correctAbsence", absenceId='"a"', startsOn='"2025-10-01"', endsOn='"2025-10-02"'),
    "withdrawAbsence": act("withdrawAbsence", absenceId='"a"'),
}
"""Every mutation of a plan."""
ACTS_ON_WEBHOOKS = {
    name: f"{name}(input: {{ webhookId: $id }}) {{ __typename userErrors {{ code message path }} }}"
    for name in ("rotateWebhookSecret", "testWebhook", "enableWebhook", "removeWebhook")
}
ACTS_ON_NOTHING = {"registerWebhook"}
"""What is made for whoever asks, and concerns nothing that is there."""


@settings(drawn_worlds, max_examples=3 * TIMES)
@given(drawn=st.lists(cases, min_size=1, max_size=5))
async def test_the_plans_of_others_are_not_found_and_do_not_change(
    served: Served, database: Database, drawn: list[Case]
) -> None:
    world = await build(database, drawn)
    text = "mutation ($id: ID!) { " + " ".join(ACTS.values()) + " }"
    for viewer in VIEWERS:
        seen = {plan.id for plan in world.seen(viewer)}
        nobodys = await raw(served, viewer, text, "TrainingPlan", NOBODY)
        assert codes(nobodys) == {"NOT_FOUND"}
        for plan in world.plans:
            if plan.id not in seen:
                assert await raw(served, viewer, text, "TrainingPlan", plan.id) == nobodys, viewer
            elif viewer.role is not Role.TRAINING_ORGANIZATION:
                assert codes(await raw(served, viewer, text, "TrainingPlan", plan.id)) == {"NOT_ALLOWED"}, viewer
    assert await read(database) == world


@settings(drawn_worlds, max_examples=1)
@given(drawn=st.lists(cases, min_size=1, max_size=1))
async def test_the_webhooks_of_others_are_not_found_and_do_not_change(
    served: Served, database: Database, drawn: list[Case]
) -> None:
    world = await build(database, drawn)
    text = "mutation ($id: ID!) { " + " ".join(ACTS_ON_WEBHOOKS.values()) + " }"
    for viewer in VIEWERS:
        nobodys = await raw(served, viewer, text, "Webhook", NOBODY)
        assert codes(nobodys) == {"NOT_FOUND"}
        for webhook in world.webhooks:
            if webhook not in world.called(viewer):
                assert await raw(served, viewer, text, "Webhook", webhook.id) == nobodys, viewer
    assert await read(database) == world


def codes(answer: tuple[int, bytes, dict[str, str]]) -> set[str]:
    data = json.loads(answer[1])["data"]
    return {"".join(error["code"] for error in payload["userErrors"]) for payload in data.values()}


@pytest.mark.parametrize("viewer", VIEWERS[:1])
async def test_a_search_for_a_session_of_a_type_that_is_none_finds_nothing(
    served: Served, database: Database, viewer: Viewer
) -> None:
    await build(database, [])
    answer = await served.ask(viewer, '{ pendingPlans(trainingSessionId: "") { totalCount } }')
    assert answer == {"pendingPlans": {"totalCount": 0}}

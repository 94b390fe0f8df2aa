"""Whatever the world, a viewer gets exactly what the rule gives: by every root field, every id and every event."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import Role
from schema.cursors import encode_number
from schema.ids import encode_id
from schema.public import public_schema
from tests.hostile.asking import ACTS, ACTS_ON_NOTHING, ACTS_ON_SEVERAL, ACTS_ON_WEBHOOKS, raw
from tests.hostile.fields import OF_PLAN, OF_REPORT
from tests.hostile.rule import ASK_NODES, NODE, NODES, QUESTIONS, every_id, node
from tests.hostile.worlds import NOBODY, VIEWERS, build, drawn_worlds, worlds

if TYPE_CHECKING:
    from domain.access import Viewer
    from domain.plan import Plan
    from storage.client import Database
    from tests.hostile.worlds import Case
    from tests.service import Served


def in_order(answer: Any) -> Any:
    """Put lists of objects in the order of their ids: the order of lists is another test's."""
    if isinstance(answer, dict):
        return {name: in_order(value) for name, value in answer.items()}
    if isinstance(answer, list):
        inner = [in_order(each) for each in answer]
        return sorted(inner, key=lambda each: each["id"]) if inner and "id" in (inner[0] or ()) else inner
    return answer


def fields_of(root: str) -> set[str]:
    return set(public_schema._schema.type_map[root].fields)  # type: ignore[attr-defined]  # noqa: SLF001


def test_every_root_field_has_its_rule() -> None:
    assert fields_of("Query") == set(QUESTIONS)
    assert fields_of("Mutation") == {*ACTS, *ACTS_ON_SEVERAL, *ACTS_ON_WEBHOOKS, *ACTS_ON_NOTHING}
    assert fields_of("Subscription") == {"reportTransmitted", "transmissionAnnounced"}


@pytest.mark.parametrize(("of", "ruled"), [("TrainingPlan", OF_PLAN), ("Report", OF_REPORT)])
def test_every_field_of_a_plan_and_of_a_report_has_its_rule(of: str, ruled: dict[str, object]) -> None:
    assert fields_of(of) == set(ruled)


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


@drawn_worlds
@given(drawn=worlds)
async def test_a_subscription_tells_what_the_rule_gives_in_order_and_nothing_else(
    served: Served, database: Database, drawn: list[Case]
) -> None:
    world = await build(database, drawn)
    for viewer in VIEWERS:
        if viewer.key != NOBODY and viewer.role is not Role.NOTIFIER:
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


@pytest.mark.parametrize("viewer", VIEWERS[:1])
async def test_a_search_for_a_session_of_a_type_that_is_none_finds_nothing(
    served: Served, database: Database, viewer: Viewer
) -> None:
    await build(database, [])
    answer = await served.ask(viewer, '{ pendingPlans(trainingSessionId: "") { totalCount } }')
    assert answer == {"pendingPlans": {"totalCount": 0}}

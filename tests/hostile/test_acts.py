"""Nobody acts on what is another's, nor learns that it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.access import Role
from tests.hostile.asking import ACTS, ACTS_ON_SEVERAL, ACTS_ON_WEBHOOKS, codes, outcome_codes, raw
from tests.hostile.worlds import NOBODY, TIMES, VIEWERS, build, cases, drawn_worlds, read

if TYPE_CHECKING:
    from storage.client import Database
    from tests.hostile.worlds import Case
    from tests.service import Served


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


@settings(drawn_worlds, max_examples=2 * TIMES)
@given(drawn=st.lists(cases, min_size=1, max_size=4))
async def test_acts_on_several_plans_find_no_more_than_acts_on_one(
    served: Served, database: Database, drawn: list[Case]
) -> None:
    world = await build(database, drawn)
    text = "mutation ($id: ID!) { " + " ".join(ACTS_ON_SEVERAL.values()) + " }"
    for viewer in VIEWERS:
        seen = {plan.id for plan in world.seen(viewer)}
        nobodys = await raw(served, viewer, text, "TrainingPlan", NOBODY)
        assert outcome_codes(nobodys) == {"NOT_FOUND"}
        for plan in world.plans:
            if plan.id not in seen:
                assert await raw(served, viewer, text, "TrainingPlan", plan.id) == nobodys, viewer
            elif viewer.role is not Role.TRAINING_ORGANIZATION:
                assert outcome_codes(await raw(served, viewer, text, "TrainingPlan", plan.id)) == {"NOT_ALLOWED"}
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

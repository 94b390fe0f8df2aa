"""What the database gives of a plan that is read in part is what the whole plan has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.acts import save_draft, transmit
from domain.errors import BadRequest
from domain.filters import PlanFilter
from domain.form import Form
from domain.nomenclature import Entry
from domain.pages import PageRequest
from storage import listings
from storage.documents import projection
from storage.plans import PlanRepository
from storage.restoring import paths
from tests.factories import NOW, TODAY, a_plan, session_of, staff
from tests.storage.test_restoring import value

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.loading import Written
    from domain.plan import Plan
    from storage.client import Database

PARTS = ("adviser", "organization", "report", "report.form", "session.content", "session.funding", "absences")
FORM = Form(content="Brasage.", exit_level=Entry(code="13", label="CAP"))


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("state", ["without session", "draft", "transmitted"])
async def test_a_plan_read_in_part_is_the_plan_without_that_part(
    database: Database, load: Callable[..., Awaitable[Written]], part: str, state: str
) -> None:
    plans = PlanRepository(database)
    plan = await kept(plans, load, state)
    unread = frozenset({part, "session.objective"})

    found = await plans.find(staff(), plan.id, unread)

    assert found is not None
    for path in paths(type(plan), unread | {"report.facts"}):
        assert value(found, path) == value(plan, path), path


async def test_a_page_leaves_in_the_database_what_is_not_to_be_read(
    database: Database, load: Callable[..., Awaitable[Written]]
) -> None:
    await load(a_plan())
    listing = listings.pending_plans(staff(), PlanFilter(), TODAY)

    page = await PlanRepository(database).page(listing, PageRequest(unread=frozenset({"session.content"})))

    assert page.items[0].session is not None
    with pytest.raises(AttributeError):
        _ = page.items[0].session.content
    assert page.cursor(page.positions[0])


async def test_a_plan_read_in_part_cannot_be_written_back(
    database: Database, load: Callable[..., Awaitable[Written]]
) -> None:
    plans = PlanRepository(database)
    await load(a_plan())
    part = await plans.find(staff(), "P-1", frozenset({"organization", "session.content", "report"}))

    assert part is not None
    with pytest.raises((AttributeError, KeyError)):
        await plans.replace(staff(), part, part)


async def test_what_is_frozen_is_read_without_the_texts_either(
    database: Database, load: Callable[..., Awaitable[Written]]
) -> None:
    plans = PlanRepository(database)
    await kept(plans, load, "transmitted")

    found = await database["plans"].find_one({}, projection(frozenset({"session.content"})))

    assert found is not None
    assert "content" not in found["report"]["facts"]["session"]
    assert found["report"]["facts"]["job_seeker"] == found["job_seeker"]


async def kept(plans: PlanRepository, load: Callable[..., Awaitable[Written]], state: str) -> Plan:
    await load(a_plan(session=None) if state == "without session" else a_plan())
    plan = await plans.find(staff(), "P-1")
    assert plan is not None
    if state != "without session":
        act = transmit if state == "transmitted" else save_draft
        assert await plans.replace(staff(), plan, act(plan, FORM, None, now=NOW, today=TODAY))
    again = await plans.find(staff(), "P-1")
    assert again is not None
    return again


async def test_a_wrong_cursor_refuses_its_own_page_and_no_other(
    database: Database, load: Callable[..., Awaitable[Written]]
) -> None:
    await load(a_plan("P-1"), a_plan("P-2"))
    listing = listings.plans_of_session(staff(), session_of(), None, TODAY)
    nothing = listings.plans_of_session(staff(), session_of(session_id="S-2"), None, TODAY)
    repository = PlanRepository(database)

    refused, one, none, both = await repository.pages(
        [
            (listing, PageRequest(after="wrong")),
            (listing, PageRequest(1)),
            (nothing, PageRequest()),
            (listing, PageRequest()),
        ]
    )

    assert isinstance(refused, BadRequest)
    assert not isinstance(one, BadRequest)
    assert not isinstance(none, BadRequest)
    assert not isinstance(both, BadRequest)
    assert ([plan.id for plan in one.items], one.has_next, await one.count()) == (["P-1"], True, 2)
    assert (list(none.items), none.has_next, await none.count()) == ([], False, 0)
    assert ([plan.id for plan in both.items], both.has_next) == (["P-1", "P-2"], False)


async def test_of_pages_read_together_one_may_be_asked_for_its_length_alone(
    database: Database, load: Callable[..., Awaitable[Written]]
) -> None:
    await load(a_plan("P-1"), a_plan("P-2"))
    listing = listings.pending_plans(staff(), PlanFilter(), TODAY)

    page, counted = await PlanRepository(database).pages(
        [(listing, PageRequest()), (listing, PageRequest(items=False))]
    )

    assert not isinstance(page, BadRequest)
    assert not isinstance(counted, BadRequest)
    assert [plan.id for plan in page.items] == ["P-1", "P-2"]
    assert not counted.items
    assert await counted.count() == len(page.items)

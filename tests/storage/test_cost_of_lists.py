"""What a page of a new list costs the server, in keys and documents, does not grow with what its organization has."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest

from domain import acts
from domain.access import Role
from domain.filters import AwaitedFilter, PlanFilter, PlanOrder, ReportFilter, SessionFilter, SessionOrder
from domain.form import Form
from domain.pages import Days, PageRequest
from domain.report import ReportStatus
from storage import listings
from storage.plans import PlanRepository
from tests.factories import NOW, a_person, a_plan, a_session, an_adviser, an_organization, counsellor, staff
from tests.storage.worlds import SIRETS, TODAY, keep

if TYPE_CHECKING:
    from domain.plan import Plan
    from storage.client import Database
    from storage.lists import Listing

STAFF, ADVISER = staff(SIRETS[0]), counsellor("A-1")
PAGE = 20
SESSIONS = 10
STATES = tuple(ReportStatus)


def plans(copies: range) -> list[Plan]:
    """As many plans for each copy: of each session one whose report stands in each state, whatever the order."""
    return [_plan(copy, session, state) for copy, session, state in product(copies, range(SESSIONS), STATES)]


def _plan(copy: int, session: int, state: ReportStatus) -> Plan:
    number = (copy * SESSIONS + session) * len(STATES) + STATES.index(state)
    ends_on = TODAY + timedelta(30 + copy % 7) if state is ReportStatus.NOT_OPEN else TODAY - timedelta(1 + copy % 7)
    plan = a_plan(
        f"P-{number:06}",
        starts_on=ends_on - timedelta(90),
        ends_on=ends_on,
        organization=an_organization(SIRETS[0]),
        session=a_session(f"S-{session}"),
        job_seeker=a_person(f"{number * 7919 % 1_000_003:07}A", f"NOM{number * 31 % 997}"),
        adviser=an_adviser("A-1"),
    )
    if state in (ReportStatus.DRAFT, ReportStatus.TRANSMITTED):
        plan = acts.save_draft(plan, Form(objective="x"), None, now=NOW, today=TODAY)
    if state is ReportStatus.TRANSMITTED:
        plan = acts.transmit(plan, None, None, now=NOW, today=TODAY)
    return plan


def lists() -> dict[str, Listing]:
    """The lists that are new, each as it is asked for by a screen."""
    under_way, to_write = (ReportStatus.NOT_OPEN,), (ReportStatus.TO_ENTER, ReportStatus.DRAFT)
    today = Days(TODAY, TODAY)
    plans_by = {
        f"plans by {order}": listings.training_plans(STAFF, PlanFilter(order=order), TODAY) for order in PlanOrder
    }
    sessions_by = {
        f"sessions by {order}": listings.sessions(STAFF, SessionFilter(order=order, statuses=None), TODAY)
        for order in SessionOrder
    }
    return {
        **plans_by,
        **sessions_by,
        "plans under way": listings.training_plans(STAFF, PlanFilter(on=today, statuses=under_way), TODAY),
        "plans to write": listings.training_plans(STAFF, PlanFilter(statuses=to_write), TODAY),
        "sessions to write": listings.sessions(STAFF, SessionFilter(statuses=to_write), TODAY),
        "awaited": listings.awaited(ADVISER, AwaitedFilter(required=True), TODAY),
        "not read by the person": listings.transmitted(STAFF, ReportFilter(unread_by=Role.JOB_SEEKER)),
        "unread": listings.transmitted(ADVISER, ReportFilter(unread=False)),
    }


async def cost(database: Database, listing: Listing) -> tuple[int, int]:
    """Keys and documents that the server looks at for the first page, and for its last."""
    repository = PlanRepository(database)
    await database.command("profile", 2)
    try:
        await repository.page(listing, PageRequest(PAGE))
        await repository.page(listing, PageRequest(last=PAGE))
    finally:
        await database.command("profile", 0)
    noted = [each async for each in database["system.profile"].find({"command.aggregate": "plans"})]
    await database.drop_collection("system.profile")
    assert len(noted) == 2
    return max(each["keysExamined"] for each in noted), max(each["docsExamined"] for each in noted)


@pytest.mark.parametrize("times", [10])
async def test_a_page_costs_the_same_where_there_is_ten_times_as_much(database: Database, times: int) -> None:
    await keep(database, plans(range(3)))
    few = {name: await cost(database, listing) for name, listing in lists().items()}
    await database["plans"].delete_many({})
    await keep(database, plans(range(3 * times)))
    many = {name: await cost(database, listing) for name, listing in lists().items()}

    for name, (keys, documents) in many.items():
        assert documents <= 4 * (PAGE + 1), (name, few[name], many[name])
        assert documents <= few[name][1] + PAGE, (name, few[name], many[name])
        assert keys <= few[name][0] + 4 * (PAGE + 1), (name, few[name], many[name])


async def test_a_list_is_the_same_while_its_index_is_made(database: Database) -> None:
    await keep(database, plans(range(3)))
    repository = PlanRepository(database)
    requests = (PageRequest(PAGE), PageRequest(last=PAGE))

    async def positions() -> dict[str, list[list[str]]]:
        return {
            name: [list((await repository.page(listing, request)).positions) for request in requests]
            for name, listing in lists().items()
        }

    before = await positions()
    assert all(first and last for first, last in before.values())
    await database["plans"].drop_indexes()
    assert await positions() == before

"""Between two pages plans come, go and move: whatever stays where it was is given once, in its order."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from domain import acts
from domain.filters import PlanFilter, ReportFilter, SessionFilter, SessionOrder
from domain.form import Form
from domain.pages import Days, PageRequest
from storage import listings
from storage.documents import to_document
from storage.plans import PlanRepository
from tests.factories import NOW, staff
from tests.storage import oracle
from tests.storage.worlds import SIRETS, TODAY, keep, made_up

if TYPE_CHECKING:
    from domain.plan import Plan
    from storage.client import Database
    from storage.lists import Listing

STAFF = staff(SIRETS[0])
FIRST = 5


class Others:
    """Change plans while somebody reads; remember which were touched, and the sessions and people they are of."""

    def __init__(self, database: Database, plans: tuple[Plan, ...], chance: Random) -> None:
        self._plans = database["plans"]
        self._standing = {plan.id: plan for plan in plans if plan.organization.siret == SIRETS[0]}
        self._chance = chance
        self.touched: set[str] = set()

    async def act(self) -> None:
        for plan in self._chance.sample(sorted(self._standing.values(), key=lambda plan: plan.id), 3):
            self._touch(plan)
            change = self._chance.choice((self._remove, self._move, self._draft_or_discard, self._add))
            await change(plan)

    def _touch(self, plan: Plan) -> None:
        self.touched |= {plan.id, plan.job_seeker.identifier, plan.session.id if plan.session else ""}

    async def _remove(self, plan: Plan) -> None:
        await self._plans.delete_one({"_id": plan.id})
        del self._standing[plan.id]

    async def _move(self, plan: Plan) -> None:
        days = timedelta(days=self._chance.randrange(-30, 30))
        await self._write(plan.model_copy(update={"ends_on": plan.ends_on + days}))

    async def _draft_or_discard(self, plan: Plan) -> None:
        draft = acts.drafted(plan, Form(duration_hours=7), NOW + timedelta(seconds=self._chance.randrange(10**6)))
        await self._write(plan.with_report(None) if plan.report else draft)

    async def _add(self, plan: Plan) -> None:
        added = plan.model_copy(update={"id": f"{plan.id}-{self._chance.randrange(10**9)}"})
        self._touch(added)
        await self._plans.insert_one({**to_document(added), "_id": added.id, "revision": 0})
        self._standing[added.id] = added

    async def _write(self, plan: Plan) -> None:
        self._standing[plan.id] = plan
        await self._plans.update_one({"_id": plan.id}, {"$set": to_document(plan)})


async def read_while_others_act(database: Database, listing: Listing, others: Others) -> list[Plan]:
    repository, after = PlanRepository(database), None
    found: list[Plan] = []
    while True:
        page = await repository.page(listing, PageRequest(FIRST, after))
        found += page.items
        if not page.has_next:
            return found
        after = page.cursor(page.positions[-1])
        await others.act()


@pytest.mark.parametrize("seed", [1, 2])
async def test_plans_to_enter_that_stay_are_given_once(database: Database, seed: int) -> None:
    plans = made_up(seed, 150)
    await keep(database, plans)
    others = Others(database, plans, Random(seed))  # noqa: S311 - a test, not a secret
    listing = listings.pending_plans(STAFF, PlanFilter(), TODAY)

    found = await read_while_others_act(database, listing, others)

    expected = oracle.pending_plans(plans, STAFF, PlanFilter(), TODAY)
    assert len(expected) > 3 * FIRST
    assert [plan.id for plan in found if plan.id not in others.touched] == [
        plan_id for plan_id in expected if plan_id not in others.touched
    ]


@pytest.mark.parametrize("seed", [3])
async def test_drafts_that_stay_are_given_once(database: Database, seed: int) -> None:
    plans = made_up(seed, 250)
    await keep(database, plans)
    others = Others(database, plans, Random(seed))  # noqa: S311 - a test, not a secret

    found = await read_while_others_act(database, listings.drafts(STAFF, ReportFilter()), others)

    expected = oracle.drafts(plans, STAFF, Days(), None)
    assert len(expected) > FIRST
    assert [plan.id for plan in found if plan.id not in others.touched] == [
        plan_id for plan_id in expected if plan_id not in others.touched
    ]


@pytest.mark.parametrize("order", [SessionOrder.TITLE, SessionOrder.CITY])
async def test_sessions_that_stay_are_given_once(database: Database, order: SessionOrder) -> None:
    plans = made_up(7, 200)
    await keep(database, plans)
    others = Others(database, plans, Random(7))  # noqa: S311 - a test, not a secret
    wanted = SessionFilter(order=order, descending=order is SessionOrder.CITY)

    found = await read_while_others_act(database, listings.sessions(STAFF, wanted, TODAY), others)

    sessions = [plan.session.id for plan in found if plan.session]
    expected = oracle.pending_sessions(plans, STAFF, wanted, TODAY)
    assert len(sessions) == len(set(sessions)) == len(found)
    assert [each for each in sessions if each not in others.touched] == [
        each for each in expected if each not in others.touched
    ]
    assert not set(expected) <= others.touched


async def test_people_are_given_once_whatever_happens_to_their_plans(database: Database) -> None:
    plans = made_up(8, 200)
    await keep(database, plans)
    others = Others(database, plans, Random(8))  # noqa: S311 - a test, not a secret

    found = await read_while_others_act(database, listings.people(STAFF, ""), others)

    people = [plan.job_seeker.identifier for plan in found]
    expected = oracle.people(plans, STAFF, "")
    assert len(people) == len(set(people))
    assert [each for each in people if each not in others.touched] == [
        each for each in expected if each not in others.touched
    ]
    assert not set(expected) <= others.touched

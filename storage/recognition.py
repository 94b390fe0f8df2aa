"""Recognises plans that a feed sends under another person's identifier or another plan id than those kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.identities import likeness
from storage.documents import from_document
from storage.identities import Identities
from storage.plan_marks import PlanMarks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from domain.plan import Plan
    from storage.client import Database


class Recognition:
    """What one load recognises. Plans that one file tells both are two, however alike they are."""

    def __init__(self, database: Database) -> None:
        self._plans = database["plans"]
        self._identities = Identities(database)
        self._marks = PlanMarks(database)
        self._told: set[str] = set()
        self._taken: dict[str, Plan] = {}
        """Lines taken for a plan in this load, by that plan's id, until the plan's own line comes."""

    async def known(self, plans: Sequence[Plan], *, made_up: bool) -> list[Plan]:
        """Return plans as they are known here, without those that were withdrawn.

        Ids that are `made_up` of what a row says change with it: a plan of such an id that is not there is looked
        for among those of the same person that are like it.
        """
        plans = await self._of_present_people(plans)
        marks = await self._marks.of(plan.id for plan in plans)
        told = {plan.id for plan in plans} | self._told
        plans = [plan for plan in plans if plan.id not in marks.withdrawn]
        plans = [_under(marks.same_as.get(plan.id), plan) for plan in plans]
        if made_up:
            plans = await self._alike(plans, told)
            self._told = told
        return plans

    async def _of_present_people(self, plans: Sequence[Plan]) -> Sequence[Plan]:
        current = await self._identities.current(plan.job_seeker.identifier for plan in plans)
        return [_of_person(current.get(plan.job_seeker.identifier), plan) for plan in plans] if current else plans

    async def _alike(self, plans: list[Plan], told: set[str]) -> list[Plan]:
        ids = [plan.id for plan in plans]
        there = {each["_id"] async for each in self._plans.find({"_id": {"$in": ids}}, {"_id": 1})}
        fresh = [plan for plan in plans if plan.id not in there]
        if not fresh and self._taken.keys().isdisjoint(told):
            return plans
        kept = {likeness(plan): plan.id for plan in await self._of(fresh) if plan.id not in told}
        found = {plan.id: kept[likeness(plan)] for plan in fresh if likeness(plan) in kept}
        for plan in fresh:
            if plan.id in found:
                await self._marks.same_as(plan.id, found[plan.id])
                self._taken[found[plan.id]] = plan
        apart = [self._taken.pop(each) for each in told & self._taken.keys()]
        for plan in apart:
            await self._marks.forget(plan.id)
        return [*(_under(found.get(plan.id), plan) for plan in plans), *apart]

    async def _of(self, plans: Iterable[Plan]) -> list[Plan]:
        people = sorted({plan.job_seeker.identifier for plan in plans})
        theirs = {"job_seeker.identifier": {"$in": people}, "withdrawn": None}
        return [from_document(each) async for each in self._plans.find(theirs)]


def _under(plan_id: str | None, plan: Plan) -> Plan:
    return plan if plan_id is None else plan.model_copy(update={"id": plan_id})


def _of_person(identifier: str | None, plan: Plan) -> Plan:
    if identifier is None:
        return plan
    return plan.model_copy(update={"job_seeker": plan.job_seeker.model_copy(update={"identifier": identifier})})

"""Merges the plans of a person with two identifiers, and plans that feeds send twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from domain.identities import told_twice
from domain.moving import Retold
from domain.plan import Withdrawn
from storage.documents import from_document
from storage.identities import Identities
from storage.passing import Passing
from storage.plan_marks import PlanMarks

if TYPE_CHECKING:
    from domain.identities import Correspondence
    from domain.people import JobSeeker
    from domain.plan import Plan
    from storage.client import Database, Document

_ATTEMPTS = 20


class Merged(NamedTuple):
    """How many plans have the other identifier now, and how many were there twice."""

    plans: int
    twice: int


class Merging:
    """Changes plans beside a running service, each compared and swapped; begun again, it goes on where it was."""

    def __init__(self, database: Database) -> None:
        self._plans = database["plans"]
        self._identities = Identities(database)
        self._marks = PlanMarks(database)

    async def concerned(self, pair: Correspondence) -> list[Plan]:
        """Return the plans that a merge would change."""
        return await self._read({"job_seeker.identifier": pair.former})

    async def merge(self, pair: Correspondence) -> Merged:
        """Give the plans of a person's former identifier to the one that is used; what is told twice becomes one.

        A transmitted report goes on saying the identifier of then.
        """
        await self._identities.load([pair])
        number = 0
        for _ in range(_ATTEMPTS):
            plans = await self.concerned(pair)
            if not plans:
                break
            person = await self._person(pair.current)
            for plan in plans:
                number += await self._write(plan, plan.model_copy(update={"job_seeker": _named(person, plan, pair)}))
        return Merged(number, await self._made_one(pair.current))

    async def withdraw(self, plan: Plan) -> bool:
        """Withdraw a plan, even if feeds go on sending it. False where it changed meanwhile.

        What an organization wrote on it stays with that organization.
        """
        await self._marks.withdraw(plan.id)
        changed = {"withdrawn": Withdrawn.CANCELLED, "adviser": None}
        return await self._write(plan, plan.model_copy(update=changed))

    async def bring_back(self, plan_id: str) -> bool:
        """Let feeds tell a plan again, and let its organization write on it; False where it was not withdrawn."""
        if not await self._marks.forget(plan_id):
            return False
        for plan in await self._read({"_id": plan_id, "withdrawn": Withdrawn.CANCELLED.value}):
            await self._write(plan, plan.model_copy(update={"withdrawn": None}), forget_digest=True)
        return True

    async def find(self, plan_id: str) -> Plan | None:
        """Return a plan of any organization."""
        found = await self._read({"_id": plan_id})
        return found[0] if found else None

    async def _made_one(self, identifier: str) -> int:
        theirs = await self._read({"job_seeker.identifier": identifier, "withdrawn": None})
        twice = told_twice(theirs)
        for plan, other in twice:
            await self._marks.same_as(plan.id, other.id)
            await self._plans.delete_one({"_id": plan.id, "revision": plan.revision})
        return len(twice)

    async def _person(self, identifier: str) -> JobSeeker | None:
        found = await self._read({"job_seeker.identifier": identifier})
        return found[0].job_seeker if found else None

    async def _write(self, plan: Plan, after: Plan, *, forget_digest: bool = False) -> bool:
        write = Passing(plan, Retold(after)).write("" if forget_digest else None)
        result = await self._plans.bulk_write([write])
        return bool(result.modified_count + result.deleted_count)

    async def _read(self, condition: Document) -> list[Plan]:
        return [from_document(each) async for each in self._plans.find(condition).sort("_id", 1)]


def _named(person: JobSeeker | None, plan: Plan, pair: Correspondence) -> JobSeeker:
    return person or plan.job_seeker.model_copy(update={"identifier": pair.current})

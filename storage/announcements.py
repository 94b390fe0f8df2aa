"""The order of announcements: each transmitted report gets the next number, once, after it is committed.

A process gives the number after the last that it sees, under a unique index, so there is never a hole. A client that
has read up to a number has read all that came before, however late a transmission was committed. The number is the
cursor.

A plan keeps the numbers of all its reports, first to last (`numbers`), and the last one as `sequence`. A corrected
report waits for its number under that of the report it replaced, which is told as it was, then and ever after.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from pymongo.errors import DuplicateKeyError, PyMongoError
from pymongo.read_concern import ReadConcern

from domain.access import seen
from storage.client import aggregate
from storage.documents import from_document
from storage.outages import passes, telling_outages
from storage.renumbering import given_again, renumber, told_under
from storage.scope import announced_to
from supervision.attempts import attempted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from domain.access import Viewer
    from domain.plan import Plan
    from storage.client import Collection, Database, Document
    from storage.renumbering import NumberedReport

    Announcement = tuple[int, Plan]

_NUMBERED: Document = {"sequence": {"$gt": 0}}
_TAKEN: list[Document] = [
    {"$match": _NUMBERED},
    {"$sort": {"sequence": -1}},
    {"$limit": 1},
    {"$project": {"number": "$sequence"}},
    {
        "$unionWith": {
            "coll": "marks",
            "pipeline": [{"$match": {"_id": "numbering"}}, {"$project": {"number": "$floor"}}],
        }
    },
]
_SEVERAL: Document = {"numbers.1": {"$exists": True}}
_TRIES = 1_000
_TOLD_ONCE = 1_000
_LEAP = 1_000_000
_JUMPS = 1_000


class Batch(NamedTuple):
    """All of the log that can be read up to a number, from which to go on.

    The same number as was asked after means that nothing new is there. A lower one means that a backup was restored.
    """

    upto: int
    announced: Sequence[Announcement]


@telling_outages
class AnnouncementLog:
    """Transmitted reports in the order of their numbers; `on_announced` is told of each number given here.

    A plan that cannot be read, or gets no number, stops nobody: it is passed over, and `on_passed_over` is told its
    id and why, once in a process.
    """

    def __init__(
        self,
        database: Database,
        *,
        on_announced: Callable[[], None] = lambda: None,
        on_passed_over: Callable[[str, Exception], None] = lambda *_: None,
    ) -> None:
        self._plans = database["plans"]
        self._marks = database["marks"]
        self._newest = self._plans.with_options(read_concern=ReadConcern("local"))
        self._on_announced = on_announced
        self._on_passed_over = on_passed_over
        self._passed_over: set[str] = set()

    async def announce(self, plan_id: str) -> bool:
        """Give a transmitted report its number; nothing happens when it has one.

        False for a database that does not answer, which is no error here: the sweep of any process announces what
        is left.
        """
        for _ in range(_TRIES):
            try:
                number = await self._next()
                result = await self._plans.update_one(
                    {"_id": plan_id, "to_announce": True},
                    {"$set": {"sequence": number}, "$push": {"numbers": number}, "$unset": {"to_announce": ""}},
                )
            except DuplicateKeyError:
                continue
            except PyMongoError as error:
                if not passes(error):
                    self.pass_over(plan_id, error)
                return False
            if result.modified_count:
                self._on_announced()
            return True
        return False

    def pass_over(self, plan_id: str, fault: Exception) -> None:
        """Tell, once, that a plan is announced to nobody as it stands."""
        if plan_id in self._passed_over:
            return
        if len(self._passed_over) == _TOLD_ONCE:
            self._passed_over.clear()
        self._passed_over.add(plan_id)
        self._on_passed_over(plan_id, fault)

    async def announce_waiting(self) -> int:
        """Announce reports whose process ended before it announced them; return how many."""
        waiting = self._plans.find({"to_announce": True}, {"_id": 1}).sort("keys.transmitted", 1)
        ids = [document["_id"] async for document in waiting]
        for plan_id in ids:
            await self.announce(plan_id)
        return len(ids)

    async def head(self) -> int:
        """Return the last number given, 0 before the first."""
        return await self._last(self._plans)

    async def since(self, number: int, limit: int = 100) -> Sequence[Announcement]:
        """Return what was announced after a number, in order; nothing only where nothing more can be read."""
        while (batch := await self._after({}, number, limit)).upto > number and not batch.announced:
            number = batch.upto
        return batch.announced

    async def since_for(self, viewer: Viewer, number: int, limit: int = 100) -> Sequence[Announcement]:
        """Return what was announced after a number and is the viewer's to see now, in order, as `since` does."""
        while (batch := await self.batch_for(viewer, number, limit)).upto > number and not batch.announced:
            number = batch.upto
        return batch.announced

    async def batch(self, number: int, limit: int = 100) -> Batch:
        """Read some of what was announced after a number; see Batch for what its own number says."""
        return await self._after({}, number, limit)

    async def batch_for(self, viewer: Viewer, number: int, limit: int = 100) -> Batch:
        """Read some of what was announced after a number and is the viewer's to see now."""
        batch = await self._after(announced_to(viewer), number, limit)
        return Batch(batch.upto, [(sequence, seen(viewer, plan)) for sequence, plan in batch.announced])

    async def _after(self, match: Document, number: int, limit: int) -> Batch:
        """Read the reports that stand, then those that were replaced, up to the last number given before.

        A report that is replaced meanwhile is found the second time; what is given meanwhile is for the next call.
        """
        head = await self.head()
        if head <= number:
            return Batch(head, [])
        wanted = {"$gt": number, "$lte": head}
        cursor = self._plans.find({**match, "sequence": wanted}).sort("sequence", 1).limit(limit)
        found = {document["sequence"]: self._read(document) async for document in cursor}
        replaced: Sequence[Document] = [
            {"$match": {**match, **_SEVERAL, "numbers": {"$elemMatch": wanted}}},
            {"$set": {"given": "$numbers"}},
            {"$unwind": "$given"},
            {"$match": {"given": wanted}},
            {"$sort": {"given": 1}},
            {"$limit": limit},
        ]
        async for document in await aggregate(self._plans, replaced):
            found[document["given"]] = self._read(document)
        read = sorted(found.items(), key=lambda each: each[0])[:limit]
        upto = read[-1][0] if read else number
        return Batch(upto, [(sequence, plan) for sequence, plan in read if plan is not None])

    def _read(self, document: Document) -> Plan | None:
        return attempted(partial(_announced, document), partial(self.pass_over, document["_id"]))

    async def told(self, number: int) -> NumberedReport | None:
        """Return the report that has a number; None where none has it."""
        return await told_under(self._plans, number)

    async def resume_above(self, number: int, since: datetime) -> None:
        """Give numbers above the one that was told last: a backup was restored meanwhile.

        What was transmitted since, and given a number before this was seen, gets another, and is told under that.
        """
        again = await given_again(self._plans, number, since)
        kept = again[0][1] - 1 if again else None
        await self.number_above(number, kept)
        for plan_id, given in again:
            if await renumber(self._plans, plan_id, given, self._next):
                self._on_announced()

    async def heed(self, cursor: int) -> None:
        """Give numbers above the one that a client was told last: it may have been told before a restore.

        No further than a restore can have gone back: a cursor is nothing but what a client says.
        """
        taken = await self._last_taken()
        if taken < cursor <= taken + _LEAP:
            await self.number_above(cursor)

    async def _next(self) -> int:
        return await self._last_taken() + 1

    async def number_above(self, number: int, kept: int | None = None) -> None:
        """Have every number that is given from now on be above one that was told: a backup was restored meanwhile.

        `kept` is the last number that stands, where that is not the last one that was given.
        """
        floor = await self._marks.find_one({"_id": "numbering", "floor": {"$gte": number}}, {"_id": 1})
        if floor is None:
            jump = {"after": await self.head() if kept is None else kept, "upto": number}
            change = {"$max": {"floor": number}, "$push": {"jumps": {"$each": [jump], "$slice": -_JUMPS}}}
            await self._marks.update_one({"_id": "numbering"}, change, upsert=True)

    async def _last(self, plans: Collection) -> int:
        found = await plans.find_one(_NUMBERED, {"sequence": 1}, sort=[("sequence", -1)])
        return int(found["sequence"]) if found else 0

    async def _last_taken(self) -> int:
        """Return the last number that is not to be given again: the last given, or that of a floor above it."""
        taken = [each async for each in await aggregate(self._newest, _TAKEN)]
        return max((int(each["number"]) for each in taken), default=0)


def _announced(document: Document) -> Plan:
    """Return the plan with the report that was announced under a number: `given`, or the last."""
    plan = from_document(document)
    numbers = document["numbers"]
    rank = numbers.index(document.get("given", document["sequence"]))
    return plan.as_of(plan.reports[rank].version)

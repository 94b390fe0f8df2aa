"""The order of announcements: each transmitted report gets the next number, once, after it is committed.

A number is given by whoever sees the one before, under a unique index, so there is never a hole: who has read up
to a number has read all that came before, however late a transmission was committed. The number is the cursor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymongo.errors import DuplicateKeyError, PyMongoError
from pymongo.read_concern import ReadConcern

from domain.access import seen
from storage.documents import from_document
from storage.outages import telling_outages
from storage.scope import concerning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.access import Viewer
    from domain.plan import Plan
    from storage.client import Collection, Database, Document

Announcement = tuple[int, "Plan"]
_NUMBERED: Document = {"sequence": {"$gt": 0}}


@telling_outages
class AnnouncementLog:
    """Transmitted reports in the order of their numbers."""

    def __init__(self, database: Database) -> None:
        self._plans = database["plans"]
        self._newest = self._plans.with_options(read_concern=ReadConcern("local"))

    async def announce(self, plan_id: str) -> None:
        """Give a transmitted report its number; nothing happens when it has one.

        A database that does not answer is no error here: the sweep of any process announces what is left.
        """
        while True:
            try:
                number = await self._last(self._newest) + 1
                await self._plans.update_one(
                    {"_id": plan_id, "to_announce": True},
                    {"$set": {"sequence": number}, "$unset": {"to_announce": ""}},
                )
            except DuplicateKeyError:
                continue
            except PyMongoError:
                return
            return

    async def announce_waiting(self) -> int:
        """Announce what was transmitted by somebody who did not live to announce it; return how many."""
        waiting = self._plans.find({"to_announce": True}, {"_id": 1}).sort("keys.transmitted", 1)
        ids = [document["_id"] async for document in waiting]
        for plan_id in ids:
            await self.announce(plan_id)
        return len(ids)

    async def head(self) -> int:
        """Return the last number given, 0 before the first."""
        return await self._last(self._plans)

    async def since(self, number: int, limit: int = 100) -> Sequence[Announcement]:
        """Return what was announced after a number, in order."""
        return await self._after({}, number, limit)

    async def since_for(self, viewer: Viewer, number: int, limit: int = 100) -> Sequence[Announcement]:
        """Return what was announced after a number and is the viewer's to see now, in order."""
        announced = await self._after(concerning(viewer), number, limit)
        return [(sequence, seen(viewer, plan)) for sequence, plan in announced]

    async def _after(self, match: Document, number: int, limit: int) -> Sequence[Announcement]:
        cursor = self._plans.find({**match, "sequence": {"$gt": number}}).sort("sequence", 1).limit(limit)
        return [(document["sequence"], from_document(document)) async for document in cursor]

    async def _last(self, plans: Collection) -> int:
        found = await plans.find_one(_NUMBERED, {"sequence": 1}, sort=[("sequence", -1)])
        return int(found["sequence"]) if found else 0

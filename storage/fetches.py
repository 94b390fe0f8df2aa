"""When a transmitted report was first read by its recipients: written beside the answers, once for each.

An instant is kept in the plan's document, outside its revision: noting it disturbs nobody's change. Losing one is
no loss of a report: what waits is let go where the database is away for long, and the next reading notes it.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from cachetools import FIFOCache
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, PyMongoError

from domain.access import RECIPIENTS, Role
from supervision.loops import Loops

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from datetime import datetime

    from storage.client import Database

    Fetch = tuple[str, int, Role]

ROOM = 10_000
REMEMBERED = 50_000
_DELAY_SECONDS = 0.5


class FetchLog:
    """One a process. It remembers what it has noted, so that reading a report again costs nothing."""

    def __init__(self, database: Database, *, on_error: Callable[[str, int], None] = lambda *_: None) -> None:
        self._plans = database["plans"]
        self._on_error = on_error
        self._noted: FIFOCache[Fetch, None] = FIFOCache(REMEMBERED)
        self._waiting: dict[Fetch, datetime] = {}
        self._some = asyncio.Event()

    @asynccontextmanager
    async def running(self, loops: Loops | None = None) -> AsyncIterator[None]:
        """Write what waits, until the block is left; then what is left, once."""
        async with (loops or Loops()).running("fetches", self._turn):
            yield
        await self._write()

    def note(self, role: Role, reports: Iterable[tuple[str, int]], now: datetime) -> None:
        """Note that a recipient has read reports, given by plan and version. Other roles are ignored."""
        if role not in RECIPIENTS:
            return
        for plan_id, version in reports:
            fetch = (plan_id, version, role)
            if fetch in self._noted or len(self._waiting) >= ROOM:
                continue
            self._noted[fetch] = None
            self._waiting[fetch] = now
            self._some.set()

    async def _turn(self) -> bool:
        await self._some.wait()
        await asyncio.sleep(_DELAY_SECONDS)
        self._some.clear()
        written = False
        try:
            written = await self._write()
        finally:
            if not written:
                self._some.set()
        return written

    async def _write(self) -> bool:
        """Write the instants that wait, each where none is yet.

        Those that were not written wait on; those that cannot be are dropped.
        """
        batch = dict(self._waiting)
        if not batch:
            return True
        try:
            writes = [write for fetch, at in batch.items() for write in _writes(*fetch, at)]
            await self._plans.bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            self._on_error(type(error).__name__, len(error.details["writeErrors"]) or len(batch))
            if error.details.get("writeConcernErrors"):
                return False
        except PyMongoError as error:
            self._on_error(type(error).__name__, len(batch))
            return False
        for fetch in batch:
            del self._waiting[fetch]
        return True


def _writes(plan_id: str, version: int, role: Role, at: datetime) -> list[UpdateOne]:
    """Note the instant where none is yet; a report that was read is unread no more, unless another replaced it."""
    field, unread = f"fetched.{version}.{role.value}", f"unread.{role.value}"
    return [
        UpdateOne({"_id": plan_id, field: {"$exists": False}}, {"$set": {field: at}}),
        UpdateOne({"_id": plan_id, "report.version": version, unread: True}, {"$unset": {unread: ""}}),
    ]

"""Whether the database answers and can be written."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from pymongo import WriteConcern
from pymongo.errors import PyMongoError

from storage.asking import asking

if TYPE_CHECKING:
    from storage.client import Database

_SECONDS = 1.5


class Readiness:
    """Asks by a database beside, whose threads no question holds; those who come meanwhile have the same answer."""

    def __init__(self, aside: Database, *, seconds: float = _SECONDS) -> None:
        self._aside = aside
        self._seconds = seconds
        self._asking: asyncio.Task[str | None] | None = None

    async def why_not(self) -> str | None:
        """Return a sentence when a majority does not acknowledge a write in time, None when it does."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        with suppress(TimeoutError):
            async with asyncio.timeout(self._seconds):
                return await asyncio.shield(self._asking)
        return "The database does not answer."

    async def _ask(self) -> str | None:
        concern = WriteConcern("majority", wtimeout=int(self._seconds * 1000))
        health = self._aside.get_collection("health", write_concern=concern)
        with asking(None, self._seconds):
            try:
                await health.update_one({"_id": "ready"}, {"$inc": {"asked": 1}}, upsert=True)
            except PyMongoError:
                return "The database does not take writes."
        return None

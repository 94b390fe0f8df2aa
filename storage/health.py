"""Whether the database answers and can be written."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from pymongo import WriteConcern
from pymongo.errors import PyMongoError

from storage.asking import asking

if TYPE_CHECKING:
    from storage.client import Database, Document

_SECONDS = 1.5
LEAST_FREE = 64 << 20
"""Bytes of a disk, under which writes fail at any moment."""


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
            with suppress(PyMongoError):  # who may not ask does without
                return _no_room(await self._aside.command("dbStats", freeStorage=0))
        return None


def _no_room(stats: Document) -> str | None:
    free = stats.get("fsTotalSize", LEAST_FREE) - stats.get("fsUsedSize", 0)
    if free >= LEAST_FREE:
        return None
    return f"The disk of the database is full ({int(free) >> 20} MiB are left): make room."

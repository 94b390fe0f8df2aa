"""The right to change a whole database: migrations and missing indexes are made by one process at a time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from secrets import token_hex
from typing import TYPE_CHECKING

from pymongo.errors import DuplicateKeyError, PyMongoError

from storage.data_directory import NoServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.client import Database, Document

LEASE_SECONDS = 60


class AnotherMigrates(NoServer):
    """Another process has it."""


@asynccontextmanager
async def leased(database: Database) -> AsyncIterator[str]:
    """Hold the right, by the clock of the database, and give the name it is held under.

    It ends a while after it was last renewed: a process that was killed holds nobody up for long. AnotherMigrates
    where another process has it.
    """
    marks, holder = database["marks"], token_hex(8)
    free = {"_id": "migration", "$expr": {"$lt": [{"$ifNull": ["$until", 0]}, "$$NOW"]}}
    with suppress(DuplicateKeyError):
        await marks.insert_one({"_id": "migration"})
    taken = await marks.update_one(free, [{"$set": {"holder": holder, "until": _in_a_while()}}])
    if not taken.modified_count:
        raise AnotherMigrates("Another process migrates this database: wait for it, or a minute where it was killed.")
    try:
        yield holder
    finally:
        await marks.update_one({"_id": "migration", "holder": holder}, {"$unset": {"until": "", "holder": ""}})


async def renew(database: Database, holder: str, progress: Document) -> None:
    """Go on holding it; AnotherMigrates where it was lost to another, as this process was asleep for too long."""
    renewed = await database["marks"].update_one(
        {"_id": "migration", "holder": holder}, [{"$set": {**progress, "until": _in_a_while()}}]
    )
    if not renewed.matched_count:
        raise AnotherMigrates("Another process has taken over this migration.")


@asynccontextmanager
async def held(database: Database) -> AsyncIterator[None]:
    """Hold it however long the block takes, for what harms nobody when two do it."""
    async with leased(database) as holder:
        renewing = asyncio.create_task(_renewed(database, holder))
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.wait([renewing])


async def _renewed(database: Database, holder: str) -> None:
    with suppress(AnotherMigrates, PyMongoError):
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            await renew(database, holder, {})


def _in_a_while() -> Document:
    return {"$add": ["$$NOW", LEASE_SECONDS * 1_000]}

"""Whether the database answers and can be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymongo import WriteConcern
from pymongo.errors import PyMongoError

if TYPE_CHECKING:
    from storage.client import Database


async def why_not_ready(database: Database, *, timeout_ms: int = 2_000) -> str | None:
    """Return a sentence when a majority does not acknowledge a write in time, None when it does."""
    concern = WriteConcern("majority", wtimeout=timeout_ms)
    try:
        await database.get_collection("health", write_concern=concern).update_one(
            {"_id": "ready"}, {"$inc": {"asked": 1}}, upsert=True
        )
    except PyMongoError:
        return "The database does not take writes."
    return None

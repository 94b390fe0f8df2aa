"""What the installation drew once and keeps for ever: all its processes, and its backups, have the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument

if TYPE_CHECKING:
    from storage.client import Database

_ID = "identifiers"


async def identifier_key(database: Database, drawn: bytes) -> bytes:
    """Return the key of identifiers and cursors: the one that was kept first, `drawn` where there is none yet."""
    kept: Any = await database["installation"].find_one_and_update(
        {"_id": _ID}, {"$setOnInsert": {"key": drawn}}, upsert=True, return_document=ReturnDocument.AFTER
    )
    return bytes(kept["key"])

"""What a database says of itself: its members, its clock, how long a majority takes."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, NamedTuple

from pymongo.errors import OperationFailure

if TYPE_CHECKING:
    from datetime import datetime

    from storage.client import Database


class Members(NamedTuple):
    """`members` by name and state, None where we may not know; `free` is bytes of the disk, where it is told."""

    version: str
    now: datetime
    members: dict[str, str] | None
    free: int | None


async def told_of(database: Database) -> Members:
    """Ask."""
    admin = database.client.admin
    version = (await admin.command("buildInfo"))["version"]
    hello = await database.command("hello")
    try:
        status = await admin.command("replSetGetStatus")
        members = {each["name"]: each["stateStr"] for each in status["members"]}
    except OperationFailure:
        members = None
    stats = await database.command("dbStats", freeStorage=0)
    free = int(stats["fsTotalSize"] - stats["fsUsedSize"]) if "fsTotalSize" in stats else None
    return Members(version, hello["localTime"].replace(tzinfo=UTC), members, free)

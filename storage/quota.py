"""How many persons an account has read within the hour, counted for all workers in one small document."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from pymongo import WriteConcern
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from storage.client import Database

HOUR = 3600
_REMEMBERED_ACCOUNTS = 5_000


class PersonQuota:
    """At most `limit` persons by account and hour of the clock.

    Whom this process has counted for the account within the hour is not counted again, and costs no write: reading
    the same list all day is no reading of many people. Another process counts them once more.
    """

    def __init__(self, database: Database, limit: int) -> None:
        self._hours = database.get_collection(
            "person_quota", write_concern=WriteConcern(1), read_concern=ReadConcern("local")
        )
        self._limit = limit
        self._counted: OrderedDict[str, tuple[int, set[str]]] = OrderedDict()

    async def spend(self, account: str, persons: AbstractSet[str], now: datetime) -> int:
        """Count persons that are about to be shown; return 0, or after how many seconds they may be asked for."""
        seconds = int(now.timestamp())
        hour = seconds // HOUR
        fresh = persons - self._known(account, hour)
        if not fresh:
            return 0
        if not await self._add(account, hour, len(fresh), now):
            return (hour + 1) * HOUR - seconds
        self._known(account, hour).update(fresh)
        return 0

    async def lacks(self, account: str, number: int, now: datetime) -> int:
        """Return 0, or the seconds to wait where so many persons cannot fit, whoever they are: nothing is counted.

        All who were counted already may be among them, so that 0 is no promise.
        """
        seconds = int(now.timestamp())
        hour = seconds // HOUR
        kept = await self._hours.find_one({"_id": f"{hour}|{account}"})
        room = self._limit - (kept["persons"] if kept else 0) + len(self._known(account, hour))
        return 0 if number <= room else (hour + 1) * HOUR - seconds

    async def _add(self, account: str, hour: int, number: int, now: datetime) -> bool:
        """Add when there is room: the check is in the write, and without room the insert meets what is there."""
        if number > self._limit:
            return False
        room = {"_id": f"{hour}|{account}", "persons": {"$lte": self._limit - number}}
        try:
            await self._hours.update_one(
                room, {"$inc": {"persons": number}, "$setOnInsert": {"begun_at": now}}, upsert=True
            )
        except DuplicateKeyError:
            return False
        return True

    def _known(self, account: str, hour: int) -> set[str]:
        of_hour, known = self._counted.get(account, (hour, set()))
        if of_hour != hour:
            known = set()
        self._counted[account] = (hour, known)
        self._counted.move_to_end(account)
        if len(self._counted) > _REMEMBERED_ACCOUNTS:
            self._counted.popitem(last=False)
        return known

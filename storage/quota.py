"""How much an account or an address has asked within the hour, counted for all workers in one small document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachetools import FIFOCache
from pymongo import UpdateOne, WriteConcern
from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern

from storage.together import Together

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from storage.client import Database, Document

HOUR = 3600
_REMEMBERED_ACCOUNTS = 20_000
_DUPLICATE = 11000


class HourlyRoom:
    """At most `limit` of something by asker and hour of the clock, counted where every worker sees it.

    Accounts that ask at once, as all do that are told the same event, are counted in one write.
    """

    def __init__(self, database: Database, collection: str, limit: int) -> None:
        self._hours = database.get_collection(
            collection, write_concern=WriteConcern(1), read_concern=ReadConcern("local")
        )
        self._limit = limit
        self._written = Together(self._write)

    async def spend(self, asker: str, number: int, now: datetime) -> int:
        """Take so many; return 0, or after how many seconds there is room again.

        The check is in the write: without room the insert meets what is there. So does the later of two that begin
        the hour at once: the second try finds it begun, and tells the two cases apart.
        """
        seconds = int(now.timestamp())
        hour = seconds // HOUR
        wait = (hour + 1) * HOUR - seconds
        if number > self._limit:
            return wait
        room = {"_id": f"{hour}|{asker}", "taken": {"$lte": self._limit - number}}
        taken: Document = {"$inc": {"taken": number}}
        if await self._written.of(UpdateOne(room, {**taken, "$setOnInsert": {"begun_at": now}}, upsert=True)):
            return 0
        return 0 if (await self._hours.update_one(room, taken)).matched_count else wait

    async def _write(self, updates: list[UpdateOne]) -> list[bool]:
        """Write; tell for each whether it was done, and not met what is there."""
        try:
            await self._hours.bulk_write(updates, ordered=False)
        except BulkWriteError as error:
            met = {each["index"] for each in error.details["writeErrors"] if each["code"] == _DUPLICATE}
            if len(met) < len(error.details["writeErrors"]):
                raise
            return [rank not in met for rank in range(len(updates))]
        return [True] * len(updates)

    async def lacks(self, asker: str, number: int, now: datetime) -> int:
        """Return 0 while there is room for so many, or after how many seconds there may be; take nothing."""
        seconds = int(now.timestamp())
        hour = seconds // HOUR
        kept = await self._hours.find_one({"_id": f"{hour}|{asker}"})
        taken = kept["taken"] if kept else 0
        return 0 if number <= self._limit - taken else (hour + 1) * HOUR - seconds


class PersonQuota:
    """At most `limit` persons by account and hour of the clock.

    A person that this process has counted for the account within the hour is not counted again, and costs no write:
    reading the same list all day is not reading many people. Another process counts them once more.
    """

    def __init__(self, database: Database, limit: int) -> None:
        self._room = HourlyRoom(database, "person_quota", limit)
        self._counted: FIFOCache[str, set[str]] = FIFOCache(_REMEMBERED_ACCOUNTS)
        """By account, of one hour."""
        self._hour = 0
        self._at: datetime | None = None

    async def spend(self, account: str, persons: AbstractSet[str], now: datetime) -> int:
        """Count persons that are about to be shown; return 0, or after how many seconds they may be asked for."""
        fresh = persons - self._known(account, now)
        if not fresh:
            return 0
        if wait := await self._room.spend(account, len(fresh), now):
            return wait
        self._known(account, now).update(fresh)
        return 0

    def has_counted(self, account: str, person: str, now: datetime) -> bool:
        """Whether a person was counted for an account within the hour, so that showing them again costs nothing."""
        self._begin(now)
        try:
            return person in self._counted[account]
        except KeyError:
            return False

    async def lacks(self, account: str, number: int, now: datetime) -> int:
        """Return 0, or the seconds to wait where so many persons cannot fit in any case. Nothing is counted.

        All who were counted already may be among them, so that 0 is no promise.
        """
        known = self._known(account, now)
        return await self._room.lacks(account, number - len(known), now)

    def _known(self, account: str, now: datetime) -> set[str]:
        self._begin(now)
        return self._counted.setdefault(account, set())

    def _begin(self, now: datetime) -> None:
        """Forget the hour that is over."""
        if now is self._at:
            return
        self._at, hour = now, int(now.timestamp()) // HOUR
        if hour > self._hour:  # an event is told at the time of its first reader, which may be in the hour before
            self._hour = hour
            self._counted.clear()

"""Coded lists: the packaged ones, and what feeds have brought."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from string import ascii_lowercase
from typing import TYPE_CHECKING

from pymongo import UpdateOne

from domain.calendar import paris_day
from domain.lists import PACKAGED
from domain.nomenclature import Code, Entry, ListedEntry, NomenclatureName
from domain.text import folded_words
from storage.outages import telling_outages
from storage.searching import NOTHING, searched, word_beginnings
from storage.together import Together

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.client import Database, Document


_BELIEVED_SECONDS = 5.0
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@telling_outages
class NomenclatureRepository:
    """Entries by list and code; an entry that was ever there stays readable."""

    def __init__(self, database: Database) -> None:
        self._entries = database["nomenclature_entries"]
        self._believed: dict[Code, ListedEntry] = {}
        self._believed_since = 0.0
        self._lookups: Together[set[Code], dict[Code, ListedEntry]] = Together(self._look_up)

    async def lookup(self, codes: Iterable[Code]) -> dict[Code, ListedEntry]:
        """Return the entries of the codes that are known, retired ones included.

        What was found is believed for a few seconds, what was not is looked up each time: a list that is published
        anew is there at once, a label that has changed a few seconds later.
        """
        now = asyncio.get_running_loop().time()
        if now - self._believed_since > _BELIEVED_SECONDS:
            self._believed, self._believed_since = {}, now
        wanted = set(codes)
        known = {code: self._believed[code] for code in wanted if code in self._believed}
        if missing := wanted - known.keys():
            found = await self._lookups.of(missing)
            self._believed |= found
            known |= found
        return known

    def forget(self) -> None:
        """Believe nothing any more: look everything up."""
        self._believed = {}

    async def _look_up(self, asked: list[set[Code]]) -> list[dict[Code, ListedEntry]]:
        codes = dict.fromkeys(code for wanted in asked for code in wanted)
        cursor = self._entries.find({"$or": [{"name": name.value, "code": code} for name, code in codes]})
        found = {(NomenclatureName(each["name"]), each["code"]): _entry(each) async for each in cursor}
        return [{code: found[code] for code in wanted if code in found} for wanted in asked]

    async def offered(self, name: NomenclatureName, search: str | None, first: int) -> Sequence[ListedEntry]:
        """Return the entries offered for new answers, in display order, or those that match a text."""
        match: Document = {"name": name.value, "retired": False, **_search(search)}
        cursor = self._entries.find(match).sort([("rank", 1), ("code", 1)]).limit(first)
        return [_entry(found) async for found in cursor]

    async def offered_codes(self, name: NomenclatureName, *, among: str) -> frozenset[str]:
        """Return the codes of a list that are offered, of those that match the regular expression `among`."""
        match: Document = {"name": name.value, "retired": False, **({"code": {"$regex": among}} if among else {})}
        return frozenset([found["code"] async for found in self._entries.find(match, {"code": 1})])

    async def learn(self, name: NomenclatureName, entries: Iterable[Entry]) -> None:
        """Add entries that a feed brought and that no list has yet; those that are known are left as they are."""
        writes = [
            UpdateOne(
                {"name": name.value, "code": entry.code},
                {"$setOnInsert": _document(ListedEntry(code=entry.code, label=entry.label), 0)},
                upsert=True,
            )
            for entry in entries
        ]
        if writes:
            await self._entries.bulk_write(writes, ordered=False)

    async def publish(
        self, name: NomenclatureName, entries: Sequence[ListedEntry], *, among: str = "", retiring: bool = True
    ) -> int:
        """Make a list what it is now: entries added or changed; what disappeared is retired, never deleted.

        Only codes that match the regular expression `among` are retired: a list may be of several registers that
        are published apart. The day on which an entry is first found retired is kept, unless the publisher tells
        another. Returns how many were retired.
        """
        await self._retire(name, {"$in": [entry.code for entry in entries if entry.retired]})
        writes = [
            UpdateOne(
                {"name": name.value, "code": entry.code},
                {"$set": _document(entry, rank)},
                upsert=True,
            )
            for rank, entry in enumerate(entries)
        ]
        if writes:
            await self._entries.bulk_write(writes, ordered=False)
        offered_again = {"name": name.value, "retired": False, "retired_at": {"$gt": _LONG_AGO}}
        await self._entries.update_many(offered_again, {"$unset": {"retired_at": "", "retired_on": ""}})
        self.forget()
        if not retiring:
            return 0
        return await self._retire(
            name, {"$nin": [entry.code for entry in entries], **({"$regex": among} if among else {})}
        )

    async def _retire(self, name: NomenclatureName, code: Document) -> int:
        offered = {"name": name.value, "code": code, "retired": False}
        gone = {"$set": {"retired": True}, "$currentDate": {"retired_at": True}}
        return (await self._entries.update_many(offered, gone)).modified_count

    async def publish_packaged(self) -> None:
        """Publish the lists that come with the product where the database has none of that name yet."""
        for name, entries in PACKAGED.items():
            if not await self._entries.find_one({"name": name.value}):
                await self.publish(name, entries)


def _document(entry: ListedEntry, rank: int) -> Document:
    code = folded_words(entry.code)
    words = f" {code} {code.lstrip(ascii_lowercase)} {folded_words(entry.label)}"
    retired_on = {"retired_on": entry.retired_on.isoformat()} if entry.retired_on else {}
    return {"label": entry.label, "retired": entry.retired, "rank": rank, "words": words, **retired_on}


def _entry(document: Document) -> ListedEntry:
    code, label, retired = document["code"], document["label"], document["retired"]
    return ListedEntry(code=code, label=label, retired=retired, retired_on=_retired_on(document) if retired else None)


def _retired_on(document: Document) -> date | None:
    """Return the day that the publisher told, else that on which it was first found retired."""
    if told := document.get("retired_on"):
        return date.fromisoformat(told)
    return paris_day(document["retired_at"]) if "retired_at" in document else None


def _search(search: str | None) -> Document:
    wanted = searched(search)
    return NOTHING if wanted is None else word_beginnings("words", wanted)

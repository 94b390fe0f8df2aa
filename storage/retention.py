"""Removes what was kept long enough, in batches that can be begun again at any point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymongo import UpdateOne

from domain.retention import Ages, Rule, day_before, instant_before
from domain.trail import Seen
from storage.documents import DRAFT, OPEN, TRANSMITTED, WITHDRAWN, from_document, to_document

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import date

    from storage.client import Database, Document

BATCH = 500
_NO_DRAFT = ("report", "state", "keys")


class Retention:
    """Finds and removes what is too old on a day. A run that was broken off is simply run again."""

    def __init__(self, database: Database, ages: Ages, today: date) -> None:
        self._plans = database["plans"]
        self._papers = database["papers"]
        self._erased = database["erased_numbers"]
        self._ages = ages
        self._today = today

    async def count(self, rule: Rule) -> int:
        """Count what a rule removes now."""
        return int(await self._plans.count_documents(await self._match(rule)))

    async def batches(self, rule: Rule) -> AsyncIterator[Sequence[Seen]]:
        """Give what a rule removes, at most 500 at a time."""
        batch: list[Seen] = []
        wanted = {"job_seeker.identifier": 1, "state": 1}
        async for document in self._plans.find(await self._match(rule), wanted):
            batch.append(Seen(document["job_seeker"]["identifier"], document["_id"], document["state"] != OPEN))
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    async def remove(self, rule: Rule, batch: Sequence[Seen]) -> int:
        """Remove those of a batch that the rule still removes; return how many.

        Papers of reports go first: a report without its paper is found again by the next run, a paper without
        report is not. A plan without report may get one meanwhile: then its paper stays with it.
        """
        match = {"_id": {"$in": [each.plan for each in batch]}, **await self._match(rule)}
        if rule is Rule.DRAFTS:
            return await self._discard(match)
        found = [document async for document in self._plans.find(match, {"numbers": 1})]
        ids = [document["_id"] for document in found]
        await self._note_erased([number for each in found for number in each.get("numbers", ())])
        if rule is not Rule.UNREPORTED_PLANS:
            await self._papers.delete_many({"plan": {"$in": ids}})
        result = await self._plans.delete_many({**match, "_id": {"$in": ids}})
        if rule is Rule.UNREPORTED_PLANS:
            left = {document["_id"] async for document in self._plans.find({"_id": {"$in": ids}}, {"_id": 1})}
            await self._papers.delete_many({"plan": {"$in": [each for each in ids if each not in left]}})
        return int(result.deleted_count)

    async def _note_erased(self, numbers: Sequence[int]) -> None:
        """Note which announcements are about to go, since an unexplained gap in the numbers would mean a loss."""
        if numbers:
            notes = [UpdateOne({"_id": number}, {"$setOnInsert": {}}, upsert=True) for number in numbers]
            await self._erased.bulk_write(notes, ordered=False)

    async def _discard(self, match: Document) -> int:
        """Put plans back to enter, each compared and swapped: a draft that is touched meanwhile stays."""
        discarded = 0
        async for document in self._plans.find(match):
            if document.get("withdrawn"):
                discarded += (await self._plans.delete_one(_as_read(document))).deleted_count
                continue
            bare = to_document(from_document(document).with_report(None))
            result = await self._plans.update_one(
                _as_read(document),
                {"$set": {name: bare[name] for name in _NO_DRAFT}, "$inc": {"revision": 1}},
            )
            discarded += result.modified_count
        return discarded

    def _untouched(self) -> Document:
        return {"state": DRAFT, "report.updated_at": {"$lt": instant_before(self._today, self._ages.drafts)}}

    async def _match(self, rule: Rule) -> Document:
        """Say a rule to MongoDB. The last announced report stays: the next announcement counts from its number.

        A plan whose draft goes has no report any more: the same run removes it where it is old enough.
        """
        age = self._ages.of(rule)
        if rule is Rule.DRAFTS:
            return self._untouched()
        if rule is Rule.UNREPORTED_PLANS:
            ended = {"ends_on": {"$lt": day_before(self._today, age).isoformat()}}
            return {"$or": [{"state": OPEN, **ended}, {"state": WITHDRAWN, **ended}, {**self._untouched(), **ended}]}
        last = await self._plans.find_one({"sequence": {"$gt": 0}}, {"sequence": 1}, sort=[("sequence", -1)])
        schemes = list(self._ages.cofinanced_schemes)
        return {
            "state": TRANSMITTED,
            "report.transmitted_at": {"$lt": instant_before(self._today, age)},
            "funding.scheme": {"$in" if rule is Rule.COFINANCED_REPORTS else "$nin": schemes},
            "to_announce": {"$ne": True},
            "sequence": {"$ne": last["sequence"] if last else 0},
        }


def _as_read(document: Document) -> Document:
    return {"_id": document["_id"], "revision": document["revision"]}

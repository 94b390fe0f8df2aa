"""PDFs made at transmission, kept by their hash, and previews, kept for minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bson import Binary
from pymongo.errors import DuplicateKeyError

from storage.documents import from_document, to_document
from storage.outages import telling_outages
from storage.verify import unnamed_papers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.access import Viewer
    from domain.plan import Plan
    from storage.client import Database, Document


MOST_PREVIEWS = 20
"""Of one account, kept at once."""
UNNAMED_FOR = timedelta(days=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_UNNAMED = {"unnamed_since": ""}


@telling_outages
class PaperRepository:
    """Papers are written before the report that names them, so that a transmitted report always has its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._papers = database["papers"]
        self._previews = database["previews"]

    async def keep(self, sha256: str, content: bytes, *, plan_id: str) -> None:
        """Keep a PDF under its hash; keeping it again changes nothing."""
        try:
            await self._papers.insert_one({"_id": sha256, "plan": plan_id, "content": Binary(content)})
        except DuplicateKeyError:
            await self._papers.update_one({"_id": sha256, "unnamed_since": {"$gt": LONG_AGO}}, {"$unset": _UNNAMED})

    async def discard(self, hashes: Sequence[str]) -> None:
        """Remove papers that no report names."""
        if hashes:
            await self._papers.delete_many({"_id": {"$in": list(hashes)}})

    async def to_sweep(self, *, now: datetime) -> int:
        """Count what `sweep` removes now."""
        return int(await self._papers.count_documents(self._old(await unnamed_papers(self._database), now)))

    async def sweep(self, *, now: datetime) -> int:
        """Remove the papers that were of no report a day ago and are of none now; return how many.

        One that is found for the first time is marked, and stays: its report may be about to be written. Keeping it
        again takes the mark away, and only what has its mark still is removed.
        """
        unnamed = await unnamed_papers(self._database)
        removed = int((await self._papers.delete_many(self._old(unnamed, now))).deleted_count)
        fresh = {"_id": {"$in": unnamed}, "unnamed_since": {"$exists": False}}
        await self._papers.update_many(fresh, {"$set": {"unnamed_since": now}})
        return removed

    def _old(self, unnamed: Sequence[str], now: datetime) -> Document:
        return {"_id": {"$in": unnamed}, "unnamed_since": {"$lt": now - UNNAMED_FOR}}

    async def content(self, sha256: str) -> bytes | None:
        """Return the PDF of that hash. The caller has found the hash in a report that the viewer sees."""
        found = await self._papers.find_one({"_id": sha256})
        return bytes(found["content"]) if found else None

    async def keep_preview(self, viewer: Viewer, preview_id: str, plan: Plan, *, expires_at: datetime) -> None:
        """Keep a plan with a form that was not saved, for its viewer alone, until an instant.

        Of an account, the latest are kept: the form of an earlier one is on a screen, which makes another.
        """
        whose = {"viewer": viewer.key, "account": viewer.account}
        document = {"_id": preview_id, **whose, "plan": {**to_document(plan), "_id": plan.id}}
        await self._previews.insert_one({**document, "expires_at": expires_at})
        cursor = self._previews.find({"account": viewer.account}, {"_id": 1}).sort("expires_at", -1)
        if older := [each["_id"] async for each in cursor.skip(MOST_PREVIEWS).limit(MOST_PREVIEWS)]:
            await self._previews.delete_many({"_id": {"$in": older}})

    async def preview(self, viewer: Viewer, preview_id: str, *, now: datetime) -> Plan | None:
        """Return what is to be printed, or None when it is over or another's."""
        match = {"_id": preview_id, "viewer": viewer.key, "expires_at": {"$gt": now}}
        found = await self._previews.find_one(match)
        return from_document(found["plan"]) if found else None

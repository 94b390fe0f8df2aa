"""Restores a backup under a running service: beside what is there, then in its place.

All is written to collections of other names, checked, and only then put in the place of those that serve, one rename
after the other, by a list that is kept: a restore that was killed before that list changed nothing, after it the next
start, or the next restore, finishes it. Numbers of announcements go on above all that were told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bson import decode
from bson.codec_options import CodecOptions
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from pymongo import WriteConcern
from pymongo.errors import BulkWriteError, OperationFailure

from storage.announcements import AnnouncementLog
from storage.archives import COLLECTION, DOCUMENT, HEAD, BadArchive, read_archive
from storage.backup import RESTORING, collections_of
from storage.migrations import SHAPE
from storage.outages import passes

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

    from storage.archives import ArchivedDocument
    from storage.client import Database, Document

JUMP = 1_000_000
"""Between the highest number that is known to have been told and the next: elsewhere, more were told."""
_OPTIONS: CodecOptions[Document] = CodecOptions(tz_aware=True)
_BATCH_BYTES = 8_000_000
_BATCH = 1_000


async def restore(
    database: Database, source: IO[bytes], *, on_progress: Callable[[str, int], None] = lambda *_: None
) -> Document:
    """Put a backup in the place of what is kept; returns its head. BadArchive, and nothing was changed."""
    await finish_restore(database)
    await _drop_unfinished(database)
    try:
        head = await _write_beside(database, source, on_progress)
        await _number_above(database)
    except (BSONError, OperationFailure) as error:
        await _drop_unfinished(database)
        if isinstance(error, OperationFailure) and passes(error):
            raise
        raise BadArchive(f"the database does not take what stands in it ({type(error).__name__})") from None
    except BaseException:
        await _drop_unfinished(database)
        raise
    names = [each.removeprefix(RESTORING) for each in await _beside(database)]
    gone = [each for each in await collections_of(database) if each not in {*names, "restores"}]
    await database["restores"].insert_one({"_id": "swap", "names": names, "gone": gone})
    await finish_restore(database)
    return head


async def finish_restore(database: Database) -> bool:
    """Put in its place what a restore had written and checked; False where there is nothing to finish."""
    swap = await database["restores"].find_one({"_id": "swap"})
    if swap is None:
        return False
    there = set(await _beside(database))
    for name in swap["names"]:
        if RESTORING + name in there:
            await database[RESTORING + name].rename(name, dropTarget=True)
    for name in swap["gone"]:
        await database[name].drop()
    await database["restores"].drop()
    return True


async def _write_beside(database: Database, source: IO[bytes], on_progress: Callable[[str, int], None]) -> Document:
    head: Document = {}
    filling, number = _Filling(database), 0
    for record in read_archive(source):
        if record.kind == HEAD:
            head = decode(record.raw, _OPTIONS)
            _require_known(head)
        elif record.kind == COLLECTION:
            await filling.begin(decode(record.raw))
        elif record.kind == DOCUMENT:
            number += 1
            if await filling.add(record):
                on_progress(filling.name, number)
    await filling.flush()
    return head


class _Filling:
    """The collection that is being filled."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._collection: Any = None
        self._batch: list[RawBSONDocument] = []
        self._size = 0
        self.name = ""

    async def begin(self, told: Document) -> None:
        await self.flush()
        self.name = told["name"]
        if self.name.startswith(("system.", RESTORING)):
            raise BadArchive(f"it names a collection {self.name}")
        collection = await self._database.create_collection(RESTORING + self.name)
        if told["indexes"]:
            kept = [{name: each[name] for name in each if name not in {"v", "ns"}} for each in told["indexes"]]
            await self._database.command({"createIndexes": collection.name, "indexes": kept})
        self._collection = collection.with_options(write_concern=WriteConcern("majority"))

    async def add(self, record: ArchivedDocument) -> bool:
        """Add a document; True where a batch was written."""
        if self._collection is None:
            raise BadArchive("it has a document of no collection")
        self._batch.append(RawBSONDocument(record.raw))
        self._size += len(record.raw)
        if len(self._batch) < _BATCH and self._size < _BATCH_BYTES:
            return False
        await self.flush()
        return True

    async def flush(self) -> None:
        if self._batch:
            batch, self._batch, self._size = self._batch, [], 0
            try:
                await self._collection.insert_many(batch, ordered=False)
            except BulkWriteError as error:
                code = error.details["writeErrors"][0]["code"] if error.details["writeErrors"] else 0
                raise BadArchive(f"the database does not take a document of {self.name} (code {code})") from None


def _require_known(head: Document) -> None:
    if head["formatVersion"] != 1 or head["oldest"] > SHAPE:
        raise BadArchive(
            f"it is of a later release ({head.get('release')}): restore it with that one, or a later one"
        )


async def _number_above(database: Database) -> None:
    """Have the restored numbers go on above those of the backup and of what is about to be replaced."""
    log, marks = AnnouncementLog(database), database[RESTORING + "marks"]
    old = await database["marks"].find_one({"_id": "numbering"}) or {}
    restored = await marks.find_one({"_id": "numbering"}) or {}
    last = await database[RESTORING + "plans"].find_one({"sequence": {"$gt": 0}}, sort=[("sequence", -1)])
    head = int(last["sequence"]) if last else 0
    told = max(await log.head(), old.get("floor", 0), restored.get("floor", 0), head)
    jump = {"after": max(head, restored.get("floor", 0)), "upto": told + JUMP}
    change = {"$set": {"floor": told + JUMP}, "$push": {"jumps": jump}}
    await marks.update_one({"_id": "numbering"}, change, upsert=True)


async def _beside(database: Database) -> list[str]:
    return sorted(each for each in await database.list_collection_names() if each.startswith(RESTORING))


async def _drop_unfinished(database: Database) -> None:
    for name in await _beside(database):
        await database[name].drop()

"""Brings a database to the shape of this release: one process at a time, beside those that serve.

The shape of a database stands in it (`marks`, `_id: "shape"`): its number, and that of the oldest release that may
work on it. A migration goes through a collection in order of `_id`, notes how far it has come, and goes through again
for what the release before wrote behind its back. While that release goes on writing there is always something more:
the shape is then that of this release, which may serve, but not settled, until a migration that nobody writes beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pymongo import UpdateOne

from storage.data_directory import NoServer
from storage.lease import leased, renew
from storage.migrations import MIGRATIONS, SHAPE
from supervision.attempts import attempted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from storage.client import Database, Document
    from storage.migrations import Migration

BATCH = 500
PASSAGES = 3
"""Through a collection, at most: what the release before still writes is for the migration after its end."""
_ATTEMPTS = 20


class WrongShape(NoServer):
    """The database is of another release; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Shape:
    """That of a database: its number, 0 before the first release, and the oldest that may work on it.

    It is not settled while the release before may have left documents of its own shape.
    """

    number: int
    oldest: int
    settled: bool = True


async def shape_of(database: Database) -> Shape:
    """Return the shape of a database; one without any plan takes that of this release."""
    mark = await database["marks"].find_one({"_id": "shape"})
    if mark is None and await database["plans"].find_one({}, {"_id": 1}):
        return Shape(0, 0)
    if mark is None:
        mark = {"number": SHAPE, "oldest": MIGRATIONS[-1].oldest}
        await database["marks"].update_one({"_id": "shape"}, {"$setOnInsert": mark}, upsert=True)
    return Shape(mark["number"], mark["oldest"], mark.get("settled", True))


async def require_shape(database: Database) -> None:
    """Raise WrongShape where this release would not understand what it reads, or be understood."""
    shape = await shape_of(database)
    if shape.oldest > SHAPE:
        raise WrongShape(
            f"The database was written by a later release (its shape is {shape.number}, this release knows {SHAPE}): "
            "start that release, or restore a backup of before the upgrade."
        )
    if shape.number < SHAPE:
        raise WrongShape(
            f"The database is of an earlier release (its shape is {shape.number}, this release needs {SHAPE}): make "
            "a backup, then run `migrate`, beside the earlier release if it serves; `migrate --dry-run` counts first."
        )


def waiting(shape: Shape, migrations: Sequence[Migration] = MIGRATIONS) -> list[Migration]:
    """Return what is still to be done, in order: the last one again where it is not settled."""
    done = shape.number if shape.settled else shape.number - 1
    return [each for each in migrations if each.to > done]


async def would_change(
    database: Database, migration: Migration, on_unreadable: Callable[[str, Exception], None] = lambda *_: None
) -> int:
    """Count the documents that a migration would change; nothing is written."""
    number = 0
    async for document in database[migration.collection].find():
        number += _change(migration, document, on_unreadable) is not None
    return number


async def migrate(
    database: Database,
    migration: Migration,
    *,
    on_progress: Callable[[int, int], None] = lambda *_: None,
    on_unreadable: Callable[[str, Exception], None] = lambda *_: None,
) -> int:
    """Do a migration, from where it was left; returns how many documents it changed.

    Raises AnotherMigrates where another process does it.

    `on_progress` is told of each batch: how many it read, and how many were changed in this passage.
    """
    async with leased(database) as holder:
        left = await database["marks"].find_one({"_id": "migration", "to": migration.to})
        last, total, settled = left.get("last") if left else None, 0, False
        for _ in range(PASSAGES):
            whole, changed = last is None, 0
            while batch := await _batch(database, migration, last):
                changed += await _apply(database, migration, batch, on_unreadable)
                last = batch[-1]["_id"]
                await renew(database, holder, {"to": migration.to, "last": last})
                on_progress(len(batch), changed)
            total, last = total + changed, None
            await renew(database, holder, {"to": migration.to, "last": None})
            if settled := whole and not changed:
                break
        shape = {"number": migration.to, "oldest": migration.oldest, "settled": settled}
        await database["marks"].update_one({"_id": "shape"}, {"$set": shape}, upsert=True)
    return total


async def _batch(database: Database, migration: Migration, last: str | None) -> list[Document]:
    after = {} if last is None else {"_id": {"$gt": last}}
    return [each async for each in database[migration.collection].find(after).sort("_id", 1).limit(BATCH)]


async def _apply(
    database: Database, migration: Migration, batch: list[Document], on_unreadable: Callable[[str, Exception], None]
) -> int:
    """Change a batch; what somebody changed meanwhile is read again."""
    collection, number = database[migration.collection], 0
    for _ in range(_ATTEMPTS):
        changes = {each["_id"]: _change(migration, each, on_unreadable) for each in batch}
        writes = [
            UpdateOne({"_id": each["_id"], "revision": each.get("revision")}, change)
            for each in batch
            if (change := changes[each["_id"]])
        ]
        if not writes:
            break
        result = await collection.bulk_write(writes, ordered=False)
        number += result.modified_count
        if result.matched_count == len(writes):
            break
        batch = [each async for each in collection.find({"_id": {"$in": list(changes)}})]
    return number


def _change(
    migration: Migration, document: Document, on_unreadable: Callable[[str, Exception], None]
) -> Document | None:
    kept = dict(document)
    changed = attempted(partial(migration.changed, kept), partial(on_unreadable, str(document["_id"])))
    if changed is None:
        return None
    told, gone = changed
    return (
        {"$inc": {"revision": 1}}
        | ({"$set": told} if told else {})
        | ({"$unset": dict.fromkeys(gone, "")} if gone else {})
    )

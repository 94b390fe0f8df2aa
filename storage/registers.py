"""Registers that feeds bring whole or in part: documents by id, written only where they differ."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from pymongo import ReplaceOne

from domain.loading import Written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.values import Value
    from storage.client import Collection


async def differing(collection: Collection, told: Mapping[str, Value]) -> set[str]:
    """Name those of a batch that are kept otherwise."""
    cursor = collection.find({"_id": {"$in": list(told)}}, {"digest": 1})
    return {document["_id"] async for document in cursor if document["digest"] != _digest(told[document["_id"]])}


async def register(collection: Collection, told: Mapping[str, Value]) -> Written:
    """Write a batch by id; the same again changes nothing, and of two concurrent loads the later one counts."""
    digests = {key: _digest(value) for key, value in told.items()}
    cursor = collection.find({"_id": {"$in": list(told)}}, {"digest": 1})
    known = {document["_id"]: document["digest"] async for document in cursor}
    writes = [
        ReplaceOne({"_id": key}, {**value.model_dump(), "_id": key, "digest": digests[key]}, upsert=True)
        for key, value in told.items()
        if known.get(key) != digests[key]
    ]
    if writes:
        await collection.bulk_write(writes, ordered=False)
    added = len(told) - len(known)
    return Written(added=added, changed=len(writes) - added, unchanged=len(told) - len(writes))


def _digest(value: Value) -> str:
    return blake2b(value.model_dump_json().encode(), digest_size=16).hexdigest()

"""Databases of tests: making one takes seventy indexes, emptying one a few commands, so they are lent again."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from service.composition import prepare
from storage.client import close_database, open_database
from storage.installation import identifier_key
from tests import DRIVER

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from types import TracebackType
    from typing import Any, Self

    from storage.client import Collection, Database, Document

IDENTIFIERS = b"of the identifiers in all tests."
TURN = 3
"""So many are lent in turn: what a test's last moments still write is there before the next but one looks."""
EMPTIED = 500
"""Of more documents, a database is dropped: their keys are taken out of each index one by one."""
DROPPED_AT_ONCE = 10


class State(NamedTuple):
    """What a test must find: the documents of each collection, their hash, and the indexes."""

    documents: dict[str, list[Document]]
    hashes: dict[str, str]
    indexes: dict[str, MutableMapping[str, Any]]


class Databases:
    """Those of one server. A test's own has its indexes and packaged lists, and nothing else."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._server = open_database(url, "test", driver=DRIVER).client
        self._resting: deque[str] = deque()
        self._as_made: dict[str, State] = {}
        self._to_drop: list[str] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._to_drop += self._as_made
        await self._drop()
        await close_database(self._server["test"])

    async def lend(self) -> str:
        """Return the name of one that is as it was made."""
        if len(self._resting) >= TURN:
            return self._resting.popleft()
        name = f"test-{uuid4().hex[:12]}"
        database = self._server[name]
        await identifier_key(database, IDENTIFIERS)
        await prepare(database)
        self._as_made[name] = await _state_of(database)
        return name

    async def take_back(self, name: str) -> None:
        """Empty one, and keep it for another test; what a test made different otherwise is dropped."""
        if await self._is_emptied(self._server[name], self._as_made[name]):
            self._resting.append(name)
            return
        del self._as_made[name]
        self._to_drop.append(name)
        if len(self._to_drop) >= DROPPED_AT_ONCE:
            await self._drop()

    async def _is_emptied(self, database: Database, made: State) -> bool:
        names = await database.list_collection_names()
        await asyncio.gather(*(database.drop_collection(name) for name in names if name not in made.hashes))
        now = (await database.command("dbHash"))["collections"]
        changed = [name for name, was in made.hashes.items() if now.get(name) != was]
        counts = await asyncio.gather(*(database[name].estimated_document_count() for name in changed))
        if sum(counts) > EMPTIED:
            return False
        await asyncio.gather(*(_write_again(database[name], made.documents[name]) for name in changed))
        await database.command({"planCacheClear": "plans"})
        return await _state_of(database) == made

    async def _drop(self) -> None:
        await asyncio.gather(*(self._server.drop_database(name) for name in self._to_drop))
        self._to_drop.clear()


async def _write_again(collection: Collection, documents: list[Document]) -> None:
    await collection.delete_many({})
    if documents:
        await collection.insert_many(documents)


async def _state_of(database: Database) -> State:
    hashes: dict[str, str] = (await database.command("dbHash"))["collections"]
    documents = await asyncio.gather(*(database[name].find().to_list(None) for name in hashes))
    indexes = await asyncio.gather(*(database[name].index_information() for name in hashes))
    return State(dict(zip(hashes, documents, strict=True)), hashes, dict(zip(hashes, indexes, strict=True)))

"""The audit trail: entries are added, found again, and go when they are old; none is ever changed.

An act is written before its author is answered. What was read is written within a second, many at once: a process
that is killed loses that second at most, one that stops loses nothing. What cannot be written waits; when ten
thousand documents wait, nothing more can be read.

A document is one entry; where one event was told to many accounts, it is the entries of at most a hundred of them:
`account`, `address` and `agent` are then lists, of which the same places belong together.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import filterfalse
from typing import TYPE_CHECKING

from bson import encode
from bson.errors import BSONError
from pymongo import ASCENDING, IndexModel
from pymongo.errors import BulkWriteError, OperationFailure, PyMongoError

from domain.access import Role
from domain.trail import DONE, Deed, Origin, Seen, TrailEntry
from storage.client import aggregate
from storage.entries import OF_READER, entries_of, entry_document
from storage.repeats import Repeats
from storage.together import Together
from supervision.attempts import attempted
from supervision.loops import Finished, Loops

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from datetime import datetime, timedelta

    from storage.client import Database, Document

ROOM = 10_000
READERS = 100
_DELAY_SECONDS = 0.5
_LAST_ATTEMPTS = 5
_DUPLICATE = 11000
_NOT_BSON = (BSONError, ValueError, TypeError, OverflowError)
_OTHER_OPTIONS = 85
_EXPIRY = "expiry"


class TrailFull(Exception):  # noqa: N818 - what is the case
    """Too many entries wait to be written: nothing is read or done that would leave no trail."""


class Telling:
    """An event of one plan, and to whom it was told since the trail was last written, `at` the earliest."""

    __slots__ = ("at", "readers", "role", "told")

    def __init__(self, told: Seen, role: str, at: datetime) -> None:
        self.told = told
        self.role = role
        self.at = at
        self.readers: list[tuple[str, Origin]] = []

    def documents(self) -> Iterator[Document]:
        """Give the entries, many in a document."""
        for start in range(0, len(self.readers), READERS):
            readers = self.readers[start : start + READERS]
            account, origin = readers[0]
            entry = TrailEntry(self.at, account, self.role, Deed.EVENT, DONE, (self.told,), origin)
            document = entry_document(entry)
            if len(readers) > 1:
                places = ((account, origin.address, origin.short_agent) for account, origin in readers)
                document |= zip(OF_READER, map(list, zip(*places, strict=True)), strict=True)
            yield document


class Trail:
    """One a process. `on_error` is told why entries could not be written, and how many wait."""

    def __init__(self, database: Database, *, on_error: Callable[[str, int], None] = lambda *_: None) -> None:
        self._database = database
        self._entries = database["trail"]
        self._on_error = on_error
        self._waiting: list[Document] = []
        self._tellings: dict[int, Telling] = {}
        self._some = asyncio.Event()
        self._stopping = asyncio.Event()
        self._attempts = 0
        self._repeats = Repeats()
        self._acts: Together[list[Document], None] = Together(self._insert_together)

    async def keep_for(self, age: timedelta) -> None:
        """Make the indexes; entries older than `age` are removed by the database."""
        seconds = int(age.total_seconds())
        await self._entries.create_indexes(
            [
                IndexModel([("seen.person", ASCENDING), ("at", ASCENDING)], name="person"),
                IndexModel([("account", ASCENDING), ("at", ASCENDING)], name="account"),
            ]
        )
        expiry = IndexModel([("at", ASCENDING)], name=_EXPIRY, expireAfterSeconds=seconds)
        try:
            await self._entries.create_indexes([expiry])
        except OperationFailure as error:
            if error.code != _OTHER_OPTIONS:
                raise
            index = {"name": _EXPIRY, "expireAfterSeconds": seconds}
            await self._database.command("collMod", "trail", index=index)

    @asynccontextmanager
    async def running(self, loops: Loops | None = None) -> AsyncIterator[None]:
        """Write what waits, until the block is left and all is written."""
        async with (loops or Loops()).running("trail", self._turn) as writing:
            try:
                yield
            finally:
                self._stopping.set()
                self._some.set()
                await asyncio.wait([writing])

    @property
    def waiting(self) -> int:
        """How many entries are still to be written."""
        return len(self._waiting) + sum(len(telling.readers) for telling in self._tellings.values())

    def telling(self, told: Seen, role: Role, clock: Callable[[], datetime]) -> Telling | None:
        """Return the collector of accounts that an event is told to: one for each `told`, until the next writing.

        `told` is of one role, as the hub makes it. None when too many wait already.
        """
        telling = self._tellings.get(id(told))
        if telling is None:
            if not self._has_room(1):
                return None
            telling = self._tellings[id(told)] = Telling(told, role.value, clock())
            self._some.set()
        return telling

    def note(self, entries: Sequence[TrailEntry]) -> None:
        """Have entries written within a second; TrailFull when too many wait already."""
        if not self._has_room(len(entries)):
            raise TrailFull
        self._waiting += [entry_document(entry) for entry in entries]
        self._some.set()

    def note_once(self, entry: TrailEntry) -> None:
        """Have the part of an entry written that was not told a moment ago."""
        if not self._has_room(1):
            raise TrailFull
        self.note([*self._repeats.fresh([entry])])

    async def write(self, entries: Sequence[TrailEntry]) -> None:
        """Write entries now, equal ones about nobody once.

        Those that the database does not take wait with the others.
        """
        told = [*filter(_of_somebody, entries), *Repeats().fresh(filterfalse(_of_somebody, entries))]
        await self._acts.of([entry_document(each) for each in told])

    async def must_write(self, entries: Sequence[TrailEntry]) -> None:
        """Write entries, or raise what the database raised: for what is not to be done without a trail."""
        await self._entries.insert_many([entry_document(entry) for entry in entries])

    async def of_person(self, identifier: str, start: datetime, end: datetime) -> AsyncIterator[TrailEntry]:
        """Give what concerns a person between two instants, in order of time; nobody else's identifiers."""
        match = {"seen.person": identifier, "at": {"$gte": start, "$lt": end}}
        async for document in self._entries.find(match).sort("at", ASCENDING):
            own = [each for each in document["seen"] if each["person"] == identifier]
            for entry in entries_of({**document, "seen": own}):
                yield entry

    async def accounts(self) -> AsyncIterator[str]:
        """Give every account that has done or read something."""
        each: list[Document] = [{"$unwind": "$account"}, {"$group": {"_id": "$account"}}]
        async for document in await aggregate(self._entries, each):
            yield document["_id"]

    def of_account(self, subject: str, start: datetime, end: datetime) -> AsyncIterator[TrailEntry]:
        """Give what an account did from an instant on and before another, in order of time."""
        return self.of_accounts([f"{role.value.lower()}:{subject}" for role in Role], start, end)

    async def of_accounts(self, accounts: Sequence[str], start: datetime, end: datetime) -> AsyncIterator[TrailEntry]:
        """Give the same of several, each with its role before it."""
        match = {"account": {"$in": list(accounts)}, "at": {"$gte": start, "$lt": end}}
        async for document in self._entries.find(match).sort("at", ASCENDING):
            for entry in entries_of(document):
                if entry.account in accounts:
                    yield entry

    async def _turn(self) -> bool:
        await self._some.wait()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), _DELAY_SECONDS)
        if self._stopping.is_set():
            if not self.waiting or self._attempts == _LAST_ATTEMPTS:
                raise Finished
            self._attempts += 1
        return await self._flush()

    async def _flush(self) -> bool:
        told = [document for telling in self._tellings.values() for document in telling.documents()]
        batch, self._waiting, self._tellings = [*self._waiting, *told], [], {}
        if not self._stopping.is_set():
            self._some.clear()
        left = batch
        try:
            left = await self._insert(batch)
        finally:
            if left:
                self._waiting = left + self._waiting
                self._some.set()
        return not left

    async def _insert_together(self, acts: list[list[Document]]) -> list[None]:
        """Insert acts, whether their authors still wait or not; what is not taken waits with the others."""
        if left := await self._insert([document for act in acts for document in act]):
            self._waiting += left
            self._some.set()
        return [None] * len(acts)

    def _has_room(self, documents: int) -> bool:
        return len(self._waiting) + len(self._tellings) + documents <= ROOM

    async def _insert(self, documents: list[Document]) -> list[Document]:
        """Insert the documents that are not there yet, found by their `_id`; return those that were not taken."""
        if not documents:
            return []
        try:
            await self._entries.insert_many(documents, ordered=False)
        except _NOT_BSON:
            return [document for document in documents if self._writable(document)]
        except BulkWriteError as error:
            refused = [each["index"] for each in error.details["writeErrors"] if each["code"] != _DUPLICATE]
            if not refused and not error.details.get("writeConcernErrors"):
                return []
            self._on_error(type(error).__name__, len(refused) or len(documents))
            return [documents[index] for index in refused] or documents
        except PyMongoError as error:
            self._on_error(type(error).__name__, len(documents))
            return documents
        return []

    def _writable(self, document: Document) -> bool:
        """Whether the driver can write an entry at all: one that it cannot is told and gone, and the others stay."""
        return attempted(partial(encode, document), lambda fault: self._on_error(type(fault).__name__, 1)) is not None


def _of_somebody(entry: TrailEntry) -> bool:
    return bool(entry.seen)

"""Tells the subscribers of this process what was announced: one change stream for all of them, by key.

The stream only wakes; what is told is read from the log by number. So a stream that is lost, or that the oplog
no longer reaches, costs nothing but a little time.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from pymongo.errors import PyMongoError

from domain.access import Role
from domain.errors import TooSlow
from storage.client import watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from domain.access import Viewer
    from domain.plan import Plan
    from storage.announcements import Announcement, AnnouncementLog
    from storage.client import Database, Document

_NUMBERED: list[Document] = [
    {"$match": {"operationType": "update", "updateDescription.updatedFields.sequence": {"$exists": True}}},
    {"$project": {"_id": 1}},
]
_BATCH = 100


class Subscriber:
    """What waits to be told to one viewer, at most `room` announcements."""

    def __init__(self, room: int) -> None:
        self._waiting: asyncio.Queue[Announcement] = asyncio.Queue(room)
        self._cut = False

    def tell(self, announcement: Announcement) -> None:
        """Add an announcement; a subscriber without room is cut, the others go on."""
        try:
            self._waiting.put_nowait(announcement)
        except asyncio.QueueFull:
            self._cut = True

    async def next(self) -> Announcement:
        """Wait for the next announcement; TooSlow once the subscriber was cut and has taken what it had."""
        if self._cut and self._waiting.empty():
            raise TooSlow
        return await self._waiting.get()


class Hub:
    """Follows the log from the moment it is started; one a process."""

    def __init__(
        self,
        database: Database,
        log: AnnouncementLog,
        *,
        on_error: Callable[[PyMongoError], None] = lambda _: None,
        pause_seconds: float = 2.0,
        room: int = 1_000,
    ) -> None:
        self._plans = database["plans"]
        self._log = log
        self._on_error = on_error
        self._pause = pause_seconds
        self._room = room
        self._told = 0
        self._pulling = asyncio.Lock()
        self._subscribers: dict[tuple[Role, str], set[Subscriber]] = defaultdict(set)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow the log until the block is left."""
        self._told = await self._log.head()
        tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._sweep())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    @asynccontextmanager
    async def subscribed(self, viewer: Viewer) -> AsyncIterator[Subscriber]:
        """Be told, from now until the block is left, what concerns a viewer."""
        subscriber, key = Subscriber(self._room), (viewer.role, viewer.key)
        self._subscribers[key].add(subscriber)
        try:
            yield subscriber
        finally:
            self._subscribers[key].discard(subscriber)
            if not self._subscribers[key]:
                del self._subscribers[key]

    async def pull(self) -> None:
        """Read what was announced since the last time and tell those concerned, in order."""
        async with self._pulling:
            while announced := await self._log.since(self._told, _BATCH):
                for number, plan in announced:
                    for key in _keys(plan):
                        for subscriber in self._subscribers.get(key, ()):
                            subscriber.tell((number, plan))
                    self._told = number

    async def _listen(self) -> None:
        while True:
            try:
                async with watch(self._plans, _NUMBERED) as stream:
                    await stream.try_next()
                    await self.pull()
                    async for _ in stream:
                        await self.pull()
            except PyMongoError as error:
                self._on_error(error)
                await asyncio.sleep(self._pause)

    async def _sweep(self) -> None:
        """Announce for writers that died in between, and catch up where the stream said nothing."""
        while True:
            await asyncio.sleep(self._pause)
            try:
                await self._log.announce_waiting()
                await self.pull()
            except PyMongoError as error:
                self._on_error(error)


def _keys(plan: Plan) -> list[tuple[Role, str]]:
    keys = [
        (Role.TRAINING_ORGANIZATION, plan.organization.siret),
        (Role.JOB_SEEKER, plan.job_seeker.identifier),
    ]
    return [*keys, (Role.ADVISER, plan.adviser.id)] if plan.adviser else keys

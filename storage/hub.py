"""Tells the subscribers of this process what was announced: one change stream for all of them, by key.

The stream only wakes; what is told is read from the log by number. So a stream that is lost, or that the oplog
no longer reaches, costs nothing but a little time.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from domain.access import concerned, seen_as
from domain.errors import TooSlow
from domain.trail import Seen
from storage.client import watch
from storage.outages import outage_told
from supervision.attempts import attempted
from supervision.loops import Loops

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from domain.access import Role, Viewer
    from domain.plan import Plan
    from storage.announcements import AnnouncementLog
    from storage.client import Database, Document
    from storage.renumbering import NumberedReport

_NUMBERED: list[Document] = [
    {"$match": {"operationType": "update", "updateDescription.updatedFields.sequence": {"$exists": True}}},
    {"$project": {"_id": 1}},
]
_BATCH = 100
_AT_ONCE = 100


class Told(NamedTuple):
    """An announcement as those of one role are told it: all of them the very same."""

    number: int
    plan: Plan
    seen: Seen


class Subscriber:
    """What waits to be told to one viewer, at most `room` announcements; nothing but itself while it is idle."""

    __slots__ = ("_cut", "_room", "_waiter", "_waiting", "take")

    def __init__(self, room: int) -> None:
        self.take: Callable[[Told], bool] | None = None
        """Offered each announcement that comes while a task waits for it.

        It returns whether it took the announcement.
        """
        self._room = room
        self._waiting: list[Told] | None = None
        self._waiter: asyncio.Future[Told] | None = None
        self._cut = False

    def tell(self, announcement: Told) -> None:
        """Hand over an announcement, or add it; a subscriber without room is cut for good, the others go on."""
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            if not self._takes(announcement):
                waiter.set_result(announcement)
        elif self._cut or len(self._waiting or ()) == self._room:
            self._cut = True
        else:
            self._waiting = self._waiting or []
            self._waiting.append(announcement)

    def _takes(self, announcement: Told) -> bool:
        """Offer it.

        If that fails, the announcement is handed to the task that waits, where the fault is raised and told.
        """
        take = self.take
        return take is not None and bool(attempted(lambda: take(announcement), lambda _: None))

    def next(self) -> asyncio.Future[Told]:
        """Wait for the next announcement; TooSlow once the subscriber was cut and has taken what it had."""
        waiter: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        if self._waiting:
            waiter.set_result(self._waiting.pop(0))
        elif self._cut:
            waiter.set_exception(TooSlow())
        else:
            self._waiter = waiter
        return waiter


class Hub:
    """Follows the log from the moment it is started; one a process."""

    def __init__(
        self,
        database: Database,
        log: AnnouncementLog,
        *,
        pause_seconds: float = 2.0,
        room: int = 1_000,
        on_announced: Callable[[], None] = lambda: None,
    ) -> None:
        self._plans = database["plans"]
        self._log = log
        self._pause = pause_seconds
        self._room = room
        self.on_announced = on_announced
        self._told = 0
        self._last: NumberedReport | None = None
        """The report that was announced last. After a restore another report may have its number."""
        self._since: datetime | None = None
        """The latest instant at which anything that was told was transmitted."""
        self._pulling = asyncio.Lock()
        self._subscribers: dict[tuple[Role, str], dict[Subscriber, None]] = defaultdict(dict)

    @property
    def subscribers(self) -> int:
        """How many follow, in this process."""
        return sum(len(subscribers) for subscribers in self._subscribers.values())

    @asynccontextmanager
    async def running(self, loops: Loops | None = None) -> AsyncIterator[None]:
        """Follow the log until the block is left."""
        loops = loops or Loops()
        self._told = await self._log.head()
        await self._remember()
        async with loops.running("announcements", self._listen), loops.running("sweep", self._sweep):
            yield

    @asynccontextmanager
    async def subscribed(self, viewer: Viewer) -> AsyncIterator[Subscriber]:
        """Be told, from now until the block is left, what concerns a viewer."""
        subscriber, key = Subscriber(self._room), (viewer.role, viewer.key)
        self._subscribers[key][subscriber] = None
        try:
            yield subscriber
        finally:
            self._subscribers[key].pop(subscriber, None)
            if not self._subscribers[key]:
                del self._subscribers[key]

    async def pull(self) -> None:
        """Read what was announced since the last time and tell those concerned, in order."""
        async with self._pulling:
            await self._notice_a_restore()
            while (batch := await self._log.batch(self._told, _BATCH)).upto > self._told:
                for number, plan in batch.announced:
                    await self._tell(number, plan)
                    self._told = number
                    instant = plan.report.transmitted_at if plan.report else None
                    self._since = max(filter(None, (self._since, instant)), default=None)
                self._told = batch.upto
                await self._remember()
                self.on_announced()
            if batch.upto < self._told:
                await self._log.number_above(self._told)

    async def _remember(self) -> None:
        """Keep what was told last, by which a restore is noticed."""
        self._last = await self._log.told(self._told)
        if self._last:
            instant = self._last.transmitted_at
            self._since = max(self._since or instant, instant)

    async def _notice_a_restore(self) -> None:
        """Check that the report announced last still has its number, before later ones are read."""
        last, since = self._last, self._since
        if last is not None and since is not None and await self._log.told(self._told) != last:
            await self._log.resume_above(self._told, since)

    async def _tell(self, number: int, plan: Plan) -> None:
        """Tell all subscribers of a role the very same plan, as their role may see it.

        They are told in groups, and other tasks run between two groups. The answer that the first group makes of the
        plan is kept for the next ones.
        """
        tellings = attempted(partial(self._tellings, number, plan), partial(self._log.pass_over, plan.id))
        for announcement, subscribers in tellings or ():
            for rank, subscriber in enumerate(subscribers):
                subscriber.tell(announcement)
                if rank % _AT_ONCE == 0:
                    await asyncio.sleep(0)

    def _tellings(self, number: int, plan: Plan) -> list[tuple[Told, tuple[Subscriber, ...]]]:
        tellings = []
        for role, key in concerned(plan):
            if subscribers := self._subscribers.get((role, key)):
                shown = seen_as(role, plan)
                tellings.append((Told(number, shown, Seen.of(shown)), tuple(subscribers)))
        return tellings

    async def _listen(self) -> None:
        with outage_told():
            async with await watch(self._plans, _NUMBERED) as stream:
                await stream.try_next()
                await self.pull()
                async for _ in stream:
                    await self.pull()

    async def _sweep(self) -> None:
        """Announce for writers that died in between, and catch up where the stream said nothing."""
        await asyncio.sleep(self._pause)
        await self._log.announce_waiting()
        await self.pull()

"""What one operation reads and does, settled in one place: the quota, then the trail, then the answer."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from domain.errors import Refused, TooMuchRead
from domain.trail import DONE, FAILED, RATE_LIMITED, UNKNOWN, Deed, Origin, Seen, TrailEntry
from resolvers.spending import Spending
from resolvers.watched_visit import Act, WatchedVisit
from storage.asking import asking, present_asker
from storage.processor_time import Worked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime

    from domain.access import Viewer
    from resolvers.services import Services
    from resolvers.unknown import UnknownActs
    from storage.asking import Asker
    from storage.fetches import FetchLog
    from storage.quota import PersonQuota
    from storage.trail import Trail

T = TypeVar("T")
_LONGEST_QUESTION = 10.0
"""Seconds, of one question beside GraphQL, whose operations have their own time."""


def asking_for(account: str) -> AbstractContextManager[Asker]:
    """Ask the database in the block for an account, each question in its time and all in the account's share."""
    return asking(account, _LONGEST_QUESTION, each=True)


@contextmanager
def acting(services: Services, deed: Deed) -> Iterator[Act]:
    """Note an act with its outcome, whatever it is; its plan is for the block to tell."""
    act = Act(deed)
    if services.visit is not None:
        services.visit.acts = [*(services.visit.acts or ()), act]
    try:
        yield act
    except Refused as refused:
        act.outcome = refused.refusals[0].code.value
        raise
    except BaseException:
        act.outcome = UNKNOWN if act.writing else FAILED
        raise


class Watch:
    """Begins visits and settles them. `clock` gives the present instant, UTC."""

    def __init__(
        self,
        trail: Trail,
        quota: PersonQuota,
        fetches: FetchLog,
        clock: Callable[[], datetime],
        unknown: UnknownActs | None = None,
        spending: Spending | None = None,
    ) -> None:
        self.spending = spending or Spending.unbounded()
        self._trail = trail
        self._unknown = unknown
        self._quota = quota
        self._fetches = fetches
        self._clock = clock

    def begin(self, services: Services, viewer: Viewer, origin: Origin) -> Services:
        """Return the services for one operation, in which everything that is read and done is noted."""
        visit = WatchedVisit(viewer, origin, partial(self.spending.add, viewer.account))
        return replace(services, plans=services.plans.noted_by(visit.saw), visit=visit)

    async def working_for(self, account: str, work: Callable[[], Awaitable[T]]) -> T:
        """Await what is done for an account beside GraphQL, and count it; TooMuchAsked, before it is begun."""
        self.spending.require(account)
        with asking_for(account) as asker:
            try:
                done: T = await Worked(work(), asker)
                return done
            finally:
                self.spending.add(account, asker.taken())

    def sent(self, account: str, size: int) -> None:
        """Count what an account is sent beside GraphQL, and what was worked for it since the last time."""
        asker = present_asker()
        self.spending.add(account, asker.taken() if asker else 0, size)

    def settle_at_once(self, visit: WatchedVisit) -> bool:
        """Settle an event without waiting, if its person was counted for the account already.

        False where `settle` has to be awaited.
        """
        told, viewer = visit.told, visit.viewer
        if told is None or not visit.only_told:
            return False
        telling = self._trail.telling(told, viewer.role, self._clock)
        if telling is None or not self._quota.has_counted(viewer.account, told.person, telling.at):
            return False
        telling.readers.append((viewer.account, visit.origin))
        visit.told = None
        return True

    async def settle(self, visit: WatchedVisit, deed: Deed = Deed.READ) -> None:
        """Count and write down what the visit saw and did, before it is shown; TooMuchRead when it is not to be.

        A person about whom the viewer has just written does not count as read: an organization's program may transmit
        thousands of reports in an hour. An act that changed nothing counts as reading.
        """
        if visit.told and visit.only_told:
            await self._quota.spend(visit.viewer.account, {visit.told.person}, self._clock())
            if self.settle_at_once(visit):
                return
        seen, acts = visit.taken()
        if not seen and not acts:
            return
        now = self._clock()
        if acts:
            await self._trail.write(self._entries(visit, acts, now))
            written = {Seen.of(act.plan).person for act in acts if act.plan and act.wrote}
            seen = {each for each in seen if each.person not in written}
        persons = {each.person for each in seen}
        wait = await self._quota.spend(visit.viewer.account, persons, now) if persons else 0
        if seen:
            outcome = RATE_LIMITED if wait else DONE
            shown = () if wait else tuple(sorted(seen, key=lambda each: (each.person, each.plan or "")))
            self._trail.note_once(_entry(visit, deed, outcome, shown, now))
        if wait:
            raise TooMuchRead(wait)
        if visit.fetched:
            self._fetches.note(visit.viewer.role, visit.fetched, now)
            visit.fetched = None

    async def foresee(self, visit: WatchedVisit, persons: int) -> None:
        """Raise TooMuchRead where so many persons cannot be shown within the hour, before any is."""
        now = self._clock()
        if wait := await self._quota.lacks(visit.viewer.account, persons, now):
            self._trail.note_once(_entry(visit, Deed.EXPORT, RATE_LIMITED, (), now))
            raise TooMuchRead(wait, "demandez moins à la fois (une période, une recherche) ou réessayez plus tard")

    def abandon(self, visit: WatchedVisit) -> None:
        """Write down, without waiting, what was done by an operation that was cut short: nothing was shown."""
        _, acts = visit.taken()
        if acts:
            self._trail.note(self._entries(visit, acts, self._clock()))

    def _entries(self, visit: WatchedVisit, acts: list[Act], now: datetime) -> list[TrailEntry]:
        entries = _acts(visit, acts, now)
        for act, entry in zip(acts, entries, strict=True):
            if self._unknown and entry.outcome == UNKNOWN and act.plan and act.writing:
                self._unknown.add(entry, visit.viewer, act.plan, act.writing)
        return entries


def _acts(visit: WatchedVisit, acts: list[Act], now: datetime) -> list[TrailEntry]:
    return [_entry(visit, act.deed, act.outcome, (Seen.of(act.plan),) if act.plan else (), now) for act in acts]


def _entry(visit: WatchedVisit, deed: Deed, outcome: str, seen: tuple[Seen, ...], now: datetime) -> TrailEntry:
    viewer = visit.viewer
    return TrailEntry(now, viewer.account, viewer.role.value, deed, outcome, seen, visit.origin)

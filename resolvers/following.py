"""Following what is announced: first what was missed, then what comes, in order, none missing and none twice."""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from domain.access import Role, notified, sees
from domain.trail import Seen
from supervision.attempts import attempted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from domain.access import Viewer
    from domain.plan import Plan
    from resolvers.services import Services
    from storage.hub import Told

_BATCH = 100


class Shortcut:
    """Lets a follower take an announcement at once, without waking the task that waits for it."""

    __slots__ = ("take",)

    def __init__(self) -> None:
        self.take: Callable[[int, Plan], bool] | None = None
        """Takes an announcement and its plan, and says whether it dealt with them. If it did not, they are yielded.
        """


def report_transmitted(
    services: Services, viewer: Viewer, after: int | None, session_id: str | None, shortcut: Shortcut | None = None
) -> AsyncGenerator[tuple[int, Plan], None]:
    """Follow the announcements that the viewer may see, each with its number.

    The hub gives all viewers of a role the very same plan.
    """

    def shown(plan: Plan) -> bool:
        return sees(viewer, plan) and _wanted(plan, session_id)

    return _followed(services, viewer, after, shown, shortcut)


async def transmissions(
    services: Services, viewer: Viewer, after: int | None
) -> AsyncGenerator[tuple[int, Plan, str], None]:
    """Yield each announcement with its number and its recipients, for a program that notifies them.

    Nothing is counted as read: nothing of a person is told but the identifier by which they are known to it.
    """

    def shown(plan: Plan) -> bool:
        return notified(viewer, plan) is not None

    async with aclosing(_followed(services, viewer, after, shown, None)) as announced:
        async for number, plan in announced:
            if recipient := notified(viewer, plan):
                yield number, plan, recipient


async def _followed(
    services: Services, viewer: Viewer, after: int | None, shown: Callable[[Plan], bool], shortcut: Shortcut | None
) -> AsyncGenerator[tuple[int, Plan], None]:
    """Follow from before the past is read, so that nothing falls in between."""
    async with services.hub.subscribed(viewer) as subscriber:
        number = await _from(services, after)
        while missed := await services.log.since_for(viewer, number, _BATCH):
            for number, plan in missed:
                seen = attempted(partial(Seen.of, plan), partial(services.log.pass_over, plan.id))
                if seen and shown(plan):
                    _note(services, viewer, seen)
                    yield number, plan

        def take(told: Told) -> bool:
            nonlocal number
            if told.number <= number or not shown(told.plan):
                return True
            if shortcut is None or shortcut.take is None:
                return False
            _note(services, viewer, told.seen)
            if not shortcut.take(told.number, told.plan):
                return False
            number = told.number
            return True

        subscriber.take = take
        while True:
            announced, plan, told = await subscriber.next()
            if announced > number and shown(plan):
                number = announced
                _note(services, viewer, told)
                yield number, plan


async def _from(services: Services, after: int | None) -> int:
    """Return the number after which is told: that of the cursor, else the last that was given."""
    if after is None:
        return await services.log.head()
    await services.log.heed(after)
    return after


async def latest(services: Services) -> int:
    """Return the last number given, 0 before the first."""
    return await services.log.head()


def _note(services: Services, viewer: Viewer, told: Seen) -> None:
    if services.visit is not None and viewer.role is not Role.NOTIFIER:
        services.visit.told = told


def _wanted(plan: Plan, session_id: str | None) -> bool:
    return session_id is None or plan.session_key == session_id

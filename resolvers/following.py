"""Following what is announced: first what was missed, then what comes, in order, none missing and none twice."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from domain.access import sees
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
    """Where whoever follows may say how an announcement is dealt with at once, without waking who waits for it."""

    __slots__ = ("take",)

    def __init__(self) -> None:
        self.take: Callable[[int, Plan], bool] | None = None
        """Told of an announcement and its plan; says whether it has dealt with it: if not, it is yielded."""


async def report_transmitted(
    services: Services, viewer: Viewer, after: int | None, session_id: str | None, shortcut: Shortcut | None = None
) -> AsyncGenerator[tuple[int, Plan], None]:
    """Yield each announcement with its number; open before the past is read, so that nothing falls in between.

    What comes now is the very plan that the hub tells all of this role.
    """
    async with services.hub.subscribed(viewer) as subscriber:
        number = await _from(services, after)
        while missed := await services.log.since_for(viewer, number, _BATCH):
            for number, plan in missed:
                seen = attempted(partial(Seen.of, plan), partial(services.log.pass_over, plan.id))
                if seen and _wanted(plan, session_id):
                    _note(services, seen)
                    yield number, plan

        def take(told: Told) -> bool:
            nonlocal number
            if told.number <= number or not sees(viewer, told.plan) or not _wanted(told.plan, session_id):
                return True
            if shortcut is None or shortcut.take is None:
                return False
            _note(services, told.seen)
            if not shortcut.take(told.number, told.plan):
                return False
            number = told.number
            return True

        subscriber.take = take
        while True:
            announced, plan, told = await subscriber.next()
            if announced > number and sees(viewer, plan) and _wanted(plan, session_id):
                number = announced
                _note(services, told)
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


def _note(services: Services, told: Seen) -> None:
    if services.visit is not None:
        services.visit.told = told


def _wanted(plan: Plan, session_id: str | None) -> bool:
    return session_id is None or plan.session_key == session_id

"""Finds out whether an act was done when the answer of the database was lost, and notes it in the trail.

The trail says UNKNOWN of such an act at once, as it is never changed; once the database has answered for certain, an
entry more says DONE or NOT_DONE. An act stays UNKNOWN if its process ends before that, or if its plan cannot be read,
of which the loop tells.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from domain.errors import Unavailable
from domain.trail import DONE, NOT_DONE
from supervision.loops import Loops

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from domain.access import Viewer
    from domain.plan import Plan
    from domain.trail import TrailEntry
    from storage.plans import PlanRepository
    from storage.trail import Trail

ROOM = 1_000
CERTAIN_SECONDS = 45.0
"""After which a write that was sent is written or never will be: the write concern's 30 s are in it."""
LOOK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class UnknownAct:
    """An act: its entry, its author, the plan before it and as it would be after it; `since` by the loop's clock."""

    entry: TrailEntry
    viewer: Viewer
    before: Plan
    after: Plan
    since: float


class UnknownActs:
    """Those of one process, at most a thousand; more stay unknown."""

    def __init__(
        self,
        plans: PlanRepository,
        trail: Trail,
        clock: Callable[[], datetime],
        *,
        certain_seconds: float = CERTAIN_SECONDS,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._plans, self._trail, self._clock = plans, trail, clock
        self._certain, self._look = certain_seconds, look_seconds
        self._waiting: deque[UnknownAct] = deque()

    def add(self, entry: TrailEntry, viewer: Viewer, before: Plan, after: Plan) -> None:
        """Have it found out."""
        if len(self._waiting) < ROOM:
            since = asyncio.get_running_loop().time()
            self._waiting.append(UnknownAct(entry, viewer, before, after, since))

    @asynccontextmanager
    async def running(self, loops: Loops | None = None) -> AsyncIterator[None]:
        """Find out until the block is left."""
        async with (loops or Loops()).running("unknown acts", self._turn):
            yield

    async def _turn(self) -> None:
        await asyncio.sleep(self._look)
        for _ in range(len(self._waiting)):
            act = self._waiting.popleft()
            try:
                settled = await self._settled(act)
            except Unavailable:
                self._waiting.append(act)
                raise
            if not settled:
                self._waiting.append(act)

    async def _settled(self, act: UnknownAct) -> bool:
        """Note what became of an act, if that is known by now; True where nothing more will be."""
        certain = asyncio.get_running_loop().time() - act.since >= self._certain
        outcome = _outcome(act, await self._plans.find(act.viewer, act.before.id), certain=certain)
        if outcome is not None:
            await self._trail.must_write([replace(act.entry, at=self._clock(), outcome=outcome)])
        return outcome is not None or certain


def _outcome(act: UnknownAct, now: Plan | None, *, certain: bool) -> str | None:
    """Compare the plan with its state before the act and with the state that the act wanted.

    None where neither is certain.
    """
    if now is None:
        return None
    if now.revision == act.before.revision:
        return NOT_DONE if certain else None
    if _written(now) == _written(act.after):
        return DONE
    own = act.after.report
    if own is not None and any(each.updated_at == own.updated_at for each in now.reports):
        return DONE
    return NOT_DONE if now.revision == act.before.revision + 1 else None


def _written(plan: Plan) -> tuple[object, ...]:
    return plan.report, plan.recorded_exit, plan.absences

"""The loops of a process: a turn that fails is told and done again, after pauses that grow; none ends by a fault.

This is the one place that catches every exception. A turn itself passes over a document that it cannot read; an
unforeseen fault must not end a loop that works for everybody.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Turn = Callable[[], Awaitable[bool | None]]

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 10.0
STEADY_SECONDS = 10.0
"""A turn that has lasted so long is well, whatever the turns before it were."""
PATIENCE_SECONDS = 5.0
"""How long a loop may fail before it is in trouble: an election is no trouble."""


class Finished(Exception):  # noqa: N818 - no fault
    """Raised by a turn after which its loop is to end in order."""


class StoppedShort(Exception):  # noqa: N818 - what is the case
    """A turn was cancelled from within, by a library, and not to end the loop."""


@dataclass(slots=True)
class Loop:
    """How a loop fares; instants are those of the event loop's clock."""

    name: str
    task: asyncio.Task[None] | None = None
    faults: int = 0
    failing_since: float | None = None
    turn_began: float | None = None

    def begins(self, now: float) -> None:
        """Note the beginning of a turn."""
        self.turn_began = now

    def succeeds(self) -> None:
        """Note the good end of a turn."""
        self.faults, self.failing_since = 0, None

    def fails(self, now: float) -> None:
        """Note a fault; one after a long good turn is the first again."""
        if self._steady(now):
            self.succeeds()
        self.faults += 1
        self.failing_since = self.failing_since or now
        self.turn_began = None

    def pause(self, longest: float) -> float:
        """Return how long to wait after the last fault."""
        return min(FIRST_PAUSE * 2.0 ** min(self.faults - 1, 30), longest)

    def in_trouble(self, now: float) -> bool:
        """Whether it has ended, or fails for longer than an election takes."""
        if self.task is not None and self.task.done():
            return True
        return (
            self.failing_since is not None and now - self.failing_since > PATIENCE_SECONDS and not self._steady(now)
        )

    def _steady(self, now: float) -> bool:
        return self.turn_began is not None and now - self.turn_began > STEADY_SECONDS


class Loops:
    """Those of one process; `on_fault` is told the loop's name, its fault, and the seconds until the next turn."""

    def __init__(self, on_fault: Callable[[str, Exception, float], None] = lambda *_: None) -> None:
        self._on_fault = on_fault
        self._running: list[Loop] = []

    @asynccontextmanager
    async def running(
        self, name: str, turn: Turn, *, longest_pause: float = LONGEST_PAUSE
    ) -> AsyncIterator[asyncio.Task[None]]:
        """Do a turn again and again until the block is left or one raises Finished; gives the loop's task.

        A turn that returns False has failed and has told why itself.
        """
        loop = Loop(name)
        loop.task = asyncio.create_task(self._run(loop, turn, longest_pause), name=name)
        self._running.append(loop)
        try:
            yield loop.task
        finally:
            self._running.remove(loop)
            loop.task.cancel()
            await asyncio.wait([loop.task])

    def in_trouble(self) -> list[str]:
        """Name the loops that have ended, or do not get on."""
        now = asyncio.get_running_loop().time()
        return [loop.name for loop in self._running if loop.in_trouble(now)]

    async def _run(self, loop: Loop, turn: Turn, longest_pause: float) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            loop.begins(clock())
            fault: Exception | None = None
            try:
                well = await turn() is not False
            except Finished:
                return
            except asyncio.CancelledError:
                if (own := asyncio.current_task()) is None or own.cancelling():
                    raise
                well, fault = False, StoppedShort()
            except Exception as error:  # noqa: BLE001 - see the head of this module
                well, fault = False, error
            if well:
                loop.succeeds()
                continue
            loop.fails(clock())
            pause = loop.pause(longest_pause)
            if fault is not None:
                self._tell(loop, fault, pause)
            await asyncio.sleep(pause)

    def _tell(self, loop: Loop, fault: Exception, pause: float) -> None:
        with suppress(Exception):  # a log that cannot be written stops nothing
            self._on_fault(loop.name, fault, pause)

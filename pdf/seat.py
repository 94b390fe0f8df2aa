"""A seat for one worker: warmed, asked within bounds, and given to another when its worker dies or wears out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pdf.errors import PrintFailed, PrintTimeout
from pdf.process import WorkerDied, WorkerProcess, started

if TYPE_CHECKING:
    from pdf.order import SealFile

_ATTEMPTS = 2
_SECONDS_TO_START = 60


class Seat:
    """Holds a worker, or none yet; asked by one caller at a time."""

    def __init__(self, *, seconds: float, memory: int, lifetime: int, seal: SealFile | None = None) -> None:
        self._seconds, self._memory, self._lifetime, self._seal = seconds, memory, lifetime, seal
        self._worker: WorkerProcess | None = None

    @property
    def warm(self) -> bool:
        """Whether a worker sits here that may print another document."""
        return self._worker is not None and self._worker.alive and self._worker.answers < self._lifetime

    @property
    def pid(self) -> int | None:
        """Process number of the worker, if there is one."""
        return self._worker.pid if self._worker else None

    async def warm_up(self) -> None:
        """Seat a fresh worker; where none can start, the next order tries again and tells."""
        try:
            await self._fresh()
        except WorkerDied:
            await self.empty()

    async def ask(self, order: bytes) -> bytes:
        """Return the worker's answer; a worker that dies is replaced once. Raises PrintTimeout, PrintFailed."""
        for _ in range(_ATTEMPTS):
            try:
                worker = self._worker if self._worker and self.warm else await self._fresh()
                async with asyncio.timeout(self._seconds):
                    return await worker.ask(order)
            except WorkerDied:
                await self.empty()
            except TimeoutError as error:
                await self.empty()
                raise PrintTimeout from error
        raise PrintFailed

    async def empty(self) -> None:
        """End the worker, if there is one."""
        worker, self._worker = self._worker, None
        if worker:
            await worker.stop()

    async def _fresh(self) -> WorkerProcess:
        await self.empty()
        try:
            async with asyncio.timeout(_SECONDS_TO_START):
                self._worker = await started(self._memory, self._seal)
        except TimeoutError as error:
            raise WorkerDied from error
        return self._worker

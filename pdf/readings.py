"""Reports printed to be read: once for all who ask at the same time, and kept a while."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cachetools import TTLCache

from pdf.errors import PrintTimeout, TooLong

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from pdf.document import PrintedReport
    from pdf.errors import NotPrinted

ROOM = 32 << 20
KEPT_SECONDS = 600
_REFUSAL = 1 << 10


@dataclass(slots=True)
class _UnderWay:
    task: asyncio.Task[PrintedReport]
    waiting: int = 0


class Readings:
    """Documents by what was ordered, to the letter; they take 32 MiB at most, and stay for ten minutes.

    That an order is too long, or took too long, is kept like its document: asking again does not lay it out again.
    """

    def __init__(self) -> None:
        self._kept: TTLCache[bytes, PrintedReport | type[NotPrinted]] = TTLCache(
            ROOM, KEPT_SECONDS, getsizeof=_weight
        )
        self._under_way: dict[bytes, _UnderWay] = {}

    async def once(self, order: bytes, make: Callable[[], Coroutine[Any, Any, PrintedReport]]) -> PrintedReport:
        """Return the document of an order, made only where it is not there; given up once nobody waits for it."""
        kept = self._kept.get(order)
        if isinstance(kept, type):
            raise kept
        return kept or await self._awaited(order, make)

    async def _awaited(self, order: bytes, make: Callable[[], Coroutine[Any, Any, PrintedReport]]) -> PrintedReport:
        reading = self._under_way.get(order)
        if reading is None:
            reading = self._under_way[order] = _UnderWay(asyncio.create_task(self._made(order, make)))
        reading.waiting += 1
        try:
            return await asyncio.shield(reading.task)
        finally:
            reading.waiting -= 1
            if not reading.waiting:
                del self._under_way[order]
                reading.task.cancel()

    async def _made(self, order: bytes, make: Callable[[], Coroutine[Any, Any, PrintedReport]]) -> PrintedReport:
        try:
            document = await make()
        except (TooLong, PrintTimeout) as refusal:
            self._kept[order] = type(refusal)
            raise
        if _weight(document) <= ROOM:
            self._kept[order] = document
        return document


def _weight(kept: PrintedReport | type[NotPrinted]) -> int:
    return _REFUSAL if isinstance(kept, type) else len(kept.content) + _REFUSAL

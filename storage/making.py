"""Makes the indexes that are lacking beside those who work; meanwhile what names one of them is read without it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from storage.asking import asking
from storage.indexes import ensure_indexes, lacking
from storage.lease import AnotherMigrates, held
from storage.outages import telling_outages

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.client import Database

_LOOK_AGAIN_SECONDS = 60
_WAIT_SECONDS = 5
_LONGEST_SECONDS = 24 * 3600
_NAMED = 3


@telling_outages
class IndexMaking:
    """The work of one process: it makes what is lacking, or waits for the one that does, then looks now and then.

    `on_change` is told what is lacking, whenever that changes.
    """

    def __init__(self, database: Database, on_change: Callable[[list[str]], None] = lambda _: None) -> None:
        self._database = database
        self._on_change = on_change
        self._lacking: list[str] = []

    @property
    def under_way(self) -> dict[str, str]:
        """What is being made, in a sentence; nothing where all is there."""
        if not self._lacking:
            return {}
        named = ", ".join(self._lacking[:_NAMED]) + (", …" if len(self._lacking) > _NAMED else "")
        number = len(self._lacking)
        return {"indexes": f"{number} indexes are being made ({named}): what is read by them takes longer till then."}

    async def look(self) -> bool:
        """See what is lacking; whether something is."""
        found = await lacking(self._database)
        if found != self._lacking:
            self._lacking = found
            self._on_change(found)
        return bool(found)

    async def turn(self) -> None:
        """Make what is lacking. A service that stops does not wait for it: the server is told to give it up."""
        if await self.look():
            try:
                async with held(self._database):
                    with asking(None, _LONGEST_SECONDS):
                        await ensure_indexes(self._database)
            except AnotherMigrates:
                await asyncio.sleep(_WAIT_SECONDS)
        else:
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

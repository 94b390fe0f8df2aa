"""Pages are rendered in turn: an account's one after the other, with others in between, and each is counted."""

from __future__ import annotations

import asyncio
from time import thread_time
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import Callable


class PageTurns:
    """`on_worked` is told an account, and how many seconds of processor a page of its took."""

    def __init__(self, on_worked: Callable[[str, float], None]) -> None:
        self._on_worked = on_worked
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def rendered(self, account: str, render: Callable[[], str]) -> str:
        """Render a page of an account. Its next one waits as long as this one took: half of the time is others'."""
        turn = self._turns.get(account)
        if turn is None:
            turn = self._turns[account] = asyncio.Lock()
        await turn.acquire()
        begun = thread_time()
        try:
            return render()
        finally:
            took = thread_time() - begun
            self._on_worked(account, took)
            asyncio.get_running_loop().call_later(took, turn.release)

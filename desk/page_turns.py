"""Renders the pages of one account one after the other, with time for other accounts in between, and counts each."""

from __future__ import annotations

import asyncio
from time import thread_time
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import Callable


class PageTurns:
    """Gives accounts their turns. `on_worked` is called with an account and the processor seconds of a page."""

    def __init__(self, on_worked: Callable[[str, float], None]) -> None:
        self._on_worked = on_worked
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def rendered(self, account: str, render: Callable[[], str]) -> str:
        """Render a page of an account. The account's next page waits for as long as this one took.

        So one account has half of the processor's time at most.
        """
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

"""Gives up an operation whose client leaves before it is answered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from transport.exchange import Gone

if TYPE_CHECKING:
    from types import TracebackType

    from starlette.types import Receive

SECONDS_BEFORE_WATCHING = 0.1
"""An operation that is answered sooner is not watched."""


class WhileThere:
    """Cancels the block, and raises Gone, when the client leaves; its whole request was received before."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = False

    async def __aenter__(self) -> Self:
        loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._watching: asyncio.Task[None] | None = None
        self._later = loop.call_later(SECONDS_BEFORE_WATCHING, self._begin)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._later.cancel()
        if self._watching is not None:
            self._watching.cancel()
        if self._left and self._task is not None and self._task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise Gone from None

    def _begin(self) -> None:
        self._watching = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._left = True
        if self._task is not None:
            self._task.cancel()

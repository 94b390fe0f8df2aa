"""Answers to events that many subscribers share: made once, kept a while as bytes."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

    from engine.operation import Response

    ShareKey = Callable[[Any, Any], Hashable | None]


def by_attribute(_context: object, event: object) -> Hashable | None:
    """Read the event's own `share_key`; None, not shared, where it has none."""
    key: Hashable | None = getattr(event, "share_key", None)
    return key


class SharedAnswers:
    """Answers by compiled selection and the event's key, bounded in number and in bytes.

    A task that asks for an answer that is being made waits for it. An answer with errors goes to the tasks that
    waited and is not kept.
    """

    def __init__(self, *, number: int = 1024, size: int = 8 * 1024 * 1024) -> None:
        self.number = number
        self.size = size
        self._made: OrderedDict[Hashable, Response] = OrderedDict()  # bounded twice: a cache of cachetools is once
        self._made_size = 0
        self._under_way: dict[Hashable, asyncio.Future[Response | None]] = {}

    def __len__(self) -> int:
        return len(self._made)

    def made(self, key: Hashable) -> Response | None:
        """Return the answer under a key, if it was made before."""
        return self._made.get(key)

    async def answer(self, key: Hashable, make: Callable[[], Awaitable[Response]]) -> Response:
        """Return the answer under a key, made now, made before, or being made."""
        while True:
            made = self._made.get(key)
            if made is not None:
                return made
            under_way = self._under_way.get(key)
            if under_way is None:
                return await self._make(key, make)
            waited_for = await asyncio.shield(under_way)
            if waited_for is not None:
                return waited_for

    async def _make(self, key: Hashable, make: Callable[[], Awaitable[Response]]) -> Response:
        future: asyncio.Future[Response | None] = asyncio.get_running_loop().create_future()
        self._under_way[key] = future
        made = None
        try:
            made = await make()
            if not made.errors:
                self._keep(key, made)
        finally:
            del self._under_way[key]
            future.set_result(made)
        return made

    def _keep(self, key: Hashable, made: Response) -> None:
        if len(made.body) > self.size // 8:
            return
        self._made[key] = made
        self._made_size += len(made.body)
        while len(self._made) > self.number or self._made_size > self.size:
            _, gone = self._made.popitem(last=False)
            self._made_size -= len(gone.body)

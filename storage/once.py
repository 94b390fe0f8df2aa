"""The same question, asked by several at the same moment, goes to the database once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakValueDictionary

from storage.asking import asking, present_asker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

A = TypeVar("A")

_PATIENCE_SECONDS = 1.0
_LONGEST_SECONDS = 10.0


class Once:
    """Answers the same questions with the same answer, which is begun after each of them has come.

    A question that comes while its like is under way waits for the next one, which is begun when that has its answer,
    or has none after `patience` seconds. So no answer is older than its question: a caller
    that has been told of a write reads it.
    """

    def __init__(self, *, patience: float = _PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._newest: WeakValueDictionary[Hashable, _Round] = WeakValueDictionary()

    async def of(self, question: Hashable, ask: Callable[[], Awaitable[A]]) -> A:
        """Return what `ask` gives, or what it gave to another who asked the same; raise what it raises.

        `question` says all on which the answer depends, who may see it included.
        """
        newest = self._newest.get(question)
        if newest is None or newest.begun:
            newest = self._newest[question] = _Round(ask, newest, self._patience)
        answer: A = await newest.answer()
        return answer


class _Round:
    """One question to the database, in the name of the account that asked first, for all who came before it began."""

    def __init__(self, ask: Callable[[], Awaitable[Any]], before: _Round | None, patience: float) -> None:
        self.begun = False
        """Whether a caller that comes now is too late for it."""
        self._ask = ask
        self._opener = present_asker()
        self._seconds = 0.0
        """Time left to the most patient of those who wait."""
        self._waiting = 0
        self.task: asyncio.Task[Any] = asyncio.create_task(self._run(before.task if before else None, patience))

    async def answer(self) -> Any:  # noqa: ANN401 - whatever was asked
        """Wait for the answer; what nobody waits for is given up."""
        asker = present_asker()
        self._seconds = max(self._seconds, asker.left if asker else _LONGEST_SECONDS)
        self._waiting += 1
        try:
            return await asyncio.shield(self.task)
        finally:
            self._waiting -= 1
            if not self._waiting:
                self.begun = True  # nobody joins what is given up
                self.task.cancel()

    async def _run(self, before: asyncio.Task[Any] | None, patience: float) -> Any:  # noqa: ANN401 - as above
        if before is not None:
            await asyncio.wait({before}, timeout=patience)
        self.begun = True
        opener = self._opener
        with asking(opener.account if opener else None, self._seconds) as asker:
            try:
                return await self._ask()
            finally:
                if opener is not None:
                    opener.database_seconds += asker.database_seconds

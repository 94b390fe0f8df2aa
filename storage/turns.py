"""PyMongo's own async client, each of whose calls has its time and a turn of its account."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from pymongo import AsyncMongoClient
from pymongo.errors import ExecutionTimeout

from storage.asking import present_asker
from storage.killed import KilledSessionsEnd
from storage.listeners import CALLED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from pymongo.asynchronous.client_session import AsyncClientSession

    from storage.asking import Asker


class FairTurns:
    """Turns of which an account may have `share` at once; its other calls wait, first come, first served.

    A call takes that of its account first, then one of `all`.
    """

    def __init__(self, turns: int, share: int) -> None:
        self.all = asyncio.Semaphore(turns)
        self._share = share
        self._shares: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, account: str | None) -> AbstractAsyncContextManager[None]:
        """Return what an account has to enter first; the service itself has no share to keep to."""
        if account is None:
            return nullcontext()
        share = self._shares.get(account)
        if share is None:
            share = self._shares[account] = asyncio.Semaphore(self._share)
        return share


class FairClient(KilledSessionsEnd, AsyncMongoClient[dict[str, Any]]):
    """PyMongo's client, each of whose calls is a task that has a turn.

    A call keeps its turn until the server has answered, whether somebody still waits for it or not: so an account
    that leaves its questions behind has no more turns than one that waits. Its connection and its session are used
    by nobody else meanwhile.
    """

    def __init__(self, turns: FairTurns, url: str, **options: Any) -> None:  # noqa: ANN401 - PyMongo's
        super().__init__(url, **options)
        self._fair_turns = turns
        self._begun = False

    async def _retry_internal(  # private, and the one way of every call
        self,
        func: Callable[..., Any],
        session: AsyncClientSession | None,
        *args: Any,  # noqa: ANN401 - as PyMongo calls it
        **options: Any,  # noqa: ANN401 - as above
    ) -> Any:  # noqa: ANN401 - whatever PyMongo gives
        await self._begin()
        question = partial(super()._retry_internal, func, session, *args, **options)
        call = _Call(present_asker(), question)
        task = asyncio.create_task(call.make(self._fair_turns))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if call.has_turn:
                task.add_done_callback(_let_go)
            else:
                task.cancel()
            raise

    async def _begin(self) -> None:
        """Start what watches the servers outside of any operation: it outlives the first one."""
        if not self._begun:
            self._begun = True
            await asyncio.create_task(self.aconnect(), context=Context())


def _let_go(task: asyncio.Task[Any]) -> None:
    """Take what a call raised that nobody waits for: the log would say that it was forgotten."""
    if not task.cancelled():
        task.exception()


class _Call:
    """One call of PyMongo, in the task, and so in the context, that is its own."""

    __slots__ = ("_asker", "_question", "has_turn")

    def __init__(self, asker: Asker | None, question: Callable[[], Awaitable[Any]]) -> None:
        self._asker = asker
        self._question = question
        self.has_turn = False

    async def make(self, turns: FairTurns) -> Any:  # noqa: ANN401 - whatever PyMongo gives
        asker = self._asker
        async with turns.of(asker.account if asker else None), turns.all:
            self.has_turn = True
            if asker is not None and not asker.left:
                raise ExecutionTimeout("The operation is over.")
            CALLED.set(True)
            return await self._question()

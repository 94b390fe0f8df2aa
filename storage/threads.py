"""The threads in which Motor waits for the server: each command in its time, no account in more than its share."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any

from motor.core import AgnosticClient, AgnosticCollection
from motor.frameworks import asyncio as asyncio_framework
from motor.metaprogramming import create_class_with_framework
from pymongo import MongoClient
from pymongo.errors import ExecutionTimeout

from storage.asking import present_asker
from storage.killed import KilledSessionsEnd
from storage.listeners import CALLED

if TYPE_CHECKING:
    from collections.abc import Callable

    from motor.motor_asyncio import AsyncIOMotorClient

    from storage.asking import Asker

    Call = Callable[[], Any]


class FairThreads:
    """Threads of which an account may hold `share`; its other calls wait, first come, first served.

    A call holds its thread until the server has answered, whether somebody still waits for it or not: so an account
    that leaves its questions behind has no more threads than one that waits.
    """

    def __init__(self, threads: int, share: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="database")
        self._share = share
        self._lock = Lock()
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, dict[Future[Any], Call]] = {}

    @property
    def waiting(self) -> int:
        """How many calls wait for a thread of their account's."""
        return sum(map(len, self._waiting.values()))

    def submit(self, account: str | None, call: Call) -> Future[Any]:
        """Have a call made for an account, or for the service itself, which has no share to keep to."""
        if account is None:
            return self._pool.submit(call)
        late: Future[Any] = Future()
        with self._lock:
            waits = self._held[account] >= self._share
            if waits:
                self._waiting.setdefault(account, {})[late] = call
            else:
                self._held[account] += 1
        if waits:
            late.add_done_callback(lambda left: self._leave(account, left))
            return late
        future = self._pool.submit(call)
        future.add_done_callback(lambda _: self._pass_on(account))
        return future

    def _leave(self, account: str, late: Future[Any]) -> None:
        """Forget a call that is given up before its turn: otherwise calls of clients that left would pile up."""
        with self._lock:
            self._waiting.get(account, {}).pop(late, None)

    def _pass_on(self, account: str) -> None:
        """Give the seat to the account's next call, behind those of the others that wait for a thread."""
        with self._lock:
            following = self._next(account)
        if following:
            self._pool.submit(_make, *following).add_done_callback(lambda _: self._pass_on(account))

    def _next(self, account: str) -> tuple[Future[Any], Call] | None:
        waiting = self._waiting.get(account)
        while waiting:
            late = next(iter(waiting))
            call = waiting.pop(late)
            if late.set_running_or_notify_cancel():
                return late, call
        self._waiting.pop(account, None)
        self._held[account] -= 1
        if not self._held[account]:
            del self._held[account]
        return None


def _make(late: Future[Any], call: Call) -> None:
    try:
        late.set_result(call())
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised to the caller
        late.set_exception(error)
    finally:
        del late  # what is raised has this frame in its traceback: with what keeps it, that would be a circle


def client_class(threads: FairThreads) -> type[AsyncIOMotorClient[dict[str, Any]]]:
    """Make Motor's client for asyncio, whose calls wait in these threads (Motor's "frameworks" are for that)."""
    framework = ModuleType("storage.threads.framework")
    vars(framework).update({name: each for name, each in vars(asyncio_framework).items() if name[:2] != "__"})

    def run_on_executor(
        loop: asyncio.AbstractEventLoop,
        call: Callable[..., Any],
        *args: Any,  # noqa: ANN401 - as Motor calls it
        **options: Any,  # noqa: ANN401 - as above
    ) -> asyncio.Future[Any]:
        asker = present_asker()
        timed = partial(copy_context().run, _in_time, asker, partial(call, *args, **options))
        return asyncio.wrap_future(threads.submit(asker.account if asker else None, timed), loop=loop)

    vars(framework)["run_on_executor"] = run_on_executor
    made: type[AsyncIOMotorClient[dict[str, Any]]] = create_class_with_framework(  # type: ignore[assignment]
        AgnosticClient, framework, "motor.motor_asyncio"
    )
    made.__delegate_class__ = _Delegate
    create_class_with_framework(AgnosticCollection, framework, "motor.motor_asyncio").aggregate = _aggregate  # type: ignore[method-assign,assignment]
    return made


async def _aggregate(collection: Any, pipeline: list[Any], **options: Any) -> Any:  # noqa: ANN401 - Motor's
    """Ask at once, as PyMongo's own client does. Motor's latent cursor is not told that its caller left.

    Then its question was asked all the same, in its turn, and what it raised was freed by the collector only.
    """
    return collection.wrap(await collection._async_aggregate(pipeline, **options))  # noqa: SLF001 - it gives the cursor


class _Delegate(KilledSessionsEnd, MongoClient[dict[str, Any]]):
    """PyMongo's client, whose calls Motor makes in threads."""


def _in_time(asker: Asker | None, call: Call) -> Any:  # noqa: ANN401 - whatever PyMongo gives
    if asker is not None and not asker.left:
        raise ExecutionTimeout("The operation is over.")
    CALLED.set(True)
    return call()

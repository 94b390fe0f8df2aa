"""Shared by all doors: authentication, limits on operations and connections, and what is still under way."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from weakref import WeakValueDictionary

from transport.refusals import TimedOut, refusal
from transport.viewer import bearer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
    from contextlib import AbstractContextManager

    from engine.operation import Executor, Operation, Request
    from transport.observation import Observe, Record
    from transport.options import Limits
    from transport.viewer import Authenticate, Caller, ContextFor, Viewer

T = TypeVar("T")

LONG_TURN_SECONDS = 0.002
STOPPED = {
    "query": "The query took longer than {:g} s and was stopped: ask for less.",
    "mutation": (
        "The mutation took longer than {:g} s and was stopped. It may have been applied or not: "
        "read what it changes before you repeat it."
    ),
    "subscription": "The subscription could not be opened within {:g} s: try again later.",
}


class OpenConnection(Protocol):
    """A connection that stays open until somebody closes it."""

    async def close(self, code: int, reason: str) -> None:
        """End it; the code is a WebSocket's."""
        ...

    async def settled(self) -> None:
        """Wait until no query or mutation is under way on it."""
        ...


class Stranger(Protocol):
    """A connection that has not said yet who it is."""

    def give_up(self) -> None:
        """End it: others wait."""
        ...


@dataclass(slots=True, eq=False)
class Reception:
    """One for all doors of an executor."""

    executor: Executor
    authenticate: Authenticate[Any]
    context_for: ContextFor[Any]
    observe: Observe
    limits: Limits
    allowed_origins: frozenset[str]
    now: Callable[[], float]
    working: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext()
    """Reads or prepares a request in its block, for an account; raises RequestRefused."""
    closing: bool = False
    open_connections: set[OpenConnection] = field(default_factory=set)
    under_way: set[asyncio.Task[Any]] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _accounts: Counter[str] = field(default_factory=Counter)
    _requests: Counter[str] = field(default_factory=Counter)
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _strangers: dict[Stranger, None] = field(default_factory=dict)

    async def viewer(self, authorization: str | None, caller: Caller) -> Viewer:
        """Find the viewer of an `Authorization` value; raises Unauthenticated, or RequestRefused."""
        viewer: Viewer = await self.authenticate(bearer(authorization), caller)
        return viewer

    def reading(self, record: Record) -> AbstractContextManager[None]:
        """Read and prepare a request in the block, within what its account may have done; raises RequestRefused."""
        return self.working(record.viewer.account) if record.viewer else nullcontext()

    @asynccontextmanager
    async def turn_of(self, viewer: Viewer | None, *, short: float | None = None) -> AsyncIterator[None]:
        """Prepare a request in the block, which does not wait; those without an account share one turn.

        Where it takes longer than `short`, in seconds, the account's next waits as long: half of the time is others'.
        """
        account = viewer.account if viewer else ""
        turn = self._turns.get(account)
        if turn is None:
            turn = self._turns[account] = asyncio.Lock()
        await turn.acquire()
        begun = perf_counter()
        try:
            yield
        finally:
            took = perf_counter() - begun
            if took > (LONG_TURN_SECONDS if short is None else short):
                asyncio.get_running_loop().call_later(took, turn.release)
            else:
                turn.release()

    def prepare(self, request: Request, record: Record) -> Operation:
        """Parse, validate, cost; raises RequestRefused."""
        try:
            operation = self.executor.prepare(request)
        except RecursionError:
            raise refusal("The document or its variables are nested too deeply.", "TOO_COMPLEX") from None
        record.names(operation)
        return operation

    async def timed(self, running: Awaitable[T], operation: Operation) -> T:
        """Await an execution no longer than the limit; raises TimedOut, the execution cancelled.

        A mutation is cancelled like a query. Each of our writes is one atomic change of one document: it was
        written or not, never half; the error tells the caller to look before repeating.
        """
        seconds = self.limits.execution_seconds
        try:
            async with asyncio.timeout(seconds) as clock:
                return await running
        except TimeoutError:
            if clock.expired():
                raise TimedOut(STOPPED[operation.kind].format(seconds)) from None
            raise

    def start(self, running: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a task that is kept until it ends, even where nobody waits for it any more."""
        task = asyncio.create_task(running)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Mark the current task as one that a graceful stop waits for."""
        task = asyncio.current_task()
        assert task  # noqa: S101 - a coroutine runs in a task
        self.under_way.add(task)
        try:
            yield
        finally:
            self.under_way.discard(task)

    def admit(self, viewer: Viewer) -> None:
        """Count an open connection of an account; RequestRefused above the limit or when stopping."""
        if self.closing:
            raise refusal("The service is stopping: connect again.", "UNAVAILABLE", 503, {"Retry-After": "1"})
        most = self.limits.connections_per_account
        if self._accounts[viewer.account] >= most:
            message = f"This account has {most} connections open already: close one."
            raise refusal(message, "TOO_MANY_CONNECTIONS", 429, {"Retry-After": "60"})
        self._accounts[viewer.account] += 1

    def release(self, viewer: Viewer) -> None:
        """Count a connection out."""
        self._accounts[viewer.account] -= 1
        if not self._accounts[viewer.account]:
            del self._accounts[viewer.account]

    @contextmanager
    def seat(self, viewer: Viewer) -> Iterator[None]:
        """Count a request of an account while it is answered; RequestRefused when it has too many."""
        most, account = self.limits.requests_per_account, viewer.account
        if self._requests[account] >= most:
            message = f"This account has {most} requests under way already: wait for one to be answered."
            raise refusal(message, "TOO_MANY_REQUESTS", 429, {"Retry-After": "1"})
        self._requests[account] += 1
        try:
            yield
        finally:
            self._requests[account] -= 1
            if not self._requests[account]:
                del self._requests[account]

    def arrived(self, stranger: Stranger) -> None:
        """Keep a connection among those whose account is not known yet; of too many, the first is sent away."""
        self._strangers[stranger] = None
        if len(self._strangers) > self.limits.waiting_connections:
            next(iter(self._strangers)).give_up()

    def known(self, stranger: Stranger) -> None:
        """Its account is known now, or it has left."""
        self._strangers.pop(stranger, None)

    def tell(self, record: Record) -> None:
        """Hand a finished record over, with the time it took."""
        record.seconds = perf_counter() - record.started
        self.observe(record)

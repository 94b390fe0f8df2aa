"""Every operation is watched: the people that it shows are counted and noted before the answer leaves."""

from __future__ import annotations

from contextlib import contextmanager
from time import thread_time
from typing import TYPE_CHECKING, Self, cast

from graphql import GraphQLError

from domain.errors import TooMuchAsked, TooMuchRead
from domain.trail import Deed
from engine.operation import RequestRefused, Response
from storage.asking import asking
from storage.processor_time import Worked
from transport.reception import STOPPED
from transport.refusals import TimedOut

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.operation import Executor, Operation, OperationKind, Request, Stream, Taker
    from resolvers.spending import Spending
    from resolvers.visits import Watch
    from resolvers.watched_visit import WatchedVisit
    from schema.context import Context


class WatchedExecutor:
    """An executor whose operations settle their visit: that of the context's services."""

    def __init__(self, executor: Executor, watch: Watch, seconds: float) -> None:
        self._executor = executor
        self._watch = watch
        self._seconds = seconds

    def prepare(self, request: Request) -> WatchedOperation:
        """Prepare as the executor does; RequestRefused."""
        return WatchedOperation(self._executor.prepare(request), self._watch, self._seconds)

    @contextmanager
    def working(self, account: str) -> Iterator[None]:
        """Read and prepare in the block for an account, within its minute; RequestRefused (RATE_LIMITED)."""
        spending, begun = self._watch.spending, thread_time()
        _require_room(spending, account)
        try:
            yield
        finally:
            spending.add(account, thread_time() - begun)

    def render_errors(self, errors: Sequence[GraphQLError]) -> bytes:
        """Render as the executor does."""
        return self._executor.render_errors(errors)


class WatchedOperation:
    """An operation whose answer may still be refused when it shows more people than its account may read."""

    __slots__ = ("_operation", "_seconds", "_watch")

    def __init__(self, operation: Operation, watch: Watch, seconds: float) -> None:
        self._operation = operation
        self._watch = watch
        self._seconds = seconds

    @property
    def kind(self) -> OperationKind:
        """query, mutation or subscription."""
        return self._operation.kind

    @property
    def name(self) -> str | None:
        """As the document names it."""
        return self._operation.name

    @property
    def cost(self) -> int:
        """Upper bound of the nodes it may return."""
        return self._operation.cost

    async def execute(self, context: object) -> Response:
        """Run, then settle; RequestRefused (RATE_LIMITED), TimedOut where the database was given up in time."""
        visit = _visit(context)
        account, size = visit.viewer.account, 0
        try:
            with asking(account, self._seconds) as asker:
                response: Response = await Worked(self._operation.execute(context), asker)
                size = len(response.body)
                if response.errors and asker.over:
                    raise TimedOut(STOPPED[self.kind].format(self._seconds))
                if self.kind == "query" and not response.errors and _only_reports(visit):
                    response = Response(response.body, kept=True)
                await _settle(self._watch, visit, Deed.READ)
        finally:
            self._watch.abandon(visit)
            self._watch.spending.add(account, asker.taken(), size)
        return response

    async def subscribe(self, context: object) -> Settled:
        """Open the stream; each of its answers is settled before it is sent."""
        visit = _visit(context)
        account = visit.viewer.account
        with asking(account, self._seconds) as asker:
            stream: Stream[Response] = await Worked(self._operation.subscribe(context), asker)
        self._watch.spending.add(account, asker.taken())
        return Settled(stream, visit, self._watch, self._seconds)


class Settled:
    """Answers of a subscription, each settled before it is sent."""

    __slots__ = ("_seconds", "_stream", "_visit", "_watch")

    def __init__(self, stream: Stream[Response], visit: WatchedVisit, watch: Watch, seconds: float) -> None:
        self._stream = stream
        self._visit = visit
        self._watch = watch
        self._seconds = seconds

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Response:
        """Wait for the next answer; RequestRefused (RATE_LIMITED)."""
        account, spending = self._visit.viewer.account, self._watch.spending
        with asking(account, self._seconds, each=True) as asker:
            response: Response = await Worked(anext(self._stream), asker)
            _require_room(spending, account)
            if not self._watch.settle_at_once(self._visit):
                await _settle(self._watch, self._visit, Deed.EVENT)
        spending.add(account, asker.taken(), len(response.body))
        return response

    async def aclose(self) -> None:
        """End the stream."""
        await self._stream.aclose()

    def hand_to(self, taker: Taker[Response]) -> None:
        """Offer answers that could be settled at once."""
        self._stream.hand_to(_Settling(self._watch, self._visit, taker))


class _Settling:
    """Takes an answer that can be settled without waiting, once it is known that it can be sent."""

    __slots__ = ("_taker", "_visit", "_watch", "has_room")

    def __init__(self, watch: Watch, visit: WatchedVisit, taker: Taker[Response]) -> None:
        self._watch = watch
        self._visit = visit
        self._taker = taker
        self.has_room = taker.has_room

    def take(self, response: Response) -> bool:
        """Settle it, and give it on."""
        account, spending = self._visit.viewer.account, self._watch.spending
        if spending.lacks(account) or not self._watch.settle_at_once(self._visit):
            return False
        spending.add(account, 0, len(response.body))
        return self._taker.take(response)


def _require_room(spending: Spending, account: str) -> None:
    try:
        spending.require(account)
    except TooMuchAsked as refused:
        raise _later(refused) from None


async def _settle(watch: Watch, visit: WatchedVisit, deed: Deed) -> None:
    try:
        await watch.settle(visit, deed)
    except TooMuchRead as refused:
        raise _later(refused) from None


def _later(refused: TooMuchRead | TooMuchAsked) -> RequestRefused:
    extensions = {"code": "RATE_LIMITED", "retryAfter": refused.seconds}
    error = GraphQLError(str(refused), extensions=extensions)
    return RequestRefused([error], 429, {"Retry-After": str(refused.seconds)})


def _only_reports(visit: WatchedVisit) -> bool:
    return bool(visit.seen) and all(each.report for each in visit.seen or ())


def _visit(context: object) -> WatchedVisit:
    visit = cast("Context", context).services.visit
    if visit is None:
        raise TypeError("an operation is watched with services that a Watch began")
    return visit

"""Every operation is watched: whom it shows is counted and written down before the answer leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from graphql import GraphQLError

from domain.errors import TooMuchRead
from domain.trail import Deed
from engine.operation import RequestRefused, Response

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from engine.operation import Executor, Operation, OperationKind, Request
    from resolvers.visits import Visit, Watch
    from schema.context import Context


class WatchedExecutor:
    """An executor whose operations settle their visit: that of the context's services."""

    def __init__(self, executor: Executor, watch: Watch) -> None:
        self._executor = executor
        self._watch = watch

    def prepare(self, request: Request) -> WatchedOperation:
        """Prepare as the executor does; RequestRefused."""
        return WatchedOperation(self._executor.prepare(request), self._watch)

    def render_errors(self, errors: Sequence[GraphQLError]) -> bytes:
        """Render as the executor does."""
        return self._executor.render_errors(errors)


class WatchedOperation:
    """An operation whose answer may still be refused when it shows more people than its account may read."""

    __slots__ = ("_operation", "_watch")

    def __init__(self, operation: Operation, watch: Watch) -> None:
        self._operation = operation
        self._watch = watch

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
        """Run, then settle; RequestRefused (RATE_LIMITED)."""
        visit = _visit(context)
        try:
            response = await self._operation.execute(context)
            if self.kind == "query" and not response.errors and _only_reports(visit):
                response = Response(response.body, kept=True)
            await self._settle(visit, Deed.READ)
        finally:
            self._watch.abandon(visit)
        return response

    async def subscribe(self, context: object) -> AsyncGenerator[Response, None]:
        """Open the stream; each of its answers is settled before it is sent."""
        return self._settled(await self._operation.subscribe(context), _visit(context))

    async def _settled(
        self, responses: AsyncGenerator[Response, None], visit: Visit
    ) -> AsyncGenerator[Response, None]:
        try:
            async for response in responses:
                if not self._watch.settle_at_once(visit):
                    await self._settle(visit, Deed.EVENT)
                yield response
        finally:
            await responses.aclose()

    async def _settle(self, visit: Visit, deed: Deed) -> None:
        try:
            await self._watch.settle(visit, deed)
        except TooMuchRead as refused:
            extensions = {"code": "RATE_LIMITED", "retryAfter": refused.seconds}
            error = GraphQLError(str(refused), extensions=extensions)
            raise RequestRefused([error], 429, {"Retry-After": str(refused.seconds)}) from None


def _only_reports(visit: Visit) -> bool:
    return bool(visit.seen) and all(each.report for each in visit.seen or ())


def _visit(context: object) -> Visit:
    visit = cast("Context", context).services.visit
    if visit is None:
        raise TypeError("an operation is watched with services that a Watch began")
    return visit

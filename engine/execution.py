"""A compiled operation with its variables: run once, or opened as a subscription."""

from __future__ import annotations

from types import CoroutineType
from typing import TYPE_CHECKING, Any

from graphql import ExecutionResult, GraphQLError

from engine.operation import RequestRefused
from engine.run import Run
from engine.stream import Responses, open_source

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from graphql.execution.values import VariableValues

    from engine.compiled import CompiledExecutor
    from engine.operation import OperationKind, Response
    from engine.prepared import Prepared
    from engine.program import Compiled


class CompiledOperation:
    """A known operation, coerced and costed."""

    __slots__ = ("_executor", "_function", "_prepared", "cost", "variables")

    def __init__(
        self,
        executor: CompiledExecutor,
        prepared: Prepared,
        function: Compiled,
        variables: VariableValues,
        cost: int,
    ) -> None:
        self._executor = executor
        self._prepared = prepared
        self._function = function
        self.variables = variables
        self.cost = cost

    @property
    def kind(self) -> OperationKind:
        """query, mutation or subscription."""
        return self._prepared.kind

    @property
    def name(self) -> str | None:
        """As the document names it."""
        return self._prepared.name

    @property
    def shares(self) -> bool:
        """Whether the answer to an event is the same for all who select the same: nothing is told who asks."""
        return self._function in self._prepared.program.impersonal

    async def execute(self, context: object) -> Response:
        """Run to the end; field errors are in the response."""
        return await self._execute(None, context)

    async def subscribe(self, context: object) -> Responses:
        """Open the source stream; RequestRefused when it cannot be opened."""
        run = Run(self._prepared.program, None, context, self.variables)
        try:
            source = await open_source(run)
        except GraphQLError as error:
            raise RequestRefused([error]) from None
        if not self.shares:
            return Responses(source, lambda event: self._execute(event, context))
        share_key, shared, function = self._executor.share_key, self._executor.shared, self._function

        def answer(event: object) -> Awaitable[Response]:
            key = share_key(context, event)
            if key is None:
                return self._execute(event, context)
            return shared.answer((function, key), lambda: self._execute(event, context))

        def made(event: object) -> Response | None:
            key = share_key(context, event)
            return None if key is None else shared.made((function, key))

        return Responses(source, answer, made)

    async def _execute(self, root: object, context: object) -> Response:
        run = Run(self._prepared.program, root, context, self.variables)
        data: Any
        try:
            data = self._function(run, root, None)
            if data.__class__ is CoroutineType:
                data = await data
        except GraphQLError as error:
            run.core.collected_errors.add(error, None)
            data = None
        return self._executor.plain.render(ExecutionResult(data, run.errors or None), self)

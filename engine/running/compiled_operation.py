"""A compiled operation with its variables: run once, or opened as a subscription."""

from __future__ import annotations

from types import CoroutineType
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from engine.operation import RequestRefused
from engine.running.graphql_core import core_of
from engine.running.run import Run
from engine.running.subscription import Responses, open_source

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from graphql.execution.values import VariableValues

    from engine.defined_operation import DefinedOperation
    from engine.operation import OperationKind, Response
    from engine.rendering import Renderer
    from engine.running.shared_answers import SharedAnswers, ShareKey

    Compiled = Callable[[Run, Any, None], Any]
    """The function of a root selection: (run, root value, no position) to JSON, or a coroutine of it."""


class CompiledOperation:
    """A known operation, coerced and costed. `sharing` is set if all who select the same get the same answer."""

    __slots__ = ("_defined", "_function", "_renderer", "_sharing", "cost", "variables")

    def __init__(
        self,
        defined: DefinedOperation,
        function: Compiled,
        renderer: Renderer,
        sharing: tuple[SharedAnswers, ShareKey] | None,
        variables: VariableValues,
        cost: int,
    ) -> None:
        self._defined = defined
        self._function = function
        self._renderer = renderer
        self._sharing = sharing
        self.variables = variables
        self.cost = cost

    @property
    def kind(self) -> OperationKind:
        """query, mutation or subscription."""
        return self._defined.kind

    @property
    def name(self) -> str | None:
        """As the document names it."""
        return self._defined.name

    @property
    def shares(self) -> bool:
        """Whether the answer to an event is the same for all who select the same: no resolver knows the viewer."""
        return self._sharing is not None

    async def execute(self, context: object) -> Response:
        """Run to the end; field errors are in the response."""
        return await self._execute(None, context)

    async def subscribe(self, context: object) -> Responses:
        """Open the source stream; RequestRefused when it cannot be opened."""
        run = Run(self._defined, None, context, self.variables)
        try:
            source = await open_source(run)
        except GraphQLError as error:
            raise RequestRefused([error]) from None
        if self._sharing is None:
            return Responses(source, lambda event: self._execute(event, context))
        (shared, share_key), function = self._sharing, self._function

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
        run = Run(self._defined, root, context, self.variables)
        data: Any
        try:
            data = self._function(run, root, None)
            if data.__class__ is CoroutineType:
                data = await data
        except GraphQLError as error:
            core_of(run).collected_errors.add(error, None)
            data = None
        return self._renderer.answer(data, run.errors, self.kind, self.cost)

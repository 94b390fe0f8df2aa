"""The execution by graphql-core, as it is."""

from __future__ import annotations

from collections.abc import AsyncIterable
from dataclasses import dataclass
from inspect import isawaitable
from typing import TYPE_CHECKING, Any

from graphql import execute, subscribe

from engine.operation import RequestRefused
from engine.running.subscription import Responses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import ExecutionResult
    from graphql.execution.values import VariableValues

    from engine.defined_operation import DefinedOperation
    from engine.operation import OperationKind, Response
    from engine.rendering import Renderer


class CoreExecution:
    """An operation that graphql-core executes."""

    __slots__ = ("_defined", "_renderer")

    def __init__(self, defined: DefinedOperation, renderer: Renderer) -> None:
        self._defined = defined
        self._renderer = renderer

    def operation(
        self,
        variables: VariableValues,  # noqa: ARG002 - graphql-core coerces them again
        given: Mapping[str, Any],
        cost: int,
        *,
        known: bool,  # noqa: ARG002 - it is all the same
    ) -> CoreOperation:
        """Make it ready to run."""
        return CoreOperation(self._defined, self._renderer, given, cost)

    def compile(self) -> None:
        """Nothing: there is nothing to compile."""


@dataclass(frozen=True, slots=True)
class CoreOperation:
    """An operation with its variables as they were given."""

    defined: DefinedOperation
    renderer: Renderer
    given: Mapping[str, Any]
    cost: int

    @property
    def kind(self) -> OperationKind:
        """query, mutation or subscription."""
        return self.defined.kind

    @property
    def name(self) -> str | None:
        """As the document names it."""
        return self.defined.name

    async def execute(self, context: object) -> Response:
        """Run to the end; field errors are in the response."""
        result = execute(**self._arguments(context))
        return self._rendered(await result if isawaitable(result) else result)

    async def subscribe(self, context: object) -> Responses:
        """Open the source stream; RequestRefused when it cannot be opened."""
        stream = subscribe(**self._arguments(context))
        opened = await stream if isawaitable(stream) else stream
        if not isinstance(opened, AsyncIterable):
            raise RequestRefused(opened.errors or ())
        return Responses(opened, self._answer)

    def _arguments(self, context: object) -> dict[str, Any]:
        return {
            "schema": self.defined.schema,
            "document": self.defined.document,
            "context_value": context,
            "variable_values": dict(self.given),
            "operation_name": self.name,
            "hide_suggestions": self.defined.hide_suggestions,
        }

    async def _answer(self, result: ExecutionResult) -> Response:
        return self._rendered(result)

    def _rendered(self, result: ExecutionResult) -> Response:
        return self.renderer.answer(result.data, result.errors or (), self.kind, self.cost)

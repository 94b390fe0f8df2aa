"""The state of one execution of a compiled operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import GraphQLError
    from graphql.execution import Executor
    from graphql.execution.values import VariableValues

    from engine.defined_operation import DefinedOperation

Position = tuple[Any, str | int, str | None] | None
"""A path as graphql-core keeps it, in plain tuples: (parent, key or index, type name)."""


class Run:
    """`core` is graphql-core's executor of this very run, made only when something needs it."""

    __slots__ = ("context", "core", "operation", "root", "variables")

    def __init__(self, operation: DefinedOperation, root: object, context: object, variables: VariableValues) -> None:
        self.operation = operation
        self.root = root
        self.context = context
        self.variables = variables
        self.core: Executor[Any] | None = None

    @property
    def errors(self) -> Sequence[GraphQLError]:
        """Field errors so far, in graphql-core's order."""
        return self.core.collected_errors.errors if self.core else ()

"""One execution of a compiled operation: what generated code calls, and the way back to graphql-core."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from graphql import GraphQLResolveInfo
from graphql.execution import Executor, default_field_resolver, default_type_resolver
from graphql.pyutils import Path, gather_with_cancel, is_awaitable
from graphql.type import GraphQLResolveInfoHelpers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import GraphQLOutputType
    from graphql.execution.values import VariableValues

    from engine.program import Program
    from engine.shapes import Field

Position = tuple[Any, str | int, str | None] | None
"""A path as graphql-core keeps it, in plain tuples: (parent, key or index, type name)."""


def path_of(position: Position) -> Path | None:
    """Turn a position into graphql-core's Path."""
    if position is None:
        return None
    return Path(path_of(position[0]), position[1], position[2])


class LateInfo:
    """What graphql-core gives resolvers beside the source, made when more than context and nodes is asked."""

    __slots__ = ("_field", "_made", "_position", "_run", "context", "field_nodes")

    def __init__(self, run: Run, field: Field, position: Position) -> None:
        self.context = run.context
        self.field_nodes = field.nodes
        self._run = run
        self._field = field
        self._position = position
        self._made: GraphQLResolveInfo[Any] | None = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever graphql-core's info has
        if self._made is None:
            self._made = self._run.info(self._field, self._position)
        return getattr(self._made, name)


class Run:
    """The state of one execution. graphql-core's executor is made only when something needs it."""

    __slots__ = ("_core", "context", "program", "root", "variables")

    def __init__(self, program: Program, root: object, context: object, variables: VariableValues) -> None:
        self.program = program
        self.root = root
        self.context = context
        self.variables = variables
        self._core: Executor[Any] | None = None

    @property
    def errors(self) -> list[Any]:
        """Field errors so far, in graphql-core's order."""
        return self._core.collected_errors.errors if self._core else []

    @property
    def core(self) -> Executor[Any]:
        """graphql-core's executor of this very run: same variables, same collected errors."""
        if self._core is None:
            program = self.program
            self._core = Executor(
                program.schema,
                program.fragment_definitions,
                program.fragments,
                self.root,
                self.context,
                program.operation,
                self.variables,
                default_field_resolver,
                default_type_resolver,
                default_field_resolver,
                hide_suggestions=program.hide_suggestions,
            )
        return self._core

    def info(self, field: Field, position: Position) -> GraphQLResolveInfo[Any]:
        """What graphql-core gives resolvers beside the source."""
        program = self.program
        return GraphQLResolveInfo(
            field.nodes[0].name.value,
            field.nodes,
            field.definition.type,
            field.parent,
            path_of(position),  # type: ignore[arg-type] # a field has a position
            program.schema,
            program.fragment_definitions,
            self.root,
            program.operation,
            self.variables,
            self.context,
            is_awaitable,
            None,
            HELPERS if self._core is None else self._core.async_helpers,
        )

    def fail(self, error: Exception, field: Field, position: Position, type_: GraphQLOutputType) -> None:
        """Record an error at a nullable position; raise it, located, where the type forbids null."""
        path = path_of(position)
        self.core.handle_field_error(error, type_, field.details, path)  # type: ignore[arg-type]

    def field(self, field: Field, source: object, position: Position) -> Any:  # noqa: ANN401
        """Let graphql-core execute a field from the start: its value, or a coroutine of it."""
        path = Path(path_of(position), field.key, field.parent.name)
        return self.core.execute_field(field.parent, source, field.details, path, None)


def _track(values: Sequence[Any]) -> None:
    waiting = [value for value in values if is_awaitable(value)]
    if waiting:
        future = asyncio.gather(*waiting, return_exceptions=True)
        BACKGROUND.add(future)
        future.add_done_callback(BACKGROUND.discard)


BACKGROUND: set[Any] = set()
HELPERS = GraphQLResolveInfoHelpers(gather=lambda values: gather_with_cancel(*values), track=_track)
"""What resolvers may use to wait for several things, without an executor of their own."""

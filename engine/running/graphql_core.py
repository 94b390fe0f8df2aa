"""The way back to graphql-core: its executor does whatever is not as it was compiled for, and collects the errors."""

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

    from engine.running.field import Field
    from engine.running.run import Position, Run


def path_of(position: Position) -> Path | None:
    """Turn a position into graphql-core's Path."""
    if position is None:
        return None
    return Path(path_of(position[0]), position[1], position[2])


class LateInfo:
    """The `info` of graphql-core, made only when a resolver reads more of it than context and nodes."""

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
            self._made = info_of(self._run, self._field, self._position)
        return getattr(self._made, name)


def core_of(run: Run) -> Executor[Any]:
    """Return graphql-core's executor of a run: same variables, same collected errors."""
    if run.core is None:
        operation = run.operation
        run.core = Executor(
            operation.schema,
            operation.fragment_nodes,
            operation.fragments,
            run.root,
            run.context,
            operation.node,
            run.variables,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            hide_suggestions=operation.hide_suggestions,
        )
    return run.core


def info_of(run: Run, field: Field, position: Position) -> GraphQLResolveInfo[Any]:
    """What graphql-core gives resolvers beside the source."""
    operation = run.operation
    return GraphQLResolveInfo(
        field.nodes[0].name.value,
        field.nodes,
        field.definition.type,
        field.parent,
        path_of(position),  # type: ignore[arg-type] # a field has a position
        operation.schema,
        operation.fragment_nodes,
        run.root,
        operation.node,
        run.variables,
        run.context,
        is_awaitable,
        None,
        HELPERS if run.core is None else run.core.async_helpers,
    )


def fail(run: Run, error: Exception, field: Field, position: Position, type_: GraphQLOutputType) -> None:
    """Record an error at a nullable position; raise it, located, where the type forbids null."""
    path = path_of(position)
    core_of(run).handle_field_error(error, type_, field.details, path)  # type: ignore[arg-type] # as above


def execute_field(run: Run, field: Field, source: object, position: Position) -> Any:  # noqa: ANN401
    """Execute a field from the start: its value, or a coroutine of it. `position` is that of its object."""
    path = Path(path_of(position), field.key, field.parent.name)
    return core_of(run).execute_field(field.parent, source, field.details, path, None)


def complete_value(run: Run, field: Field, value: Any, position: Position) -> Any:  # noqa: ANN401
    """Complete a resolved value of a field; errors are raised bare."""
    info, path = info_of(run, field, position), path_of(position)
    return core_of(run).complete_value(field.definition.type, field.details, info, path, value, None)  # type: ignore[arg-type] # as above


def complete_item(run: Run, field: Field, value: Any, position: Position, type_: GraphQLOutputType) -> Any:  # noqa: ANN401
    """Complete an item of a list."""
    core, path = core_of(run), path_of(position)
    info = info_of(run, field, position[0] if position else None)
    if is_awaitable(value):
        return core.complete_awaitable_list_item_value(value, type_, field.details, info, path, None)  # type: ignore[arg-type] # as above
    found: list[Any] = []
    core.complete_list_item_value(value, found, type_, field.details, info, path, None)  # type: ignore[arg-type] # as above
    return found[0]


def settle(run: Run, waiting: list[Any]) -> None:
    """Let what is under way end in the background, errors unseen, as graphql-core does when it gives up."""
    if waiting:
        core_of(run).settle_in_background(waiting)


def _track(values: Sequence[Any]) -> None:
    waiting = [value for value in values if is_awaitable(value)]
    if waiting:
        future = asyncio.gather(*waiting, return_exceptions=True)
        BACKGROUND.add(future)
        future.add_done_callback(BACKGROUND.discard)


BACKGROUND: set[Any] = set()
HELPERS = GraphQLResolveInfoHelpers(gather=lambda values: gather_with_cancel(*values), track=_track)
"""Functions with which resolvers wait for several things."""

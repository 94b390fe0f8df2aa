"""One execution of a compiled operation: what generated code calls, and the way back to graphql-core."""

from __future__ import annotations

import asyncio
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from graphql import GraphQLResolveInfo
from graphql.execution import Executor, default_field_resolver, default_type_resolver
from graphql.pyutils import Path, gather_with_cancel, is_awaitable
from graphql.type import GraphQLResolveInfoHelpers, is_list_type, is_non_null_type

from engine.odd import Odd
from engine.resolution import Typename

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from graphql import GraphQLOutputType
    from graphql.execution.values import VariableValues

    from engine.program import Program
    from engine.selection import Field

Position = tuple[Any, str | int, str | None] | None
"""A path as graphql-core keeps it, in plain tuples: (parent, key or index, type name)."""


def path_of(position: Position) -> Path | None:
    """Turn a position into graphql-core's Path."""
    if position is None:
        return None
    return Path(path_of(position[0]), position[1], position[2])


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

    def info(self, field: Field, position: Position) -> GraphQLResolveInfo:
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

    def odd(self, field: Field, value: object, position: Position) -> Any:  # noqa: ANN401
        """Let graphql-core complete a resolved value: its JSON value, or a coroutine of it. Errors are raised bare."""
        path = path_of(position)
        completed = self.core.complete_value(
            field.definition.type,
            field.details,
            self.info(field, position),
            path,  # type: ignore[arg-type]
            value,
            None,
        )
        return _awaiting(completed) if _awaitable_but_no_coroutine(completed) else completed


def result(run: Run, field: Field, value: Any, position: Position) -> Any:  # noqa: ANN401
    """Complete what a resolver returned, an awaitable included: a JSON value or a coroutine of it."""
    try:
        if is_awaitable(value):
            return awaited(run, field, value, position)
        completed = field.complete(run, value, position)  # type: ignore[misc]
    except Exception as error:  # noqa: BLE001 - a field error is located and shown, whatever it is
        run.fail(error, field, position, field.definition.type)
        return None
    if completed.__class__ is CoroutineType:
        return guarded(run, field, completed, position, field.definition.type)
    return completed


def evaluate(run: Run, field: Field, source: Any, position: Position) -> Any:  # noqa: ANN401
    """Resolve and complete a field: a JSON value or a coroutine of it."""
    if field.call is None:
        parent = position[0] if position else None
        return field.parent.name if isinstance(field.resolution, Typename) else run.field(field, source, parent)
    try:
        values = {} if field.values is None else field.values(run)
        if field.is_async:
            return called(run, field, source, position, values)
        value = field.call(run, source, position, values)
    except Exception as error:  # noqa: BLE001 - see result
        run.fail(error, field, position, field.definition.type)
        return None
    return result(run, field, value, position)


async def called(run: Run, field: Field, source: Any, position: Position, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Await the one call of an asynchronous function, and complete what it returns."""
    try:
        value = await field.call(run, source, position, values)  # type: ignore[misc]
        completed = field.complete(run, value, position)  # type: ignore[misc]
        if completed.__class__ is CoroutineType:
            return await completed
    except Exception as error:  # noqa: BLE001 - see result
        run.fail(error, field, position, field.definition.type)
        return None
    return completed


async def awaited(run: Run, field: Field, value: Awaitable[Any], position: Position) -> Any:  # noqa: ANN401
    """Await what a resolver returned, and complete it."""
    try:
        completed = field.complete(run, await value, position)  # type: ignore[misc]
        if completed.__class__ is CoroutineType:
            return await completed
    except Exception as error:  # noqa: BLE001 - see result
        run.fail(error, field, position, field.definition.type)
        return None
    return completed


async def guarded(
    run: Run, field: Field, completed: Awaitable[Any], position: Position, type_: GraphQLOutputType
) -> Any:  # noqa: ANN401
    """Await a completion that is under way; its error belongs to this position."""
    try:
        return await completed
    except Exception as error:  # noqa: BLE001 - see result
        run.fail(error, field, position, type_)
        return None


async def gathered(
    found: dict[Any, Any] | list[Any], keys: Sequence[Any]
) -> dict[Any, Any] | list[Any]:
    """Await the coroutines among the values, together when they are several, and put their results in place."""
    if len(keys) == 1:
        (key,) = keys
        found[key] = await found[key]
    else:
        results = await gather_with_cancel(*[found[key] for key in keys])
        for key, one in zip(keys, results, strict=True):
            found[key] = one
    return found


def items(
    run: Run,
    field: Field,
    values: Sequence[Any],
    position: Position,
    complete: Callable[[Run, Any, Position], Any],
) -> Any:  # noqa: ANN401
    """Complete the items of a list: JSON values, or a coroutine of them when an item has something to await."""
    type_ = _item_type(field)
    found: list[Any] = []
    waiting: list[int] = []
    iterator = iter(values)
    try:
        for index, value in enumerate(iterator):
            if _item(run, field, value, (position, index, None), complete, found, type_):
                waiting.append(index)
    except Exception:
        left = [found[index] for index in waiting]
        left.extend(value for value in iterator if is_awaitable(value))
        settle(run, left)
        raise
    return gathered(found, waiting) if waiting else found


def _item(
    run: Run,
    field: Field,
    value: Any,  # noqa: ANN401
    position: Position,
    complete: Callable[[Run, Any, Position], Any],
    found: list[Any],
    type_: GraphQLOutputType,
) -> bool:
    try:
        completed = complete(run, value, position)
    except Odd:
        return _odd_item(run, field, value, position, found, type_)
    except Exception as error:  # noqa: BLE001 - see result
        run.fail(error, field, position, type_)
        completed = None
    if completed.__class__ is CoroutineType:
        found.append(guarded(run, field, completed, position, type_))
        return True
    found.append(completed)
    return False


def _odd_item(
    run: Run, field: Field, value: Any, position: Position, found: list[Any], type_: GraphQLOutputType  # noqa: ANN401
) -> bool:
    info = run.info(field, position[0] if position else None)
    path: Any = path_of(position)
    if is_awaitable(value):
        found.append(
            run.core.complete_awaitable_list_item_value(value, type_, field.details, info, path, None)
        )
        return True
    return run.core.complete_list_item_value(value, found, type_, field.details, info, path, None)


def settle(run: Run, waiting: list[Any]) -> None:
    """Let what is under way end in the background, its errors unseen, as graphql-core does before it gives up."""
    if waiting:
        run.core.settle_in_background(waiting)


def _item_type(field: Field) -> GraphQLOutputType:
    type_: Any = field.definition.type
    if is_non_null_type(type_):
        type_ = type_.of_type
    if not is_list_type(type_):
        raise TypeError(f"{type_} is no list")
    return type_.of_type


def _awaitable_but_no_coroutine(value: object) -> bool:
    return value.__class__ is not CoroutineType and is_awaitable(value)


async def _awaiting(value: Awaitable[Any]) -> Any:  # noqa: ANN401
    return await value


def _track(values: Sequence[Any]) -> None:
    waiting = [value for value in values if is_awaitable(value)]
    if waiting:
        future = asyncio.gather(*waiting, return_exceptions=True)
        BACKGROUND.add(future)
        future.add_done_callback(BACKGROUND.discard)


BACKGROUND: set[Any] = set()
HELPERS = GraphQLResolveInfoHelpers(gather=lambda values: gather_with_cancel(*values), track=_track)
"""What resolvers may use to wait for several things, without an executor of their own."""

"""Resolving and completing fields that may wait or fail, in graphql-core's order and with its errors."""

from __future__ import annotations

from types import CoroutineType
from typing import TYPE_CHECKING, Any

from graphql.pyutils import gather_with_cancel, is_awaitable
from graphql.type import is_list_type, is_non_null_type

from engine.running.fallback import FallBack
from engine.running.graphql_core import complete_item, complete_value, execute_field, fail, settle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from graphql import GraphQLOutputType

    from engine.running.field import Field
    from engine.running.run import Position, Run

TYPENAME = "__typename"


def result(run: Run, field: Field, value: Any, position: Position) -> Any:  # noqa: ANN401
    """Complete what a resolver returned, an awaitable included: a JSON value or a coroutine of it."""
    try:
        completed = field.complete(run, value, position, True)  # type: ignore[misc] # noqa: FBT003
    except Exception as error:  # noqa: BLE001 - a field error is located and shown, whatever it is
        fail(run, error, field, position, field.definition.type)
        return None
    if completed.__class__ is CoroutineType:
        return guarded(run, field, completed, position, field.definition.type)
    return completed


def by_core(run: Run, field: Field, value: Any, position: Position, raw: bool) -> Any:  # noqa: ANN401, FBT001
    """Let graphql-core complete a resolved value: JSON or a coroutine of it. Errors are raised bare.

    `raw` says that the value comes from the resolver as it is, so that it may have to be awaited first.
    """
    if raw and is_awaitable(value):
        return awaited(run, field, value, position)
    completed = complete_value(run, field, value, position)
    if completed.__class__ is not CoroutineType and is_awaitable(completed):
        return _awaiting(completed)
    return completed


def evaluate(run: Run, field: Field, source: Any, position: Position) -> Any:  # noqa: ANN401
    """Resolve and complete a field: a JSON value or a coroutine of it."""
    if field.call is None:
        parent = position[0] if position else None
        return (
            field.parent.name if field.nodes[0].name.value == TYPENAME else execute_field(run, field, source, parent)
        )
    try:
        values = {} if field.values is None else field.values(run)
        if field.is_async:
            return called(run, field, source, position, values)
        value = field.call(run, source, position, values)
    except Exception as error:  # noqa: BLE001 - see result
        fail(run, error, field, position, field.definition.type)
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
        fail(run, error, field, position, field.definition.type)
        return None
    return completed


async def awaited(run: Run, field: Field, value: Awaitable[Any], position: Position) -> Any:  # noqa: ANN401
    """Await what a resolver returned, and complete it."""
    try:
        completed = field.complete(run, await value, position)  # type: ignore[misc]
        if completed.__class__ is CoroutineType:
            return await completed
    except Exception as error:  # noqa: BLE001 - see result
        fail(run, error, field, position, field.definition.type)
        return None
    return completed


async def guarded(
    run: Run, field: Field, completed: Awaitable[Any], position: Position, type_: GraphQLOutputType
) -> Any:  # noqa: ANN401
    """Await a completion that is under way; its error belongs to this position."""
    try:
        return await completed
    except Exception as error:  # noqa: BLE001 - see result
        fail(run, error, field, position, type_)
        return None


async def gathered(found: dict[Any, Any] | list[Any], keys: Sequence[Any]) -> dict[Any, Any] | list[Any]:
    """Await the coroutines among the values, several together, and put their results in place."""
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
    """Complete the items of a list: JSON values, or a coroutine of them where one has to be awaited."""
    type_ = _item_type(field)
    found: list[Any] = []
    waiting: list[int] = []
    iterator = iter(values)
    try:
        for index, value in enumerate(iterator):
            at = (position, index, None)
            try:
                completed = complete(run, value, at)
            except FallBack:
                completed = complete_item(run, field, value, at, type_)
            except Exception as error:  # noqa: BLE001 - see result
                fail(run, error, field, at, type_)
                completed = None
            if completed.__class__ is CoroutineType:
                completed = guarded(run, field, completed, at, type_)
                waiting.append(index)
            found.append(completed)
    except Exception:
        left = [found[index] for index in waiting]
        left.extend(value for value in iterator if is_awaitable(value))
        settle(run, left)
        raise
    return gathered(found, waiting) if waiting else found


async def _awaiting(value: Awaitable[Any]) -> Any:  # noqa: ANN401
    return await value


def _item_type(field: Field) -> GraphQLOutputType:
    type_: Any = field.definition.type
    if is_non_null_type(type_):
        type_ = type_.of_type
    if not is_list_type(type_):
        raise TypeError(f"{type_} is no list")
    item: GraphQLOutputType = type_.of_type
    return item

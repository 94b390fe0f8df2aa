"""Resolving and completing fields that may wait or fail, in graphql-core's order and with its errors."""

from __future__ import annotations

from types import CoroutineType
from typing import TYPE_CHECKING, Any

from graphql.pyutils import gather_with_cancel, is_awaitable
from graphql.type import is_list_type, is_non_null_type

from engine.odd import Odd
from engine.resolution import Typename
from engine.run import path_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from graphql import GraphQLOutputType

    from engine.run import Position, Run
    from engine.shapes import Field


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
        return (
            field.parent.name if isinstance(field.resolution, Typename) else run.field(field, source, parent)
        )
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
            if _item(run, field, value, (position, index, None), complete, found, type_):
                waiting.append(index)
    except Exception:
        left = [found[index] for index in waiting]
        left.extend(value for value in iterator if is_awaitable(value))
        settle(run, left)
        raise
    return gathered(found, waiting) if waiting else found


def _item(  # noqa: PLR0917 - called for every item
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


def _odd_item(  # noqa: PLR0917 - see _item
    run: Run,
    field: Field,
    value: Any,  # noqa: ANN401
    position: Position,
    found: list[Any],
    type_: GraphQLOutputType,
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
    """Let what is under way end in the background, errors unseen, as graphql-core does when it gives up."""
    if waiting:
        run.core.settle_in_background(waiting)


def _item_type(field: Field) -> GraphQLOutputType:
    type_: Any = field.definition.type
    if is_non_null_type(type_):
        type_ = type_.of_type
    if not is_list_type(type_):
        raise TypeError(f"{type_} is no list")
    item: GraphQLOutputType = type_.of_type
    return item

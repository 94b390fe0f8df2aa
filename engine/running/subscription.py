"""Subscriptions: the source stream is opened as graphql-core does, and each event answered."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from graphql import GraphQLError, located_error
from graphql.execution import default_field_resolver, get_argument_values
from graphql.execution.collect_fields import collect_fields
from graphql.pyutils import inspect, is_awaitable

from engine.operation import HandsOver
from engine.running.field import Field
from engine.running.graphql_core import info_of, path_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Awaitable, Callable

    from engine.operation import Response, Taker
    from engine.running.run import Run


async def open_source(run: Run) -> AsyncIterable[Any]:
    """Open the source stream of a subscription; raises the located GraphQLError of what went wrong."""
    field = _root_field(run)
    position = (None, field.key, field.parent.name)
    definition = field.definition
    try:
        values = get_argument_values(definition, field.nodes[0], run.variables, None, run.operation.hide_suggestions)
        resolve = definition.subscribe or default_field_resolver
        source = resolve(run.root, info_of(run, field, position), **values)
        return _event_stream(await source if is_awaitable(source) else source)
    except Exception as error:
        path = path_of(position)
        raise located_error(error, field.nodes, path.as_list() if path else None) from error


class Responses:
    """The answers to the events of a source, each in turn.

    `made` gives an answer that is there already, None where it is still to be made.
    """

    __slots__ = ("_answer", "_events", "_made")

    def __init__(
        self,
        source: AsyncIterable[Any],
        answer: Callable[[Any], Awaitable[Response]],
        made: Callable[[Any], Response | None] | None = None,
    ) -> None:
        self._events = aiter(source)
        self._answer = answer
        self._made = made

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Response:
        """Wait for the next event and answer it."""
        return await self._answer(await anext(self._events))

    async def aclose(self) -> None:
        """Close the source."""
        aclose = getattr(self._events, "aclose", None)
        if aclose is not None:
            with suppress(Exception):
                await aclose()

    def hand_to(self, taker: Taker[Response]) -> None:
        """Offer answers that are there already, if the source can hand over its events at once."""
        if self._made is not None and isinstance(self._events, HandsOver):
            self._events.hand_to(_Answered(self._made, taker))


class _Answered:
    """Takes an event whose answer is there already."""

    __slots__ = ("_made", "_taker", "has_room")

    def __init__(self, made: Callable[[Any], Response | None], taker: Taker[Response]) -> None:
        self._made = made
        self._taker = taker
        self.has_room = taker.has_room

    def take(self, event: object) -> bool:
        """Give its answer on."""
        response = self._made(event)
        return response is not None and self._taker.take(response)


def _root_field(run: Run) -> Field:
    operation = run.operation
    root = operation.root_type
    if root is None:
        raise GraphQLError("Schema is not configured to execute subscription operation.", operation.node)
    grouped = collect_fields(
        operation.schema, operation.fragments, run.variables, root, operation.node, operation.hide_suggestions
    ).grouped_field_set
    key, details = next(iter(grouped.items()))
    nodes = [detail.node for detail in details]
    name = nodes[0].name.value
    definition = operation.schema.get_field(root, name)
    if definition is None:
        raise GraphQLError(f"The subscription field '{name}' is not defined.", nodes)
    return Field(key=key, parent=root, definition=definition, details=details, nodes=nodes)


def _event_stream(source: Any) -> AsyncIterable[Any]:  # noqa: ANN401 - whatever a resolver returned
    if isinstance(source, Exception):
        raise source
    if not hasattr(source, "__aiter__"):
        raise GraphQLError(f"Subscription field must return AsyncIterable. Received: {inspect(source)}.")
    stream: AsyncIterable[Any] = source
    return stream

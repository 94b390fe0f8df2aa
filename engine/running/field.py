"""A selected field as a run needs it: all of it is known before any request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import FieldNode, GraphQLField, GraphQLObjectType
    from graphql.execution.collect_fields import FieldDetails

    from engine.running.run import Position, Run

    Values = Callable[[Run], dict[str, Any]]
    """Gives the argument values of a field, in GraphQL's terms."""
    Call = Callable[[Run, Any, Position, dict[str, Any]], Any]
    """Calls a resolver: (run, source, position, argument values) to its result."""


@dataclass(eq=False, slots=True, kw_only=True)
class Field:
    """One entry of a selection, under its key in the response."""

    key: str
    parent: GraphQLObjectType
    definition: GraphQLField
    details: list[FieldDetails]
    nodes: list[FieldNode]
    values: Values | None = None
    call: Call | None = None
    is_async: bool = False
    complete: Callable[..., Any] | None = None
    """Completes a resolved value: (run, value, position, raw) to JSON, or a coroutine of it; generated."""

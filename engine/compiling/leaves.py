"""How a scalar or an enum is written: a check of the usual class, else the type's own serialiser."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLString,
)
from graphql.pyutils import Undefined, is_awaitable
from strawberry.schema.types.base_scalars import isoformat

from engine.running.fallback import KNOWN_CLASSES, FallBack, plainly_a_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import GraphQLLeafType

    Serialise = Callable[[Any], Any]

CONDITIONS = {
    GraphQLString: "{x}.__class__ is str",
    GraphQLID: "{x}.__class__ is str",
    GraphQLBoolean: "{x}.__class__ is bool",
    GraphQLInt: "({x}.__class__ is int and -2147483648 <= {x} <= 2147483647)",
    GraphQLFloat: "({x}.__class__ is float and -INFINITY < {x} < INFINITY)",
}
"""For the built-in scalars, when the value is written as it is."""


ISO = [(isoformat, (date, datetime)), (date.isoformat, (date,)), (datetime.isoformat, (datetime,))]


class EnumNames(NamedTuple):
    """The GraphQL names of a Python enum's members, by the members' own names."""

    members: type[Enum]
    names: dict[str, str]


def enum_names(type_: GraphQLLeafType) -> EnumNames | None:
    """Names of the members of the Python enum behind a GraphQL enum; None when there is none."""
    members = getattr(type_, "wrapped_cls", None)
    if not (isinstance(type_, GraphQLEnumType) and isinstance(members, type) and issubclass(members, Enum)):
        return None
    names = {}
    for member in members:
        try:
            names[member.name] = type_.coerce_output_value(member)
        except (GraphQLError, ValueError):
            continue
    return EnumNames(members, names)


def iso_classes(type_: GraphQLLeafType) -> tuple[type, ...]:
    """Return the classes whose own `isoformat` is what the type writes: of dates, as strawberry's are."""
    return next((classes for write, classes in ISO if type_.coerce_output_value == write), ())


def serialiser(type_: GraphQLLeafType) -> Serialise:
    """Make the function for what the inline check did not settle; raises FallBack or what the type raises."""
    coerce = type_.coerce_output_value
    known: set[type] = set()

    def serialise(value: Any) -> Any:  # noqa: ANN401 - any value a resolver returned
        if value.__class__ not in known:
            if not plainly_a_value(value):
                raise FallBack
            if len(known) < KNOWN_CLASSES:
                known.add(value.__class__)
        written = coerce(value)
        if written.__class__ is not str and (written is None or written is Undefined or is_awaitable(written)):
            raise FallBack
        return written

    return serialise

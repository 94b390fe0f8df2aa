"""Coercion of input values, prepared once per type; Undefined where graphql-core shall decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from enum import Enum
from math import inf
from typing import TYPE_CHECKING, Any
from uuid import UUID

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLString,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)
from graphql.pyutils import Undefined
from graphql.utilities.coerce_input_value import coerce_default_value

if TYPE_CHECKING:
    from graphql import GraphQLInputType

Coerce = Callable[[Any], Any]
UNCHANGING = (str, int, float, type(None), Enum, date, time, Decimal, UUID)
"""Classes of values that no resolver can change: one may be given to all."""
GREATEST_INT = 2_147_483_647
MAX_DEPTH = 30
"""Deeper values are left to graphql-core, which has its own limit."""


def coercion(type_: GraphQLInputType) -> Coerce:
    """Make the coercion of values of a type. It never raises; Undefined: it does not settle the value."""
    return _coercion(type_, {}, 0)


def _coercion(type_: Any, made: dict[Any, Any], depth: int) -> Coerce:  # noqa: ANN401 - any input type
    if is_non_null_type(type_):
        return _non_null(_nullable(type_.of_type, made, depth))
    return _or_null(_nullable(type_, made, depth))


def _nullable(type_: Any, made: dict[Any, Any], depth: int) -> Coerce:  # noqa: ANN401
    if depth > MAX_DEPTH or type_ in made:
        return _undecided
    if is_list_type(type_):
        return _list(_coercion(type_.of_type, made, depth + 1))
    if is_input_object_type(type_):
        return _input_object(type_, {**made, type_: True}, depth)
    return BUILT_IN.get(type_) or _leaf(type_)


def _undecided(_value: object) -> Any:  # noqa: ANN401
    return Undefined


def _non_null(inner: Coerce) -> Coerce:
    return lambda value: Undefined if value is None else inner(value)


def _or_null(inner: Coerce) -> Coerce:
    return lambda value: None if value is None else inner(value)


BUILT_IN: dict[Any, Coerce] = {
    GraphQLString: lambda value: value if value.__class__ is str else Undefined,
    GraphQLID: lambda value: value if value.__class__ is str else Undefined,
    GraphQLBoolean: lambda value: value if value.__class__ is bool else Undefined,
    GraphQLInt: lambda value: (
        value if value.__class__ is int and -GREATEST_INT - 1 <= value <= GREATEST_INT else Undefined
    ),
    GraphQLFloat: lambda value: value if value.__class__ is float and -inf < value < inf else Undefined,
}


def _leaf(type_: Any) -> Coerce:  # noqa: ANN401
    def coerce(value: Any) -> Any:  # noqa: ANN401
        try:
            return type_.coerce_input_value(value)
        except Exception:  # noqa: BLE001 - a scalar's parser, the schema's own function, may raise anything
            return Undefined  # graphql-core coerces the same value again, and words the refusal

    return coerce


def _list(item: Coerce) -> Coerce:
    def coerce(value: Any) -> Any:  # noqa: ANN401
        if value.__class__ is not list:
            return Undefined
        coerced = [item(one) for one in value]
        return Undefined if any(one is Undefined for one in coerced) else coerced

    return coerce


def _input_object(type_: GraphQLInputObjectType, made: dict[Any, Any], depth: int) -> Coerce:
    if type_.is_one_of:
        return _undecided
    try:
        fields = [
            (
                name,
                field.out_name or name,
                _coercion(field.type, made, depth + 1),
                is_required_input_field(field),
                Undefined if is_required_input_field(field) else coerce_default_value(field),
            )
            for name, field in type_.fields.items()
        ]
    except (GraphQLError, TypeError):
        return _undecided
    known, out_type = type_.fields.keys(), type_.out_type

    def coerce(value: Any) -> Any:  # noqa: ANN401
        if value.__class__ is not dict or not value.keys() <= known:
            return Undefined
        coerced = _coerced_fields(fields, value)
        try:
            return coerced if coerced is Undefined else out_type(coerced)
        except Exception:  # noqa: BLE001 - the class of the input, the schema's own, may raise anything
            return Undefined  # graphql-core makes the object again, and tells what is raised then

    return coerce


def _coerced_fields(fields: list[tuple[str, str, Coerce, bool, Any]], value: dict[str, Any]) -> Any:  # noqa: ANN401
    coerced = {}
    for name, out_name, inner, required, default in fields:
        given = value.get(name, Undefined)
        if given is not Undefined:
            found = inner(given)
            if found is Undefined:
                return Undefined
            coerced[out_name] = found
        elif required:
            return Undefined
        elif default is not Undefined:
            coerced[out_name] = default
    return coerced

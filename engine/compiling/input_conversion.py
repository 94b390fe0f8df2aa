"""Conversion of coerced GraphQL values to what strawberry's resolvers take, prepared once per type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING
from typing import TYPE_CHECKING, Any

from strawberry.relay.types import GlobalID
from strawberry.scalars import is_scalar
from strawberry.types.arguments import convert_argument
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.lazy_type import LazyType
from strawberry.types.unset import UNSET

if TYPE_CHECKING:
    from strawberry.schema.schema_converter import GraphQLCoreConverter

Path = tuple[str | int, ...]
Convert = Callable[[Any, Path, Any], Any]
"""(GraphQL value, its location in the arguments, strawberry's info) to the Python value."""


def conversion(converter: GraphQLCoreConverter, type_: Any) -> Convert | None:  # noqa: ANN401 - strawberry's types
    """Make the conversion of values of a strawberry input type; None where the value stays as it is."""
    return _conversion(converter, type_, {})


def _conversion(converter: GraphQLCoreConverter, type_: Any, made: dict[int, Any]) -> Convert | None:  # noqa: ANN401
    if isinstance(type_, LazyType):
        return _conversion(converter, type_.resolve_type(), made)
    if type(type_) is StrawberryOptional:
        return _conversion(converter, type_.of_type, made)
    if _is_leaf(converter, type_):
        return None
    if isinstance(type_, StrawberryList) and not isinstance(type_, StrawberryMaybe):
        return _list(_conversion(converter, type_.of_type, made))
    definition = getattr(type_, "__strawberry_definition__", None)
    if isinstance(type_, type) and has_object_definition(type_) and _is_plain_input(definition):
        return _input(converter, type_, definition, made)
    return _by_strawberry(converter, type_)


def _is_plain_input(definition: Any) -> bool:  # noqa: ANN401
    return definition is not None and definition.is_input and definition.from_input is None


def _is_leaf(converter: GraphQLCoreConverter, type_: Any) -> bool:  # noqa: ANN401
    if type_ is GlobalID or isinstance(type_, StrawberryMaybe):
        return False
    return (
        isinstance(type_, StrawberryEnumDefinition)
        or is_scalar(type_, converter.scalar_registry)
        or has_enum_definition(type_)
    )


def _by_strawberry(converter: GraphQLCoreConverter, type_: Any) -> Convert:  # noqa: ANN401
    def convert(value: Any, path: Path, info: Any) -> Any:  # noqa: ANN401
        return convert_argument(value, type_, converter.scalar_registry, converter.config, info, path=path)

    return convert


def _list(item: Convert | None) -> Convert:
    def convert(value: Any, path: Path, info: Any) -> Any:  # noqa: ANN401
        if value is None or value is UNSET:
            return value
        if item is None:
            return list(value)
        return [item(one, (*path, index), info) for index, one in enumerate(value)]

    return convert


def _input(
    converter: GraphQLCoreConverter,
    type_: type,
    definition: Any,  # noqa: ANN401
    made: dict[int, Any],
) -> Convert:
    if id(type_) in made:
        return lambda value, path, info: made[id(type_)](value, path, info)  # noqa: PLW0108 - made later
    made[id(type_)] = None
    implied = {
        field.python_name: None
        for field in definition.fields
        if field.default_value is MISSING and field.default_factory is MISSING
    }
    fields = _fields(converter, definition, made)

    def convert(value: Any, path: Path, info: Any) -> Any:  # noqa: ANN401
        if value is None or value is UNSET:
            return value
        keywords: dict[str, Any] = dict(implied)
        for name, python_name, inner in fields:
            if name in value:
                given = value[name]
                keywords[python_name] = given if inner is None else inner(given, (*path, name), info)
        return type_(**keywords)

    made[id(type_)] = convert
    return convert


def _fields(
    converter: GraphQLCoreConverter,
    definition: Any,  # noqa: ANN401
    made: dict[int, Any],
) -> list[tuple[str, str, Convert | None]]:
    """Name each field in GraphQL and in Python, with the conversion of its values."""
    name_of = converter.config.name_converter.from_field
    return [
        (
            name_of(field),
            field.python_name,
            _conversion(converter, field.resolve_type(type_definition=definition), made),
        )
        for field in definition.fields
    ]

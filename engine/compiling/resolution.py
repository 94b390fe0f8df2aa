"""Where a field's value comes from: an attribute, an event, a Python function, or any other resolver."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import isasyncgenfunction, iscoroutinefunction
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from engine.strawberry_definitions import converter_of, definition_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import GraphQLField, GraphQLSchema

BUILT = "GraphQLCoreConverter.from_resolver.<locals>."
EVENT = "GraphQLCoreConverter.from_field.<locals>.<lambda>"


@dataclass(frozen=True, slots=True)
class Typename:
    """`__typename`: known beforehand."""


@dataclass(frozen=True, slots=True)
class Event:
    """The root value itself, as the field of a strawberry subscription returns it."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the source, without arguments, as strawberry's default resolver reads it."""

    name: str


@dataclass(frozen=True, slots=True)
class Function:
    """A Python function behind a strawberry field that nothing else wraps."""

    field: StrawberryField
    call: Callable[..., Any]
    is_async: bool

    @property
    def takes_only_self(self) -> bool:
        """Whether it is a synchronous method without arguments, called with the source alone."""
        resolver = self.field.base_resolver
        return (
            resolver is not None
            and not self.is_async
            and not self.field.arguments
            and bool(resolver.self_parameter)
            and not (resolver.parent_parameter or resolver.root_parameter or resolver.info_parameter)
        )


@dataclass(frozen=True, slots=True)
class Resolver:
    """A resolver as graphql-core calls it: permissions, extensions, other libraries' fields."""


Resolution = Typename | Event | Attribute | Function | Resolver


def resolution(schema: GraphQLSchema, definition: GraphQLField) -> Resolution:
    """Say how a field of this schema gets its value; a Resolver unless something simpler is certain."""
    field = definition_of(definition)
    if not isinstance(field, StrawberryField) or not _is_strawberrys_own(schema, field):
        return Resolver()
    built_as = getattr(definition.resolve, "__qualname__", "")
    if field.is_subscription:
        return Event() if built_as == EVENT else Resolver()
    if built_as == f"{BUILT}_get_basic_result":
        return _attribute(field, definition)
    if built_as in {f"{BUILT}_resolver", f"{BUILT}_async_resolver"}:
        return _function(field)
    return Resolver()


def _is_strawberrys_own(schema: GraphQLSchema, field: StrawberryField) -> bool:
    converter = converter_of(schema)
    return (
        converter is not None
        and not converter.exception_handlers
        and type(field).get_result is StrawberryField.get_result
    )


def _attribute(field: StrawberryField, definition: GraphQLField) -> Resolution:
    name = field.python_name
    plain = field.default_resolver is getattr and name.isidentifier() and not iskeyword(name)
    return Attribute(name) if plain and not definition.args else Resolver()


def _function(field: StrawberryField) -> Resolution:
    resolver = field.base_resolver
    if field.extensions or resolver is None or type(resolver).__call__ is not StrawberryResolver.__call__:
        return Resolver()
    call = resolver.wrapped_func
    if not callable(call) or isasyncgenfunction(call):
        return Resolver()
    if field.is_async and not iscoroutinefunction(call):
        return Resolver()
    return Function(field, call, field.is_async)

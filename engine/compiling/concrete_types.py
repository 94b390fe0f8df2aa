"""Which object type a value is of, where the schema says a union or an interface: as strawberry decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import GraphQLResolveInfo, is_union_type
from graphql.pyutils import Path, is_awaitable
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE

from engine.running.fallback import FallBack, plainly_a_value
from engine.running.graphql_core import HELPERS
from engine.strawberry_definitions import definition_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import GraphQLAbstractType, GraphQLObjectType, GraphQLSchema

    from engine.compiling.shapes import Abstract

CAST = TYPE_CAST_ATTRIBUTE
"""The attribute by which `strawberry.cast` says what an object is taken for."""


def own_class(type_: GraphQLObjectType) -> type | None:
    """Return the Python class whose instances are certainly of this object type; None when there is none."""
    definition = definition_of(type_)
    cls = getattr(definition, "origin", None)
    if definition is None or not isinstance(cls, type) or issubclass(cls, Exception) or hasattr(cls, "__await__"):
        return None
    if definition.concrete_of is not None or definition.is_graphql_generic:
        return None
    return cls if cls.__dict__.get("__strawberry_definition__") is definition else None


def own_classes(schema: GraphQLSchema, abstract: GraphQLAbstractType) -> dict[type, str]:
    """Type names by the classes for which strawberry resolves this abstract type to nothing else."""
    found = {}
    for type_ in schema.get_possible_types(abstract):
        cls = own_class(type_)
        if cls is None or definition_of(type_).name != type_.name:
            continue
        of_the_interface = is_union_type(abstract) or issubclass(cls, definition_of(abstract).origin)
        if of_the_interface:
            found[cls] = type_.name
    return found


def resolver_of(schema: GraphQLSchema, shape: Abstract, functions: dict[str, Any]) -> Callable[[Any], Any]:
    """Make the choice of a function for a value whose class does not say its type; raises FallBack.

    `functions` are those of the possible types, by type name, filled in later.
    """
    resolve_type: Any = shape.type.resolve_type
    info = _info_for_types(schema, shape.field_name)

    def resolve(value: Any) -> Any:  # noqa: ANN401 - any value a resolver returned
        if not plainly_a_value(value):
            raise FallBack
        try:
            name = resolve_type(value, info, shape.type)
        except Exception:  # noqa: BLE001 - the schema's own function may need what this nearly empty `info` lacks
            raise FallBack from None  # graphql-core asks again with a whole `info`, and tells what is raised then
        if name.__class__ is not str or name not in functions:
            raise FallBack
        is_type_of: Any = shape.possible[name].type.is_type_of
        if is_type_of is not None and is_type_of(value, None) is not True:
            raise FallBack
        return functions[name]

    return resolve


def _info_for_types(schema: GraphQLSchema, field_name: str) -> GraphQLResolveInfo[None]:
    nothing: Any = None
    return GraphQLResolveInfo(
        field_name,
        [],
        nothing,
        nothing,
        Path(None, field_name, None),
        schema,
        {},
        None,
        nothing,
        nothing,
        None,
        is_awaitable,
        None,
        HELPERS,
    )

"""Which types of a schema are told apart by strawberry's own rules, which look at nothing but the value."""

from __future__ import annotations

from graphql import GraphQLAbstractType, GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType

from engine.strawberry_definitions import definition_of


def has_known_predicate(type_: GraphQLObjectType) -> bool:
    """Whether `is_type_of` is absent or strawberry's own, which looks at nothing but the value."""
    definition = definition_of(type_)
    if type_.is_type_of is None:
        return True
    return definition is not None and definition.is_type_of is None and definition.concrete_of is None


def has_known_resolver(type_: GraphQLAbstractType) -> bool:
    """Whether `resolve_type` is strawberry's own, which looks at nothing but the value and the schema."""
    definition = definition_of(type_)
    if definition is None or type_.resolve_type is None:
        return False
    if isinstance(type_, GraphQLUnionType):
        return type_.resolve_type.__qualname__.startswith("StrawberryUnion.get_type_resolver.")
    return isinstance(type_, GraphQLInterfaceType) and definition.resolve_type is None

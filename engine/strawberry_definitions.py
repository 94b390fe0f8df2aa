"""Finds the definitions of strawberry behind the types and fields that it makes for graphql-core."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from strawberry.schema.schema_converter import GraphQLCoreConverter

if TYPE_CHECKING:
    from graphql import GraphQLSchema


def definition_of(type_: Any) -> Any:  # noqa: ANN401 - strawberry's definitions have no common type
    """Strawberry's definition behind a GraphQL type or field, None where it has none."""
    return type_.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)


def converter_of(schema: GraphQLSchema) -> GraphQLCoreConverter | None:
    """Strawberry's converter behind a schema, None where the schema is not strawberry's or is adapted."""
    converter = getattr(getattr(schema, "_strawberry_schema", None), "schema_converter", None)
    return converter if type(converter) is GraphQLCoreConverter else None

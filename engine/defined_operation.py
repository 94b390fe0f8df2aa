"""An operation as its document defines it, over a schema: what is the same for all its requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphql import FragmentDefinitionNode
from graphql.execution.collect_fields import FragmentDetails

if TYPE_CHECKING:
    from graphql import DocumentNode, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode

    from engine.operation import OperationKind


@dataclass(frozen=True, slots=True, eq=False)
class DefinedOperation:
    """Its syntax, that of the fragments it may spread, and the schema that both are valid for."""

    schema: GraphQLSchema
    document: DocumentNode
    node: OperationDefinitionNode
    fragment_nodes: dict[str, FragmentDefinitionNode]
    fragments: dict[str, FragmentDetails]
    """The same, as graphql-core collects fields with them."""
    hide_suggestions: bool

    @property
    def kind(self) -> OperationKind:
        """query, mutation or subscription."""
        kind: OperationKind = self.node.operation.value
        return kind

    @property
    def name(self) -> str | None:
        """As the document names it."""
        return name_of(self.node)

    @property
    def root_type(self) -> GraphQLObjectType | None:
        """The type whose fields it selects."""
        return self.schema.get_root_type(self.node.operation)


def defined(
    schema: GraphQLSchema, document: DocumentNode, node: OperationDefinitionNode, *, hide_suggestions: bool
) -> DefinedOperation:
    """Take an operation out of its document."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    details = {name: FragmentDetails(fragment) for name, fragment in fragments.items()}
    return DefinedOperation(schema, document, node, fragments, details, hide_suggestions)


def name_of(node: OperationDefinitionNode) -> str | None:
    """Return the name of an operation, None where it has none."""
    return node.name.value if node.name else None

"""What is kept of a document: its syntax tree, and each operation prepared as it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from graphql import GraphQLError, get_operation_ast

from engine.operation import RequestRefused
from engine.plain import no_operation
from engine.program import Program
from engine.variables import Variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode

    from engine.operation import OperationKind


class Inspected(Protocol):
    """What is known of an operation's cost before its variables."""

    def checked_cost(self, variables: Mapping[str, Any]) -> int:
        """Upper bound of the nodes it may return, for coerced variables; raises GraphQLError to refuse."""
        ...


class Inspect(Protocol):
    """Measures an operation once; raises GraphQLError to refuse it."""

    def __call__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> Inspected: ...


def name_of(definition: OperationDefinitionNode) -> str | None:
    """Return the name of an operation, None where it has none."""
    return definition.name.value if definition.name else None


class Prepared:
    """One operation of a known document: what is the same for all its requests."""

    __slots__ = ("definition", "document", "inspected", "kind", "name", "program", "variables")

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        definition: OperationDefinitionNode,
        inspected: Inspected | None,
        *,
        hide_suggestions: bool,
    ) -> None:
        self.document = document
        self.definition = definition
        self.kind: OperationKind = definition.operation.value
        self.name = name_of(definition)
        self.inspected = inspected
        self.variables = Variables(schema, definition, hide_suggestions=hide_suggestions)
        self.program = Program(schema, document, definition, hide_suggestions=hide_suggestions)

    def cost(self, variables: Mapping[str, Any]) -> int:
        """Return the cost for coerced variables, 0 where nothing measures it; raises RequestRefused."""
        if self.inspected is None:
            return 0
        try:
            return self.inspected.checked_cost(variables)
        except GraphQLError as error:
            raise RequestRefused([error]) from None


class Document:
    """A parsed, measured and validated document and its operations."""

    __slots__ = ("_hide_suggestions", "_inspected", "_operations", "_schema", "node")

    def __init__(
        self,
        schema: GraphQLSchema,
        node: DocumentNode,
        inspected: Mapping[str | None, Inspected],
        *,
        hide_suggestions: bool,
    ) -> None:
        self.node = node
        self._schema = schema
        self._inspected = inspected
        self._hide_suggestions = hide_suggestions
        self._operations: dict[str | None, Prepared] = {}

    def operation(self, name: str | None) -> Prepared:
        """Return an operation by name; raises RequestRefused for one that is not there or is refused."""
        prepared = self._operations.get(name)
        if prepared is None:
            definition = get_operation_ast(self.node, name)
            if definition is None:
                raise RequestRefused([GraphQLError(no_operation(name))])
            try:
                prepared = Prepared(
                    self._schema,
                    self.node,
                    definition,
                    self._inspected.get(name_of(definition)),
                    hide_suggestions=self._hide_suggestions,
                )
            except GraphQLError as error:
                raise RequestRefused([error]) from None
            self._operations[name] = prepared
        return prepared

"""What is kept of a document: its syntax tree, and each operation prepared as it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from graphql import GraphQLError, get_operation_ast

from engine.defined_operation import defined, name_of
from engine.operation import RequestRefused
from engine.variables import Variables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode
    from graphql.execution.values import VariableValues

    from engine.defined_operation import DefinedOperation
    from engine.operation import Operation

    Execute = Callable[[DefinedOperation], "Execution"]
    """How operations are executed: compiled (engine/compiling), or by graphql-core (engine/running)."""


class Inspected(Protocol):
    """What is known of an operation's cost before its variables."""

    def checked_cost(self, variables: Mapping[str, Any]) -> int:
        """Points that it may cost, for coerced variables; raises GraphQLError to refuse."""
        ...


class Inspect(Protocol):
    """Measures an operation once; raises GraphQLError to refuse it."""

    def __call__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> Inspected: ...


class Execution(Protocol):
    """The execution of one operation."""

    def operation(self, variables: VariableValues, given: Mapping[str, Any], cost: int, *, known: bool) -> Operation:
        """Make it ready to run once; `known` says that its document was seen before."""
        ...

    def compile(self) -> None:
        """Do now what would be done at the first request."""
        ...


class PreparedOperation:
    """One operation of a known document: what is the same for all its requests."""

    __slots__ = ("defined", "execution", "inspected", "variables")

    def __init__(self, operation: DefinedOperation, inspected: Inspected | None, execute: Execute) -> None:
        self.defined = operation
        self.inspected = inspected
        self.variables = Variables(operation.schema, operation.node, hide_suggestions=operation.hide_suggestions)
        self.execution = execute(operation)

    def operation(self, given: Mapping[str, Any], *, known: bool) -> Operation:
        """Coerce variables, check the cost; RequestRefused."""
        variables = self.variables.coerce(given)
        return self.execution.operation(variables, given, self._cost(variables.coerced), known=known)

    def _cost(self, variables: Mapping[str, Any]) -> int:
        if self.inspected is None:
            return 0
        try:
            return self.inspected.checked_cost(variables)
        except GraphQLError as error:
            raise RequestRefused([error]) from None


class Document:
    """A parsed, measured and validated document and its operations."""

    __slots__ = ("_execute", "_hide_suggestions", "_inspected", "_operations", "_schema", "node")

    def __init__(
        self,
        schema: GraphQLSchema,
        node: DocumentNode,
        inspected: Mapping[str | None, Inspected],
        execute: Execute,
        *,
        hide_suggestions: bool,
    ) -> None:
        self.node = node
        self._schema = schema
        self._inspected = inspected
        self._execute = execute
        self._hide_suggestions = hide_suggestions
        self._operations: dict[str | None, PreparedOperation] = {}

    def operation(self, name: str | None) -> PreparedOperation:
        """Return an operation by name; raises RequestRefused for one that is not there or is refused."""
        prepared = self._operations.get(name)
        if prepared is None:
            node = get_operation_ast(self.node, name)
            if node is None:
                raise RequestRefused([GraphQLError(_no_operation(name))])
            operation = defined(self._schema, self.node, node, hide_suggestions=self._hide_suggestions)
            try:
                prepared = PreparedOperation(operation, self._inspected.get(name_of(node)), self._execute)
            except GraphQLError as error:
                raise RequestRefused([error]) from None
            self._operations[name] = prepared
        return prepared


def _no_operation(name: str | None) -> str:
    if name:
        return "The document has no operation of the name that is asked for."
    return "Must provide operation name if query contains multiple operations."

"""Coercion of variables, prepared once per operation; graphql-core decides whatever is not plain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import (
    GraphQLError,
    is_non_null_type,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.pyutils import Undefined
from graphql.utilities.coerce_input_value import coerce_default_value

from engine.coercion import UNCHANGING, coercion
from engine.values import values_by_core

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphql import GraphQLSchema, OperationDefinitionNode


class Variable(NamedTuple):
    """What is known of a variable before its value."""

    name: str
    signature: GraphQLVariableSignature
    coerce: Callable[[Any], Any]
    default: Any
    missing: VariableValueSource
    may_be_missing: bool


class Variables:
    """Coerces the variables of one operation."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode, *, hide_suggestions: bool) -> None:
        self._schema = schema
        self._definitions = operation.variable_definitions or ()
        self._hide_suggestions = hide_suggestions
        prepared = [_prepared(schema, definition) for definition in self._definitions]
        self._prepared = [one for one in prepared if one is not None]
        self._all_prepared = len(self._prepared) == len(prepared)

    def coerce(self, given: Mapping[str, Any]) -> VariableValues:
        """Return graphql-core's variable values; raises RequestRefused with graphql-core's errors."""
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        if not self._all_prepared:
            return self._by_core(given)
        for name, signature, coerce, default, missing, may_be_missing in self._prepared:
            value = given.get(name, Undefined)
            if value is Undefined:
                if not may_be_missing:
                    return self._by_core(given)
                sources[name] = missing
                if default is not Undefined:
                    coerced[name] = default
                continue
            accepted = coerce(value)
            if accepted is Undefined:
                return self._by_core(given)
            sources[name] = VariableValueSource(signature, value)
            coerced[name] = accepted
        return VariableValues(sources, coerced)

    def _by_core(self, given: Mapping[str, Any]) -> VariableValues:
        return values_by_core(self._schema, self._definitions, given, hide_suggestions=self._hide_suggestions)


def _prepared(schema: GraphQLSchema, definition: Any) -> Variable | None:  # noqa: ANN401 - an AST node
    signature = get_variable_signature(schema, definition)
    if isinstance(signature, GraphQLError):
        return None
    default = Undefined
    may_be_missing = not is_non_null_type(signature.type)
    if signature.default is not None:
        try:
            default = coerce_default_value(signature)
        except (GraphQLError, TypeError):
            return None
        may_be_missing = isinstance(default, UNCHANGING)
    missing = VariableValueSource(signature)
    return Variable(signature.name, signature, coercion(signature.type), default, missing, may_be_missing)

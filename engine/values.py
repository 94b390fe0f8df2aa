"""The values of variables as they came: bounded before anybody looks at them, refused without being repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import GraphQLError
from graphql.execution import get_variable_values

from engine.operation import RequestRefused
from engine.refused_errors import MOST_ERRORS, without_values

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from graphql import GraphQLSchema, VariableDefinitionNode
    from graphql.execution.values import VariableValues

MOST_VALUES = 5000
"""In all variables of a request: members of objects and items of lists, whatever they are.

Sized by the largest act: a hundred reports, each with every answer and an internship of eight periods.
"""
MOST_LEVELS = 30


def require_few_values(variables: Mapping[str, Any]) -> None:
    """Refuse (TOO_COMPLEX) values that are too many or nested too deeply; takes as long as what is allowed."""
    left, level = MOST_VALUES - len(variables), 1
    inner = [value for value in variables.values() if value.__class__ in _NESTING] if left >= 0 else []
    while inner and left >= 0 and level < MOST_LEVELS:
        level += 1
        left -= sum(map(len, inner))
        if left >= 0:
            inner = [value for each in inner for value in _values(each) if value.__class__ in _NESTING]
    if left < 0:
        raise _too_complex(f"The variables hold more than {MOST_VALUES} values: send fewer at once.")
    if inner:
        raise _too_complex(f"The variables are nested in more than {MOST_LEVELS} levels.")


def values_by_core(
    schema: GraphQLSchema,
    definitions: Collection[VariableDefinitionNode],
    given: Mapping[str, Any],
    *,
    hide_suggestions: bool,
) -> VariableValues:
    """Coerce as graphql-core does; RequestRefused with the first errors, worded without the values."""
    values = get_variable_values(schema, definitions, dict(given), MOST_ERRORS, hide_suggestions=hide_suggestions)
    if isinstance(values, list):
        raise RequestRefused(without_values(values))
    return values


_NESTING = frozenset((dict, list))


def _values(of: Any) -> Any:  # noqa: ANN401 - JSON
    return of.values() if isinstance(of, dict) else of


def _too_complex(message: str) -> RequestRefused:
    return RequestRefused([GraphQLError(message, extensions={"code": "TOO_COMPLEX"})])

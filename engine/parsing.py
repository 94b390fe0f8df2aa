"""The text of a document, read and validated within limits that the grammar does not set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphql import GraphQLError, Visitor, parse, validate, visit

from engine.operation import RequestRefused
from engine.refused_errors import MOST_ERRORS, without_values

if TYPE_CHECKING:
    from collections.abc import Collection

    from graphql import DocumentNode, GraphQLSchema, IntValueNode
    from graphql.validation import ASTValidationRule

    Rules = Collection[type[ASTValidationRule]]

MAX_TOKENS = 1000
MAX_DIGITS = 100
"""Python refuses to read whole numbers of thousands of digits, where GraphQL's own have ten."""

_MANY_DIGITS = re.compile(rf"[0-9]{{{MAX_DIGITS + 1}}}")


class _WholeNumbers(Visitor):
    def enter_int_value(self, node: IntValueNode, *_: object) -> None:
        if len(node.value) > MAX_DIGITS:
            raise GraphQLError(f"A whole number is written with {MAX_DIGITS} digits at most.", node)


def parsed(text: str) -> DocumentNode:
    """Parse a document; RequestRefused for what is none, has too many tokens, or a number too long to be read."""
    try:
        document = parse(text, max_tokens=MAX_TOKENS)
        if _MANY_DIGITS.search(text):
            visit(document, _WholeNumbers())
    except GraphQLError as error:
        raise RequestRefused(without_values([error])) from None
    return document


def require_valid(schema: GraphQLSchema, document: DocumentNode, rules: Rules, *, hide_suggestions: bool) -> None:
    """Validate a document; RequestRefused with the first errors."""
    errors = validate(schema, document, rules, MOST_ERRORS, hide_suggestions=hide_suggestions)
    if errors:
        raise RequestRefused(without_values(errors))

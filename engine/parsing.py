"""The text of a document, read and validated within limits that the grammar does not set."""

from __future__ import annotations

import re
from itertools import islice
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
LONG_TEXT = 32 * 1024
MANY_LINES = 2000
"""A longer document, in characters or in lines, is refused without places: each is looked for from its beginning."""
MAX_DIGITS = 100
"""Python refuses to read whole numbers of thousands of digits, where GraphQL's own have ten."""

_TOKEN = re.compile(
    r"""[ \t\n\r,\ufeff]*+(?:
    (?P<end>\Z) | \#[^\n\r]*+ | [_A-Za-z][_0-9A-Za-z]*+
    | \.\.\. | [!$&()\[\]{}:=@|]
    | -?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?
    | "{3}(?:[^"\\]|\\(?:"{3})?+|"(?!""))*+(?:"{3}|\Z)
    | "(?:[^"\\\n\r]|\\[^\n\r])*+"?
    | .)""",
    re.VERBOSE,
)
"""Those that the parser counts, comments too. Each part takes what it can and gives nothing back: all is read once.

Whatever is no token is one here, for a text that holds it is refused by the parser.
"""
_MANY_DIGITS = re.compile(rf"[0-9]{{{MAX_DIGITS + 1}}}")


class _WholeNumbers(Visitor):
    def enter_int_value(self, node: IntValueNode, *_: object) -> None:
        if len(node.value) > MAX_DIGITS:
            raise GraphQLError(f"A whole number is written with {MAX_DIGITS} digits at most.", node)


def parsed(text: str) -> DocumentNode:
    """Parse a document; RequestRefused for what is none, has too many tokens, or a number too long to be read."""
    long = len(text) > LONG_TEXT or text.count("\n") + text.count("\r") > MANY_LINES
    try:
        require_few_tokens(text)
        document = parse(text, max_tokens=MAX_TOKENS, no_location=long)
        if _MANY_DIGITS.search(text):
            visit(document, _WholeNumbers())
    except GraphQLError as error:
        raise RequestRefused(without_values([GraphQLError(error.message) if long else error])) from None
    return document


def require_few_tokens(text: str, most: int = MAX_TOKENS) -> None:
    """Raise GraphQLError for a token too many, as the parser would once it had made a tree of all before it."""
    tokens = (found for found in _TOKEN.finditer(text) if found["end"] is None)
    if any(islice(tokens, most, None)):
        raise GraphQLError(f"Syntax Error: Document contains more than {most} tokens.")


def require_valid(schema: GraphQLSchema, document: DocumentNode, rules: Rules, *, hide_suggestions: bool) -> None:
    """Validate a document; RequestRefused with the first errors."""
    errors = validate(schema, document, rules, MOST_ERRORS, hide_suggestions=hide_suggestions)
    if errors:
        raise RequestRefused(without_values(errors))

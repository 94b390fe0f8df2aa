"""The text of a document, read within limits that the grammar does not set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphql import GraphQLError, Visitor, parse, visit

if TYPE_CHECKING:
    from graphql import DocumentNode, IntValueNode

MAX_TOKENS = 1000
MAX_DIGITS = 100
"""Python refuses to read whole numbers of thousands of digits, where GraphQL's own have ten."""

_MANY_DIGITS = re.compile(rf"[0-9]{{{MAX_DIGITS + 1}}}")


class _WholeNumbers(Visitor):
    def enter_int_value(self, node: IntValueNode, *_: object) -> None:
        if len(node.value) > MAX_DIGITS:
            raise GraphQLError(f"A whole number is written with {MAX_DIGITS} digits at most.", node)


def parsed(text: str) -> DocumentNode:
    """Parse a document; GraphQLError for what is none, has too many tokens, or a number too long to be read."""
    document = parse(text, max_tokens=MAX_TOKENS)
    if _MANY_DIGITS.search(text):
        visit(document, _WholeNumbers())
    return document

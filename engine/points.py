"""What a field costs beside the objects it brings: the one place that prices a selection.

Each object of the result costs a point (engine/cost.py multiplies pages). A field may cost more, each time it is
read: as many points as its strawberry field says in `metadata={"points": …}`, for a long text or a question to the
database. Each word of an argument named `search` costs what the database does to find it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import StringValueNode, VariableNode

from engine.measures import ONE, Block, Term, Words, words_of
from engine.strawberry_definitions import definition_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import FieldNode, GraphQLField, ValueNode

POINTS = "points"
AGAIN = 1
"""Of a value under another name: nobody needs it, and it is how a small question asks for a large answer."""
WORD, MOST_WORDS = 250, 8
"""What a word of a search costs, and how many are looked for; the others are not."""


def points_of(node: FieldNode, definition: GraphQLField | None) -> int:
    """Give what one reading of a field costs, apart from what is selected of it."""
    again = AGAIN if node.alias and not node.selection_set else 0
    if definition is None:
        return again
    metadata = getattr(definition_of(definition), "metadata", None) or {}
    points: int = metadata.get(POINTS, 0)
    return points + again


def words_term(
    node: FieldNode, definition: GraphQLField | None, defaults: Mapping[str, ValueNode | None]
) -> Term | None:
    """Give what the words of a field's search cost, in its variables; None for a field without any."""
    if definition is None or "search" not in definition.args:
        return None
    written = next((given.value for given in node.arguments or () if given.name.value == "search"), None)
    variable = written.name.value if isinstance(written, VariableNode) else None
    usual = defaults.get(variable) if variable else written
    number = words_of(usual.value, MOST_WORDS) if isinstance(usual, StringValueNode) else 0
    return Term(Block(), WORD, Words(MOST_WORDS, number, variable), ONE, paged=False)

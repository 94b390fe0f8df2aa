"""What a field costs beside the objects it brings: the one place that prices a selection.

Each object of the result costs a point (engine/cost.py multiplies pages). A field may cost more, each time it is
read: as many points as its strawberry field says in `metadata={"points": …}`, for a long text or a question to the
database. A price that depends on an argument (the words of a search) belongs here as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.resolution import definition_of

if TYPE_CHECKING:
    from graphql import FieldNode, GraphQLField

POINTS = "points"
AGAIN = 1
"""Of a value under another name: nobody needs it, and it is how a small question asks for a large answer."""


def points_of(node: FieldNode, definition: GraphQLField | None) -> int:
    """Give what one reading of a field costs, apart from what is selected of it."""
    again = AGAIN if node.alias and not node.selection_set else 0
    if definition is None:
        return again
    metadata = getattr(definition_of(definition), "metadata", None) or {}
    points: int = metadata.get(POINTS, 0)
    return points + again

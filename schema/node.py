"""The interface of what has a global identifier, and a shorter way to describe a field."""

from typing import Any

import strawberry

LONG_TEXT = 5
"""Points of a text of some thousand characters; an object without one costs a point."""
QUESTION = 50
"""Points of a list, a counter or an object by its id: the database is asked, which takes as long as 50 objects."""
STATISTICS = 2_000
"""Points of a question for which the database reads all that an organization has."""


def shown(description: str, *, points: int = 0, **options: Any) -> Any:  # noqa: ANN401 - strawberry's is untyped here
    """Describe a field; as a decorator, of a method that gives it. `points` are what reading it costs."""
    return strawberry.field(description=description, metadata={"points": points} if points else None, **options)


@strawberry.interface(description="An object with a global identifier, opaque and stable.")
class Node:
    id: strawberry.ID = shown("Opaque and stable.")

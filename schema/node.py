"""The interface of what has a global identifier, and a shorter way to describe a field."""

from typing import Any

import strawberry


def shown(description: str, **options: Any) -> Any:  # noqa: ANN401 - strawberry's own field is untyped here
    """Describe a field; as a decorator, of a method that gives it."""
    return strawberry.field(description=description, **options)


@strawberry.interface(description="An object with a global identifier, opaque and stable.")
class Node:
    id: strawberry.ID = shown("Opaque and stable.")

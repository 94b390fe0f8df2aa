"""What a selection is made of: its fields, and the shapes of the values they complete to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.resolution import Attribute, Event, Resolution, Typename

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import FieldNode, GraphQLAbstractType, GraphQLField, GraphQLLeafType, GraphQLObjectType
    from graphql.execution.collect_fields import FieldDetails

    from engine.arguments import Values
    from engine.call import Call


@dataclass(eq=False, slots=True)
class Leaf:
    """A scalar or an enum."""

    type: GraphQLLeafType
    nullable: bool
    pure: bool = True


@dataclass(eq=False, slots=True)
class Items:
    """A list. Lists of lists of what is not pure are left to graphql-core."""

    item: Shape
    nullable: bool
    pure: bool


@dataclass(eq=False, slots=True)
class Object:
    """An object of a known type."""

    selection: Selection
    nullable: bool
    pure: bool


@dataclass(eq=False, slots=True)
class Abstract:
    """A union or an interface: a selection for each possible type, by type name."""

    type: GraphQLAbstractType
    possible: dict[str, Selection]
    nullable: bool
    pure: bool
    field_name: str


@dataclass(eq=False, slots=True)
class Unknown:
    """What only graphql-core completes."""

    nullable: bool = True
    pure: bool = False


Shape = Leaf | Items | Object | Abstract | Unknown


@dataclass(eq=False, slots=True)
class Field:
    """One entry of a selection: its key in the response and all that is known of it before any request."""

    key: str
    parent: GraphQLObjectType
    definition: GraphQLField
    details: list[FieldDetails]
    resolution: Resolution
    shape: Shape
    nodes: list[FieldNode]
    values: Values | None = None
    call: Call | None = None
    is_async: bool = False
    complete: Callable[..., Any] | None = None

    @property
    def pure(self) -> bool:
        """Whether it reads nothing but attributes: it may be read again by graphql-core when it is odd."""
        return isinstance(self.resolution, Attribute | Event | Typename) and self.shape.pure


@dataclass(eq=False, slots=True)
class Selection:
    """The fields asked of one object type."""

    type: GraphQLObjectType
    fields: list[Field] = field(default_factory=list)
    pure: bool = True
    height: int = 1


def height(shape: Shape) -> int:
    """How many objects are nested in a shape at most."""
    match shape:
        case Items():
            return height(shape.item)
        case Object():
            return shape.selection.height
        case Abstract():
            return max((selection.height for selection in shape.possible.values()), default=0)
        case _:
            return 0

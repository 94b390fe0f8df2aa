"""What a selection is made of: its fields, and the shapes of the values they complete to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.compiling.resolution import Attribute, Event, Resolution, Typename
from engine.running.field import Field

if TYPE_CHECKING:
    from graphql import GraphQLAbstractType, GraphQLLeafType, GraphQLObjectType


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
class LeftToCore:
    """What only graphql-core completes."""

    nullable: bool = True
    pure: bool = False


Shape = Leaf | Items | Object | Abstract | LeftToCore


@dataclass(eq=False, slots=True, kw_only=True)
class SelectedField(Field):
    """A field, and what is known of where its value comes from and what it completes to."""

    resolution: Resolution
    shape: Shape

    @property
    def pure(self) -> bool:
        """Whether it reads nothing but attributes: graphql-core may read it again when it is not as expected."""
        return isinstance(self.resolution, Attribute | Event | Typename) and self.shape.pure


@dataclass(eq=False, slots=True)
class Selection:
    """The fields asked of one object type."""

    type: GraphQLObjectType
    fields: list[SelectedField] = field(default_factory=list)
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

"""What a document selects of a schema, as a tree: fields collected by graphql-core, and the shapes they complete to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLAbstractType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLUnionType,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import collect_fields, collect_subfields

from engine.arguments import argument_values
from engine.call import call_of
from engine.odd import Uncompilable
from engine.resolution import Attribute, Event, Function, Resolution, Resolver, Typename, resolution

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from graphql import FieldNode, GraphQLOutputType
    from graphql.execution.collect_fields import FieldDetails
    from graphql.execution.values import VariableValues

    from engine.arguments import Values
    from engine.call import Call
    from engine.program import Program

MAX_FIELDS = 2000
MAX_DEPTH = 40
INTROSPECTION = {"__schema", "__type"}


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


class Selector:
    """Builds the selections of one operation for one setting of its `@include` and `@skip` variables."""

    def __init__(self, program: Program, variables: VariableValues) -> None:
        self.program = program
        self.schema = program.schema
        self.variables = variables
        self.budget = MAX_FIELDS
        self._made: dict[tuple[Any, ...], Selection] = {}

    def root(self, type_: GraphQLObjectType) -> Selection:
        """Select at the root; raises Uncompilable, or the GraphQLError of a wrong directive argument."""
        program = self.program
        collected = collect_fields(
            self.schema,
            program.fragments,
            self.variables,
            type_,
            program.operation,
            program.hide_suggestions,
        )
        selection = self._selection(type_, collected.grouped_field_set, 0)
        if selection.height > MAX_DEPTH:
            raise Uncompilable
        return selection

    def _selection(
        self, type_: GraphQLObjectType, grouped: dict[str, list[FieldDetails]], depth: int
    ) -> Selection:
        self.budget -= len(grouped)
        if self.budget < 0 or depth > MAX_DEPTH:
            raise Uncompilable
        selection = Selection(type_)
        for key, details in grouped.items():
            selection.fields.append(self._field(key, type_, details, depth))
        selection.pure = all(one.pure for one in selection.fields)
        selection.height = 1 + max((height(one.shape) for one in selection.fields), default=0)
        return selection

    def _field(
        self, key: str, parent: GraphQLObjectType, details: list[FieldDetails], depth: int
    ) -> Field:
        node = details[0].node
        name = node.name.value
        definition = self.schema.get_field(parent, name)
        if definition is None or name in INTROSPECTION:
            raise Uncompilable
        found = Typename() if name == "__typename" else resolution(self.schema, definition)
        shape = self._shape(definition.type, details, depth)
        one = Field(key, parent, definition, details, found, shape, [detail.node for detail in details])
        if isinstance(found, Function | Resolver):
            hide = self.program.hide_suggestions
            one.values = argument_values(definition, node, hide_suggestions=hide)
            one.call = call_of(self.schema, one)
            one.is_async = isinstance(found, Function) and found.is_async
        return one

    def _shape(self, type_: GraphQLOutputType, details: list[FieldDetails], depth: int) -> Shape:
        nullable = not is_non_null_type(type_)
        inner: Any = type_ if nullable else type_.of_type
        if is_leaf_type(inner):
            return Leaf(inner, nullable)
        if is_list_type(inner):
            item = self._shape(inner.of_type, details, depth)
            if not item.pure and not isinstance(item, Object | Abstract):
                return Unknown(nullable)
            return Items(item, nullable, item.pure)
        if is_abstract_type(inner):
            return self._abstract(inner, nullable, details, depth)
        if not has_known_predicate(inner):
            return Unknown(nullable)
        selection = self._sub(inner, details, depth)
        return Object(selection, nullable, selection.pure)

    def _abstract(
        self, type_: GraphQLAbstractType, nullable: bool, details: list[FieldDetails], depth: int  # noqa: FBT001
    ) -> Shape:
        possible = self.schema.get_possible_types(type_)
        if not (has_known_resolver(type_) and all(map(has_known_predicate, possible))):
            return Unknown(nullable)
        selections = {one.name: self._sub(one, details, depth) for one in possible}
        pure = all(selection.pure for selection in selections.values())
        return Abstract(type_, selections, nullable, pure, details[0].node.name.value)

    def _sub(self, type_: GraphQLObjectType, details: list[FieldDetails], depth: int) -> Selection:
        made_of = (type_, *(id(detail.node) for detail in details))
        if made_of not in self._made:
            program = self.program
            collected = collect_subfields(
                self.schema,
                program.fragments,
                self.variables,
                program.operation,
                type_,
                details,
                program.hide_suggestions,
            )
            self._made[made_of] = self._selection(type_, collected.grouped_field_set, depth + 1)
        return self._made[made_of]


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


def definitions_of(types: Iterable[Any]) -> list[Any]:
    """Strawberry's definitions behind GraphQL types, None for each that has none."""
    return [type_.extensions.get("strawberry-definition") for type_ in types]


def has_known_predicate(type_: GraphQLObjectType) -> bool:
    """Whether `is_type_of` is absent or strawberry's own, which looks at nothing but the value."""
    (definition,) = definitions_of([type_])
    if type_.is_type_of is None:
        return True
    return definition is not None and definition.is_type_of is None and definition.concrete_of is None


def has_known_resolver(type_: GraphQLAbstractType) -> bool:
    """Whether `resolve_type` is strawberry's own, which looks at nothing but the value and the schema."""
    (definition,) = definitions_of([type_])
    if definition is None or type_.resolve_type is None:
        return False
    if isinstance(type_, GraphQLUnionType):
        return type_.resolve_type.__qualname__.startswith("StrawberryUnion.get_type_resolver.")
    return isinstance(type_, GraphQLInterfaceType) and definition.resolve_type is None

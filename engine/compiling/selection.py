"""What a document selects of a schema: fields collected by graphql-core, and the shapes they complete to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLAbstractType,
    GraphQLObjectType,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import collect_fields, collect_subfields

from engine.compiling.arguments import argument_values
from engine.compiling.predicates import has_known_predicate, has_known_resolver
from engine.compiling.resolution import Function, Resolver, Typename, resolution
from engine.compiling.resolver_calls import call_of
from engine.compiling.shapes import Abstract, Items, Leaf, LeftToCore, Object, SelectedField, Selection, height

if TYPE_CHECKING:
    from graphql import GraphQLOutputType
    from graphql.execution.collect_fields import FieldDetails
    from graphql.execution.values import VariableValues

    from engine.compiling.shapes import Shape
    from engine.defined_operation import DefinedOperation

MAX_FIELDS = 2000
MAX_DEPTH = 40
INTROSPECTION = {"__schema", "__type"}


class Uncompilable(Exception):  # noqa: N818 - the document is fine, it is executed by graphql-core
    """The document has a part that the compiler does not know."""


class Selector:
    """Builds the selections of one operation for one setting of its `@include` and `@skip` variables."""

    def __init__(self, operation: DefinedOperation, variables: VariableValues) -> None:
        self.operation = operation
        self.schema = operation.schema
        self.variables = variables
        self.budget = MAX_FIELDS
        self._made: dict[tuple[Any, ...], Selection] = {}

    def root(self, type_: GraphQLObjectType) -> Selection:
        """Select at the root; raises Uncompilable, or the GraphQLError of a wrong directive argument."""
        operation = self.operation
        collected = collect_fields(
            self.schema, operation.fragments, self.variables, type_, operation.node, operation.hide_suggestions
        )
        selection = self._selection(type_, collected.grouped_field_set, 0)
        if selection.height > MAX_DEPTH:
            raise Uncompilable
        return selection

    def _selection(self, type_: GraphQLObjectType, grouped: dict[str, list[FieldDetails]], depth: int) -> Selection:
        self.budget -= len(grouped)
        if self.budget < 0 or depth > MAX_DEPTH:
            raise Uncompilable
        selection = Selection(type_)
        for key, details in grouped.items():
            selection.fields.append(self._field(key, type_, details, depth))
        selection.pure = all(one.pure for one in selection.fields)
        selection.height = 1 + max((height(one.shape) for one in selection.fields), default=0)
        return selection

    def _field(self, key: str, parent: GraphQLObjectType, details: list[FieldDetails], depth: int) -> SelectedField:
        node = details[0].node
        name = node.name.value
        definition = self.schema.get_field(parent, name)
        if definition is None or name in INTROSPECTION:
            raise Uncompilable
        found = Typename() if name == "__typename" else resolution(self.schema, definition)
        shape = self._shape(definition.type, details, depth)
        one = SelectedField(
            key=key,
            parent=parent,
            definition=definition,
            details=details,
            nodes=[detail.node for detail in details],
            resolution=found,
            shape=shape,
        )
        if isinstance(found, Function | Resolver):
            hide = self.operation.hide_suggestions
            one.values = argument_values(definition, node, hide_suggestions=hide)
            one.call = call_of(self.schema, one)
            one.is_async = isinstance(found, Function) and found.is_async
        return one

    def _shape(self, type_: GraphQLOutputType, details: list[FieldDetails], depth: int) -> Shape:
        nullable = not is_non_null_type(type_)
        inner: Any = getattr(type_, "of_type", type_) if not nullable else type_
        if is_leaf_type(inner):
            return Leaf(inner, nullable)
        if is_list_type(inner):
            item = self._shape(inner.of_type, details, depth)
            if not item.pure and not isinstance(item, Object | Abstract):
                return LeftToCore(nullable)
            return Items(item, nullable, item.pure)
        if is_abstract_type(inner):
            return self._abstract(inner, details, depth, nullable=nullable)
        if not has_known_predicate(inner):
            return LeftToCore(nullable)
        selection = self._sub(inner, details, depth)
        return Object(selection, nullable, selection.pure)

    def _abstract(
        self,
        type_: GraphQLAbstractType,
        details: list[FieldDetails],
        depth: int,
        *,
        nullable: bool,
    ) -> Shape:
        possible = self.schema.get_possible_types(type_)
        if not (has_known_resolver(type_) and all(map(has_known_predicate, possible))):
            return LeftToCore(nullable)
        selections = {one.name: self._sub(one, details, depth) for one in possible}
        pure = all(selection.pure for selection in selections.values())
        return Abstract(type_, selections, nullable, pure, details[0].node.name.value)

    def _sub(self, type_: GraphQLObjectType, details: list[FieldDetails], depth: int) -> Selection:
        made_of = (type_, *(id(detail.node) for detail in details))
        if made_of not in self._made:
            operation = self.operation
            collected = collect_subfields(
                self.schema,
                operation.fragments,
                self.variables,
                operation.node,
                type_,
                details,
                operation.hide_suggestions,
            )
            self._made[made_of] = self._selection(type_, collected.grouped_field_set, depth + 1)
        return self._made[made_of]

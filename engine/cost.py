"""What an operation may cost, known before it runs, in time linear in its document.

Every selection is visited once: a fragment is measured where it is defined, and its measures are added where
it is spread. What depends on variables is kept as a formula, worked out again for each request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_interface_type,
    is_list_type,
    is_object_type,
)
from graphql.utilities.coerce_input_value import coerce_default_value

from engine.measures import ONE, Block, CostLimits, Size, Term
from engine.points import points_of, words_term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import (
        DocumentNode,
        GraphQLField,
        GraphQLNamedType,
        GraphQLOutputType,
        GraphQLSchema,
        OperationDefinitionNode,
        SelectionSetNode,
        ValueNode,
    )

PAGE_FIELDS = ("edges", "nodes")
"""Fields of a connection that have as many items as the connection was asked for by `first`."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """The measures of one operation that does not exceed what is known without its variables."""

    root: Block
    formula: tuple[Block, ...]
    """The blocks that depend on variables, each after those that it depends on."""
    limits: CostLimits
    visits: int
    """Selections visited: never more than the document has."""

    def cost(self, variables: Mapping[str, Any]) -> int:
        """Give the points: an upper bound of the objects in the result, its root included, and what fields cost.

        Holds as far as no list without `first` has more than `list_size` items, and no connection more items
        than its `first`.
        """
        values: dict[Block, tuple[int, int]] = {}
        for block in self.formula:
            values[block] = block.value(values, variables)
        own, paged = values.get(self.root, (self.root.own, self.root.paged))
        return 1 + own + paged * self.limits.list_size

    def checked_cost(self, variables: Mapping[str, Any]) -> int:
        """Give the cost; raises GraphQLError (TOO_COMPLEX) above the limit."""
        cost = self.cost(variables)
        if cost > self.limits.points:
            most = self.limits.points
            counted = "objects it may return, long texts, lists, words searched"
            advice = f"at most {most} are allowed. Ask for smaller pages, or for less at once."
            raise too_complex(f"The operation costs {cost} points ({counted}); {advice}")
        return cost


def inspect(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    limits: CostLimits | None = None,
) -> Inspection:
    """Measure an operation; GraphQLError (TOO_COMPLEX) where a limit is exceeded in any case.

    The document need not be valid: what the schema does not have costs as little as it returns.
    """
    survey = Survey(schema, document, operation, limits or CostLimits())
    _check(survey.root, survey.directives, survey.limits)
    inspection = Inspection(survey.root, tuple(survey.formula), survey.limits, survey.visits)
    if not inspection.formula:
        inspection.checked_cost({})
    return inspection


def too_complex(message: str) -> GraphQLError:
    """Make the error that says which measure is exceeded."""
    return GraphQLError(message, extensions={"code": "TOO_COMPLEX"})


class Survey:
    """One walk through an operation and the fragments it uses."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        limits: CostLimits,
    ) -> None:
        self.limits = limits
        self.formula: list[Block] = []
        self.visits = 0
        self.directives = len(operation.directives or ())
        self._schema = schema
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._measured: dict[str, Block] = {}
        self._defaults = {
            node.variable.name.value: node.default_value for node in operation.variable_definitions or ()
        }
        self.root = self._block(operation.selection_set, schema.get_root_type(operation.operation))

    def _block(self, selections: SelectionSetNode, parent: GraphQLNamedType | None) -> Block:
        block = Block()
        self._gather(block, selections, parent)
        if block.varies:
            self.formula.append(block)
        return block

    def _gather(self, block: Block, selections: SelectionSetNode, parent: GraphQLNamedType | None) -> None:
        for selection in selections.selections:
            self.visits += 1
            self.directives += len(selection.directives or ())
            if isinstance(selection, FieldNode):
                self._add_field(block, selection, parent)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                narrowed = self._schema.get_type(condition.name.value) if condition else parent
                self._gather(block, selection.selection_set, narrowed)
            elif isinstance(selection, FragmentSpreadNode):
                self._add_spread(block, selection.name.value)

    def _add_spread(self, block: Block, name: str) -> None:
        if name not in self._measured and name in self._fragments:
            fragment = self._fragments[name]
            self._measured[name] = Block()  # a fragment that spreads itself adds nothing: it is not valid
            self.directives += len(fragment.directives or ())
            condition = self._schema.get_type(fragment.type_condition.name.value)
            self._measured[name] = self._block(fragment.selection_set, condition)
        block.add_spread(self._measured.get(name, Block()))

    def _add_field(self, block: Block, node: FieldNode, parent: GraphQLNamedType | None) -> None:
        definition = self._definition(parent, node.name.value)
        named = get_named_type(definition.type) if definition else None
        below = self._block(node.selection_set, named) if node.selection_set else Block()
        block.fields += 1 + below.fields
        block.aliases += below.aliases + (node.alias is not None)
        block.width += 1
        block.depth = max(block.depth, 1 + below.depth)
        block.own += points_of(node, definition)
        if words := words_term(node, definition, self._defaults):
            block.add_term(words)
        if definition and is_composite_type(named) and not node.name.value.startswith("__"):
            block.add_term(self._term(node, definition, below))

    def _term(self, node: FieldNode, definition: GraphQLField, below: Block) -> Term:
        """Say how many objects a field brings; how introspection is bounded is graphql-core's affair."""
        usual, first = Size(self.limits.list_size), self._first(node, definition)
        dimensions = _dimensions(definition.type)
        if not dimensions:
            return Term(below, 1, ONE, first or usual, paged=False)
        times = self.limits.list_size ** (dimensions - 1)
        if first:
            return Term(below, times, first, usual, paged=False)
        if node.name.value in PAGE_FIELDS:
            return Term(below, times, ONE, usual, paged=True)
        return Term(below, times, usual, usual, paged=False)

    def _first(self, node: FieldNode, definition: GraphQLField) -> Size | None:
        """Find how long a page is asked for: by `last`, by `first`, by default; None where it is no page."""
        argument = definition.args.get("first")
        if argument is None:
            return None
        usual = coerce_default_value(argument)
        usual = usual if isinstance(usual, int) else self.limits.list_size
        written = {given.name.value: given.value for given in node.arguments or ()}
        first = self._size(written.get("first"), usual)
        last = written.get("last")
        if isinstance(last, VariableNode):
            default = self._defaults.get(last.name.value)
            known = _number(default, 0) if isinstance(default, IntValueNode) else None
            return Size(known, last.name.value, first)
        return Size(_number(last, 0)) if isinstance(last, IntValueNode) else first

    def _size(self, written: ValueNode | None, usual: int) -> Size:
        if isinstance(written, VariableNode):
            name = written.name.value
            return Size(max(usual, _number(self._defaults.get(name), usual)), name)
        return Size(_number(written, usual))

    def _definition(self, parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
        if is_object_type(parent) or is_interface_type(parent):
            definition: GraphQLField | None = parent.fields.get(name)
            return definition
        return None


def _number(node: ValueNode | None, otherwise: int) -> int:
    return max(int(node.value), 0) if isinstance(node, IntValueNode) else otherwise


def _dimensions(of: GraphQLOutputType) -> int:
    """Count the lists around a type."""
    dimensions, inner = 0, get_nullable_type(of)
    while is_list_type(inner):
        dimensions, inner = dimensions + 1, get_nullable_type(inner.of_type)
    return dimensions


def _check(root: Block, directives: int, limits: CostLimits) -> None:
    for what, found, most in (
        ("levels", root.depth, limits.depth),
        ("fields, fragments spread out", root.fields, limits.fields),
        ("fields at its root", root.width, limits.root_fields),
        ("aliases, fragments spread out", root.aliases, limits.aliases),
        ("directives", directives, limits.directives),
    ):
        if found > most:
            raise too_complex(
                f"The operation has {found} {what}; at most {most} are allowed. Ask for less, or split the operation."
            )

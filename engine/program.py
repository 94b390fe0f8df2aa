"""One operation of one document, compiled: a Python function for each setting of its conditions."""

from __future__ import annotations

from itertools import chain
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues
from graphql.pyutils import Undefined

from engine.evaluation import evaluate
from engine.impersonal import is_impersonal
from engine.odd import Uncompilable
from engine.running import Running
from engine.selection import Selector

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from graphql import DirectiveNode, DocumentNode, GraphQLObjectType, GraphQLSchema

    from engine.run import Run
    from engine.shapes import Field, Selection

    Compiled = Callable[[Run, Any, None], Any]

MAX_VARIANTS = 16
CONDITIONS = {"include", "skip"}


class Program:
    """An operation and its compiled variants. `function` gives None where graphql-core must execute."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        *,
        hide_suggestions: bool,
    ) -> None:
        self.schema = schema
        self.operation = operation
        self.hide_suggestions = hide_suggestions
        self.fragment_definitions = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        self.fragments = {name: FragmentDetails(definition) for name, definition in self.fragment_definitions.items()}
        self._conditions = _condition_variables(operation, self.fragment_definitions)
        self._variants: dict[tuple[Any, ...], Compiled | None] = {}
        self.impersonal: set[Compiled] = set()
        """The variants whose answer depends on nothing but the root value."""

    def function(self, variables: VariableValues) -> Compiled | None:
        """Choose the variant for these variables, compiling it at its first use."""
        names = self._conditions
        if names is None:
            return None
        setting = tuple([variables.coerced.get(name, Undefined) for name in names]) if names else ()
        if setting in self._variants:
            return self._variants[setting]
        if len(self._variants) >= MAX_VARIANTS:
            return None
        settled = {name: value for name, value in zip(names, setting, strict=True) if value is not Undefined}
        self._variants[setting] = self._compiled(settled)
        return self._variants[setting]

    def compile(self) -> None:
        """Compile now, where no variable conditions the selection."""
        if self._conditions == ():
            self.function(VariableValues({}, {}))

    def root_type(self) -> GraphQLObjectType | None:
        """Return the root type of the operation."""
        return self.schema.get_root_type(self.operation.operation)

    def _compiled(self, settled: dict[str, Any]) -> Compiled | None:
        type_ = self.root_type()
        if type_ is None:
            return None
        try:
            selection = Selector(self, VariableValues({}, settled)).root(type_)
        except (Uncompilable, GraphQLError, RecursionError):
            return None
        writer = Running(self.schema)
        if self.operation.operation is OperationType.MUTATION:
            return _serially(writer, selection)
        name = writer.running(selection)
        compiled: Compiled = writer.load()[name]
        if is_impersonal(selection):
            self.impersonal.add(compiled)
        return compiled


def _serially(writer: Running, selection: Selection) -> Compiled:
    for field in selection.fields:
        writer.completion(field)
    writer.load()

    def root(run: Run, source: object, _position: None) -> Awaitable[dict[str, Any]]:
        return _one_after_the_other(run, source, selection.fields)

    return root


async def _one_after_the_other(run: Run, source: object, fields: list[Field]) -> dict[str, Any]:
    found = {}
    for field in fields:
        value = evaluate(run, field, source, (None, field.key, field.parent.name))
        found[field.key] = await value if value.__class__ is CoroutineType else value
    return found


def _condition_variables(
    operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
) -> tuple[str, ...] | None:
    """Name the variables of `@include` and `@skip`; None where there is any other directive."""
    found: dict[str, None] = {}
    others: list[str] = []

    class Conditions(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: object) -> None:
            if node.name.value not in CONDITIONS:
                others.append(node.name.value)
            for argument in node.arguments or ():
                if isinstance(argument.value, VariableNode):
                    found[argument.value.name.value] = None

    for definition in chain((operation,), fragments.values()):
        visit(definition, Conditions())
    return None if others else tuple(found)

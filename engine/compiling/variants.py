"""One operation compiled: a Python function for each setting of the variables that its conditions mention."""

from __future__ import annotations

from itertools import chain
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, OperationType, VariableNode, Visitor, visit
from graphql.execution.values import VariableValues
from graphql.pyutils import Undefined

from engine.compiling.impersonal import is_impersonal
from engine.compiling.resolver_code import ResolverCode
from engine.compiling.selection import Selector, Uncompilable
from engine.running.evaluation import evaluate

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from graphql import DirectiveNode

    from engine.compiling.shapes import SelectedField, Selection
    from engine.defined_operation import DefinedOperation
    from engine.running.compiled_operation import Compiled
    from engine.running.run import Run

MAX_VARIANTS = 16
CONDITIONS = {"include", "skip"}


class Variants:
    """`function` gives None where graphql-core must execute."""

    def __init__(self, operation: DefinedOperation) -> None:
        self.operation = operation
        self.impersonal: set[Compiled] = set()
        """The variants whose answer depends on nothing but the root value."""
        self._conditions = _condition_variables(operation)
        self._variants: dict[tuple[Any, ...], Compiled | None] = {}

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

    def _compiled(self, settled: dict[str, Any]) -> Compiled | None:
        operation, type_ = self.operation, self.operation.root_type
        if type_ is None:
            return None
        try:
            selection = Selector(operation, VariableValues({}, settled)).root(type_)
        except (Uncompilable, GraphQLError, RecursionError):
            return None
        code = ResolverCode(operation.schema)
        if operation.node.operation is OperationType.MUTATION:
            return _serially(code, selection)
        name = code.selection(selection)
        compiled: Compiled = code.load()[name]
        if is_impersonal(selection):
            self.impersonal.add(compiled)
        return compiled


def _serially(code: ResolverCode, selection: Selection) -> Compiled:
    for field in selection.fields:
        code.completion(field)
    code.load()

    def root(run: Run, source: object, _position: None) -> Awaitable[dict[str, Any]]:
        return _one_after_the_other(run, source, selection.fields)

    return root


async def _one_after_the_other(run: Run, source: object, fields: list[SelectedField]) -> dict[str, Any]:
    found = {}
    for field in fields:
        value = evaluate(run, field, source, (None, field.key, field.parent.name))
        found[field.key] = await value if value.__class__ is CoroutineType else value
    return found


def _condition_variables(operation: DefinedOperation) -> tuple[str, ...] | None:
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

    for node in chain((operation.node,), operation.fragment_nodes.values()):
        visit(node, Conditions())
    return None if others else tuple(found)

"""Argument values: what is constant is computed once, a variable is looked up, the rest is graphql-core's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from graphql import (
    ArgumentNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    VariableNode,
    Visitor,
    is_non_null_type,
    is_required_argument,
    visit,
)
from graphql.execution import get_argument_values
from graphql.pyutils import Undefined
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal

from engine.coercion import UNCHANGING

if TYPE_CHECKING:
    from graphql import FieldNode, ValueNode

    from engine.running.field import Values
    from engine.running.run import Run


class FromVariable(NamedTuple):
    """An argument whose whole value is a variable."""

    variable: str
    non_null: bool
    required: bool
    default: Any


class Constant(NamedTuple):
    """An argument whose value no request changes."""

    value: Any


class _LeftToCore(Exception):  # noqa: N818 - says who computes the values
    pass


def argument_values(definition: GraphQLField, node: FieldNode, *, hide_suggestions: bool) -> Values | None:
    """Make the function that gives a field's argument values as graphql-core would; None without arguments.

    The function raises what graphql-core's `get_argument_values` raises.
    """
    if not definition.args and not node.arguments:
        return None

    def by_core(run: Run) -> dict[str, Any]:
        return get_argument_values(definition, node, run.variables, None, hide_suggestions)

    given = {argument.name.value: argument for argument in node.arguments or ()}
    try:
        plan = {
            argument.out_name or name: _planned(argument, given.get(name))
            for name, argument in definition.args.items()
        }
    except (_LeftToCore, GraphQLError, TypeError):
        return by_core
    return _from_plan({name: part for name, part in plan.items() if part is not None}, by_core)


def _planned(argument: GraphQLArgument, given: ArgumentNode | None) -> Constant | FromVariable | None:
    if given is None:
        if is_required_argument(argument):
            raise _LeftToCore
        default = coerce_default_value(argument)
        return None if default is Undefined else Constant(default)
    if isinstance(given.value, VariableNode):
        required = is_required_argument(argument)
        default = Undefined if required else coerce_default_value(argument)
        return FromVariable(given.value.name.value, is_non_null_type(argument.type), required, default)
    if _mentions_a_variable(given.value):
        raise _LeftToCore
    value = coerce_input_literal(given.value, argument.type)
    if not isinstance(value, UNCHANGING):
        raise _LeftToCore
    return Constant(value)


def _from_plan(plan: dict[str, Constant | FromVariable], by_core: Values) -> Values:
    constants = {name: part.value for name, part in plan.items() if isinstance(part, Constant)}
    if len(constants) == len(plan):
        return lambda _run: constants

    def values(run: Run) -> dict[str, Any]:
        coerced = run.variables.coerced
        found = {}
        for name, part in plan.items():
            if isinstance(part, Constant):
                found[name] = part.value
                continue
            variable, non_null, required, default = part
            value = coerced.get(variable, Undefined)
            if value is Undefined:
                if required:
                    return by_core(run)
                if default is not Undefined:
                    found[name] = default
            elif value is None and non_null:
                return by_core(run)
            else:
                found[name] = value
        return found

    return values


def _mentions_a_variable(value: ValueNode) -> bool:
    class Seen(Visitor):
        found = False

        def enter_variable(self, *_: object) -> None:
            self.found = True

    seen = Seen()
    visit(value, seen)
    return seen.found

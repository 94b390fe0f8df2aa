"""Every private thing of graphql-core and strawberry that the engine leans on, as the pinned releases have it.

When a new release is pinned, what fails here says what the engine has to be told anew.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from enum import Enum
from pathlib import Path
from typing import Any, cast

import graphql
import pytest
import strawberry
from graphql.execution import Executor
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

ENGINE = Path(__file__).parents[2] / "engine"

MODULES = {
    "graphql.execution.collect_fields": {"FieldDetails", "FragmentDetails", "collect_fields", "collect_subfields"},
    "graphql.execution.get_variable_signature": {"GraphQLVariableSignature", "get_variable_signature"},
    "graphql.execution.values": {"VariableValues", "VariableValueSource"},
    "graphql.pyutils": {"Path", "Undefined", "gather_with_cancel", "inspect", "is_awaitable"},
    "graphql.utilities.coerce_input_value": {"coerce_default_value", "coerce_input_literal"},
    "strawberry.relay.types": {"GlobalID"},
    "strawberry.scalars": {"is_scalar"},
    "strawberry.schema.schema_converter": {"GraphQLCoreConverter"},
    "strawberry.schema.types.base_scalars": {"isoformat"},
    "strawberry.types.arguments": {"convert_argument"},
    "strawberry.types.base": {
        "StrawberryList", "StrawberryMaybe", "StrawberryOptional", "has_object_definition",
    },
    "strawberry.types.cast": {"TYPE_CAST_ATTRIBUTE"},
    "strawberry.types.enum": {"StrawberryEnumDefinition", "has_enum_definition"},
    "strawberry.types.field": {"StrawberryField"},
    "strawberry.types.fields.resolver": {"StrawberryResolver"},
    "strawberry.types.lazy_type": {"LazyType"},
    "strawberry.types.unset": {"UNSET"},
}  # fmt: skip
"""What is imported from modules that are no public face, or is missing from theirs."""

EXECUTOR = {
    "handle_field_error": ["raw_error", "return_type", "field_details_list", "path"],
    "execute_field": ["parent_type", "source", "field_details_list", "path"],
    "complete_value": ["return_type", "field_details_list", "info", "path", "result"],
    "complete_list_item_value": ["item", "complete_results", "item_type", "field_details_list", "info", "item_path"],
    "complete_awaitable_list_item_value": ["item", "item_type", "field_details_list", "info", "item_path"],
    "settle_in_background": ["awaitables"],
}
"""Methods of graphql-core's executor that engine/running/graphql_core.py calls, and what it gives them in order."""

CLASSES: list[tuple[type, set[str]]] = [
    (Executor, {"async_helpers"}),
    (StrawberryField, {"get_result", "base_resolver", "is_async", "is_subscription", "default_resolver"}),
    (StrawberryResolver, {"__call__", "self_parameter", "parent_parameter", "root_parameter", "info_parameter",
                          "wrapped_func"}),
    (GraphQLCoreConverter, {"DEFINITION_BACKREF", "from_resolver", "from_field"}),
]  # fmt: skip


def imported() -> dict[str, set[str]]:
    """What the engine imports of the two libraries beside what their packages export."""
    found: dict[str, set[str]] = {}
    for path in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            if node.module.split(".")[0] not in {"graphql", "strawberry"}:
                continue
            public = set(graphql.__all__) if node.module in {"graphql.execution", "graphql.type"} else set()
            if node.module in {"graphql", "graphql.validation"}:
                continue
            if names := {alias.name for alias in node.names} - public - {"Executor"}:
                found.setdefault(node.module, set()).update(names)
    return found


def test_nothing_private_is_imported_that_is_not_named_here() -> None:
    assert imported() == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_what_is_imported_is_there(module: str) -> None:
    assert MODULES[module] <= set(dir(importlib.import_module(module)))


@pytest.mark.parametrize("method", EXECUTOR)
def test_graphql_cores_executor_takes_what_it_is_given(method: str) -> None:
    parameters = list(inspect.signature(getattr(Executor, method)).parameters)
    assert parameters[1 : 1 + len(EXECUTOR[method])] == EXECUTOR[method]


def test_its_errors_are_collected_where_the_engine_reads_them() -> None:
    operation, nothing = graphql.get_operation_ast(graphql.parse("{ a }")), cast("Any", None)
    assert operation is not None
    made = Executor[Any](SCHEMA, {}, {}, None, None, operation, graphql_values(), nothing, nothing, nothing)
    made.collected_errors.add(graphql.GraphQLError("one"), None)
    assert [error.message for error in made.collected_errors.errors] == ["one"]


def graphql_values() -> Any:
    return importlib.import_module("graphql.execution.values").VariableValues({}, {})


@pytest.mark.parametrize(("cls", "names"), CLASSES, ids=lambda each: getattr(each, "__name__", ""))
def test_the_attributes_of_classes_are_there(cls: type, names: set[str]) -> None:
    assert {name for name in names if not hasattr(cls, name) and name not in instance_attributes(cls)} == set()


def instance_attributes(cls: type) -> set[str]:
    return {
        node.attr
        for node in ast.walk(ast.parse(inspect.getsource(cls).lstrip()))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    } | set(getattr(cls, "__annotations__", {}))


@strawberry.enum
class Colour(Enum):
    RED = "red"


@strawberry.type
class Cat:
    name: str
    colour: Colour = Colour.RED


@strawberry.type
class Dog:
    name: str


@strawberry.type
class Query:
    a: str = "attribute"

    @strawberry.field
    def plain(self) -> str:
        return "function"

    @strawberry.field
    async def later(self, info: strawberry.Info) -> str:
        return info.field_name

    @strawberry.field
    def animal(self) -> Cat | Dog:
        return Cat(name="Tom")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> Any:
        yield 1


strawberry_schema = strawberry.Schema(Query)
SCHEMA = strawberry_schema._schema  # noqa: SLF001 - one of the private things


def test_a_strawberry_schema_and_its_graphql_schema_know_each_other() -> None:
    assert getattr(SCHEMA, "_strawberry_schema") is strawberry_schema  # noqa: B009
    assert type(strawberry_schema.schema_converter) is GraphQLCoreConverter
    assert SCHEMA.query_type.extensions[GraphQLCoreConverter.DEFINITION_BACKREF].origin is Query  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("a", "GraphQLCoreConverter.from_resolver.<locals>._get_basic_result"),
        ("plain", "GraphQLCoreConverter.from_resolver.<locals>._resolver"),
        ("later", "GraphQLCoreConverter.from_resolver.<locals>._async_resolver"),
    ],
)
def test_resolvers_are_told_apart_by_the_names_of_the_functions_that_strawberry_makes(field: str, name: str) -> None:
    assert SCHEMA.query_type.fields[field].resolve.__qualname__ == name  # type: ignore[union-attr]


def test_a_union_is_resolved_by_the_function_that_strawberry_makes() -> None:
    union: Any = SCHEMA.get_type("CatDog")
    assert union.resolve_type.__qualname__.startswith("StrawberryUnion.get_type_resolver.")


def test_an_enum_knows_its_python_class_and_a_member_its_name() -> None:
    colour: Any = SCHEMA.get_type("Colour")
    assert colour.wrapped_cls is Colour
    assert Colour.RED._name_ == "RED"


def test_the_classes_of_info_and_configuration_take_what_they_are_given() -> None:
    config = strawberry_schema.config
    assert config.info_class is strawberry.Info
    assert {"_raw_info", "_field"} <= set(inspect.signature(strawberry.Info).parameters)
    for method in ("from_argument", "from_field"):
        assert callable(getattr(config.name_converter, method))
    convert = importlib.import_module("strawberry.types.arguments").convert_argument
    assert list(inspect.signature(convert).parameters)[:6] == [
        "value", "type_", "scalar_registry", "config", "info", "path",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{ q(i: 1) }", "Expected value of type 'I' to be an object, found: 1."),
        (
            "{ q(i: {b: 1}) }",
            "Expected value of type 'I' not to include unknown field 'b'. Did you mean 'a'? Found: { b: 1 }.",
        ),
        ('{ q(n: "x") }', 'Int cannot represent non-integer value: "x"'),
        ("{ q(e: X) }", "Value 'X' does not exist in 'E' enum. Did you mean the enum value 'A'?"),
        ('{ q "x" }', "Syntax Error: Expected Name, found String 'x'."),
    ],
)
def test_values_are_quoted_as_the_engine_takes_them_out(text: str, said: str) -> None:
    schema = graphql.build_schema("input I { a: Int } enum E { A } type Query { q(i: I, n: Int, e: E): Int }")
    try:
        errors = graphql.validate(schema, graphql.parse(text))
    except graphql.GraphQLError as error:
        errors = [error]
    assert [error.message for error in errors] == [said]

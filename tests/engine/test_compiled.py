"""Which operations are compiled, what the compiler leaves to graphql-core, and what it never does."""

from __future__ import annotations

import asyncio
import json
import traceback
from typing import TYPE_CHECKING, Any

import pytest
import strawberry
from graphql import DirectiveLocation, GraphQLError, parse
from graphql.execution.values import VariableValues
from strawberry.schema.config import StrawberryConfig

from engine.compiling.resolver_code import ResolverCode
from engine.compiling.selection import MAX_DEPTH, Selector
from engine.compiling.variants import MAX_VARIANTS
from engine.defined_operation import defined
from engine.executors import compiled_executor, core_executor
from engine.operation import Request, RequestRefused
from engine.running.compiled_operation import CompiledOperation
from engine.running.core_execution import CoreOperation
from tests.engine.toy import graphql_schema
from tests.engine.world import World

if TYPE_CHECKING:
    from engine.executor import DocumentExecutor
    from engine.operation import Operation

PEOPLE = "{ people { id name greeting box { label colour since cells { word } } } }"


def twice(executor: DocumentExecutor, text: str, **variables: Any) -> Operation:
    request = Request(text, variables=variables)
    executor.prepare(request)
    return executor.prepare(request)


def executor(**options: Any) -> DocumentExecutor:
    return compiled_executor(graphql_schema, **options)


def source_of(text: str) -> str:
    document = parse(text)
    operation = defined(graphql_schema, document, document.definitions[0], hide_suggestions=False)  # type: ignore[arg-type]
    assert operation.root_type is not None
    code = ResolverCode(graphql_schema)
    code.selection(Selector(operation, VariableValues({}, {})).root(operation.root_type))
    return "\n".join(code.module.lines)


def test_an_operation_is_compiled_at_its_second_sight() -> None:
    one = executor()
    assert isinstance(one.prepare(Request(PEOPLE)), CoreOperation)
    assert isinstance(one.prepare(Request(PEOPLE)), CompiledOperation)


def test_a_document_kept_for_good_is_compiled_at_its_first_sight() -> None:
    one = executor()
    one.keep(PEOPLE)
    assert isinstance(one.prepare(Request(PEOPLE)), CompiledOperation)


@pytest.mark.parametrize(
    "text",
    ["{ __schema { queryType { name } } }", '{ __type(name: "Box") { name } rootless }'],
)
async def test_introspection_is_left_to_graphql_core(text: str) -> None:
    operation = twice(executor(), text)
    assert isinstance(operation, CoreOperation)
    assert "errors" not in json.loads((await operation.execute(World(1, 0))).body).get("errors", "")


def test_a_directive_of_the_schemas_own_is_left_to_graphql_core() -> None:
    @strawberry.directive(locations=[DirectiveLocation.FIELD])
    def loud(value: str) -> str:
        return value.upper()

    @strawberry.type
    class Query:
        name: str = "a"

    schema = strawberry.Schema(Query, directives=[loud])
    one = compiled_executor(schema._schema)  # noqa: SLF001 - the executor's subject
    assert isinstance(twice(one, '{ name @loud(value: "a") }'), CoreOperation)
    assert isinstance(twice(one, "{ name }"), CompiledOperation)


def test_a_schema_with_incremental_delivery_is_left_to_graphql_core() -> None:
    @strawberry.type
    class Query:
        name: str = "a"

    config = StrawberryConfig(enable_experimental_incremental_execution=True)
    schema = strawberry.Schema(Query, config=config)
    one = compiled_executor(schema._schema)  # noqa: SLF001 - the executor's subject
    assert isinstance(twice(one, "{ name }"), CoreOperation)


def test_a_selection_nested_too_deep_is_left_to_graphql_core() -> None:
    text = "{ box " + "{ inner " * MAX_DEPTH + "{ label }" + " }" * (MAX_DEPTH + 1)
    assert isinstance(twice(executor(), text), CoreOperation)


def test_each_setting_of_the_conditions_is_compiled_up_to_a_bound() -> None:
    one = executor()
    fields = " ".join(f"a{n}: rootless @include(if: $v{n})" for n in range(6))
    text = f"query({', '.join(f'$v{n}: Boolean!' for n in range(6))}) {{ __typename {fields} }}"
    kinds = [type(twice(one, text, **{f"v{n}": bool(setting >> n & 1) for n in range(6)})) for setting in range(64)]
    assert kinds.count(CompiledOperation) == MAX_VARIANTS


def test_the_source_grows_with_the_document_and_not_with_the_answer() -> None:
    def doubling(levels: int) -> str:
        fragments = [
            f"fragment F{n} on Person {{ a: friend {{ ...F{n + 1} }} b: best {{ ...F{n + 1} }} }}"
            for n in range(levels)
        ]
        return "{ people { ...F0 } }\n" + "\n".join([*fragments, f"fragment F{levels} on Person {{ name }}"])

    assert len(source_of(doubling(16))) < 5 * len(source_of(doubling(4)))


def test_no_text_of_a_document_is_code() -> None:
    injected = "'); raise SystemExit ('"
    source = source_of(f'{{ seen(value: "{injected}") echo(raw: "{injected}", shape: {{name: "{injected}"}}) }}')
    assert "SystemExit" not in source


async def test_usual_values_never_need_graphql_core(monkeypatch: pytest.MonkeyPatch) -> None:
    def unexpected(*_: object, **__: object) -> None:
        raise AssertionError("graphql-core's executor was made")

    operation = twice(
        executor(),
        """{ people { id name age initials greeting friend { name best { name } } friends { id }
             box { label weight count full colour size price since at numbers words cells { word }
                   inner { label } }
             things { __typename ... on Person { name } ... on Box { label } }
             beings { title shout ... on Robot { model } } cellOf { word } later { word } } }""",
    )
    monkeypatch.setattr("engine.running.graphql_core.Executor", unexpected)
    response = await operation.execute(World(3, 0))
    assert isinstance(operation, CompiledOperation)
    assert response.errors == ()


async def test_a_cancelled_execution_is_cancelled_and_not_an_error_of_a_field() -> None:
    started, for_ever = asyncio.Event(), asyncio.Event()

    @strawberry.type
    class Query:
        @strawberry.field
        async def slow(self) -> str | None:
            started.set()
            await for_ever.wait()
            return "done"

    one = compiled_executor(strawberry.Schema(Query)._schema)  # noqa: SLF001 - the executor's subject
    task = asyncio.ensure_future(twice(one, "{ slow }").execute(None))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_fields_of_a_query_wait_together() -> None:
    meeting = asyncio.Barrier(2)

    @strawberry.type
    class Query:
        @strawberry.field
        async def meet(self) -> str:
            await meeting.wait()
            return "met"

    one = compiled_executor(strawberry.Schema(Query)._schema)  # noqa: SLF001 - the executor's subject
    response = await asyncio.wait_for(twice(one, "{ a: meet b: meet }").execute(None), 5)
    assert response.body == b'{"data":{"a":"met","b":"met"}}'


class Costs:
    """An inspection that allows what costs less than a bound."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.inspected = 0

    def __call__(self, _schema: object, _document: object, _operation: object) -> Costs:
        self.inspected += 1
        return self

    def checked_cost(self, variables: Any) -> int:
        cost: int = variables.get("n", 1)
        if cost > self.bound:
            raise GraphQLError("too much")
        return cost


def test_an_operation_is_inspected_once_and_costed_for_each_request() -> None:
    costs = Costs(5)
    one = executor(inspect=costs)
    text = "query($n: Int) { echo(numbers: [$n]) }"
    assert [one.prepare(Request(text, variables={"n": n})).cost for n in (1, 2, 3)] == [1, 2, 3]
    assert costs.inspected == 1
    with pytest.raises(RequestRefused, match="too much"):
        one.prepare(Request(text, variables={"n": 6}))


def test_a_refused_request_is_refused_as_graphql_core_does() -> None:
    for request in [
        Request(),
        Request("{"),
        Request("{ nothing }"),
        Request("query A { rootless } query B { rootless }"),
        Request("query A { rootless }", "B"),
        Request("query($n: Int!) { echo(numbers: [$n]) }", variables={"n": "a"}),
    ]:
        with pytest.raises(RequestRefused) as plain:
            core_executor(graphql_schema).prepare(request)
        with pytest.raises(RequestRefused) as compiled:
            executor().prepare(request)
        assert compiled.value.errors == plain.value.errors


async def test_a_traceback_shows_the_lines_of_generated_code() -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def fails(self) -> str | None:
            raise ValueError("broken")

    operation = twice(compiled_executor(strawberry.Schema(Query)._schema), "{ fails }")  # noqa: SLF001 - the executor's subject
    assert isinstance(operation, CompiledOperation)
    response = await operation.execute(None)
    fault = response.errors[0].original_error
    assert fault is not None
    frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if "compiled operation" in frame.filename]
    assert [frame.line for frame in frames] == ["v = call_18(o)"]

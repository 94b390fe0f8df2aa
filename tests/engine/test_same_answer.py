"""The compiled executor answers as graphql-core does, byte for byte, whatever is asked or goes wrong.

hypothesis writes the documents and variables from the schema itself, and chooses a seed for the values that
the toy schema's resolvers return, raise or let wait for. More cases than the two thousand of every run:
`ENGINE_EXAMPLES=20000 pytest tests/engine/test_same_answer.py`.
"""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import strawberry
from graphql import OperationType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.executors import compiled_executor, core_executor
from engine.operation import Request, RequestRefused
from engine.running.compiled_operation import CompiledOperation
from tests.engine.toy import graphql_schema
from tests.engine.toy_parts import Colour, Size
from tests.engine.world import NEAR, ODDITIES, World
from tests.engine.writing import Asked, Writer

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from graphql import GraphQLError

    from engine.executor import DocumentExecutor
    from engine.operation import Operation, Response

EXAMPLES = int(os.environ.get("ENGINE_EXAMPLES", "2000"))
STRANGENESS = [0.0, 0.02, 0.1, 0.4]
compared = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


def shown(errors: Any) -> list[Any]:
    return [described(error) for error in errors]


def compared_part(response: Response) -> Any:
    """The bytes and the errors, without the addresses of objects that were shown as text."""
    return without_addresses(response.body), without_addresses(repr(shown(response.errors)).encode())


def without_addresses(text: bytes) -> bytes:
    return re.sub(rb"0[xX][0-9a-fA-F]+", b"0x", text)


def described(error: GraphQLError) -> tuple[Any, ...]:
    return (
        error.message,
        error.path,
        error.locations,
        error.extensions,
        type(error.original_error),
        [node.loc and node.loc.start for node in error.nodes or ()],
    )


async def quiet() -> None:
    """Let everything that is still under way in the background come to its end."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.gather(*others, return_exceptions=True)


async def answer(operation: Operation, world: World) -> Any:
    try:
        if operation.kind != "subscription":
            response = await operation.execute(world)
            return [compared_part(response)]
        return [compared_part(response) async for response in await operation.subscribe(world)]
    except RequestRefused as refused:
        return ("refused", shown(refused.errors), refused.status)
    except Exception as error:  # noqa: BLE001 - what one raises the other has to raise
        return (type(error), str(error))
    finally:
        await quiet()


def prepared(executor: Any, asked: Asked, times: int) -> Any:
    request = Request(asked.text, asked.operation, asked.variables)
    try:
        for _ in range(times):
            operation = executor.prepare(request)
    except RequestRefused as refused:
        return ("refused", shown(refused.errors), refused.status)
    return operation


def run(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any]) -> Any:
    return loop.run_until_complete(coroutine)


def compare(loop: asyncio.AbstractEventLoop, asked: Asked, seed: int, strangeness: float) -> Any:
    expected = prepared(core_executor(graphql_schema), asked, 1)
    found = prepared(executor_of(), asked, 2)
    if isinstance(expected, tuple):
        assert found == expected
        return None
    compare_answers(loop, expected, found, seed, strangeness)
    return found


def executor_of() -> DocumentExecutor:
    return compiled_executor(graphql_schema)


def compare_answers(
    loop: asyncio.AbstractEventLoop, expected: Any, found: Any, seed: int, strangeness: float
) -> None:
    worlds = [World(seed, strangeness) for _ in range(2)]
    assert run(loop, answer(found, worlds[1])) == run(loop, answer(expected, worlds[0]))
    assert worlds[1].order == worlds[0].order


# graphql-core leaves coroutines behind when a field fails beside them. Python says so, but cannot where the
# garbage collector comes by within a named tuple's constructor, which has no __import__.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", list(OperationType))
def test_the_compiled_answer_is_graphql_cores(loop: asyncio.AbstractEventLoop, kind: OperationType) -> None:
    examples = EXAMPLES * (8 if kind is OperationType.QUERY else 1) // 10

    @settings(compared, max_examples=examples)
    @given(st.randoms(use_true_random=False), st.integers(0, 10**6), st.sampled_from(STRANGENESS))
    def every_case(random: Random, seed: int, strangeness: float) -> None:
        compare(loop, Writer(graphql_schema, random).request(kind), seed, strangeness)

    every_case()


LEAVES = """label weight count full colour size price since at raw even numbers words grid holes
    must { word count } cells { word } maybeCells { count word }"""
EVERYTHING = [
    f"{{ box {{ {LEAVES} inner {{ {LEAVES} }} }} }}",
    "{ people { id title name age greeting initials shout described secret loud counted } }",
    "{ people { cellOf { word } later { word } best { name } friend { age friend { id } } friends { id } } }",
    "{ people { things { __typename ... on Person { name age } ... on Box { label count } } } }",
    "{ people { beings { __typename title shout ... on Robot { model maker { id } } } } }",
    "{ thing { ... on Node { id } ... on Box { label } } node { id ... on Person { age } } }",
    "{ beings { title ... on Robot { model } ... on Node { id } } a: box { must { word } } b: box { at } }",
]


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("text", EVERYTHING)
def test_whatever_resolvers_return_the_answer_is_graphql_cores(loop: asyncio.AbstractEventLoop, text: str) -> None:
    asked = Asked(text, None, {})
    plain, compiled = prepared(core_executor(graphql_schema), asked, 1), prepared(executor_of(), asked, 2)
    assert isinstance(compiled, CompiledOperation)
    for seed in range(EXAMPLES // 40):
        for strangeness in (0.01, 0.05):
            compare_answers(loop, plain, compiled, seed, strangeness)


@strawberry.type
class Leaf:
    text: str | None
    number: int | None
    rate: float | None
    sure: bool | None
    id: strawberry.ID | None
    colour: Colour | None
    size: Size | None
    on: date | None
    at: datetime | None
    price: Decimal | None
    uuid: UUID | None


@strawberry.type
class Leaves:
    one: Leaf
    must: list[int]
    texts: list[str | None] | None


@strawberry.type
class Root:
    @strawberry.field
    def leaves(self, info: strawberry.Info[Any, None]) -> list[Leaves]:
        value = info.context
        one = Leaf(**dict.fromkeys(LEAF_NAMES, value))
        return [Leaves(one=one, must=[1], texts=[value]), Leaves(one=one, must=[2, value], texts=value)]


LEAF_NAMES = [field.name for field in fields(Leaf)]
STRANGE = [*ODDITIES, *(value for values in NEAR.values() for value in values), *Colour, *Size]


@pytest.mark.parametrize("value", [*STRANGE, None, datetime(2026, 1, 2, 3, 4), UUID(int=5)], ids=repr)  # noqa: DTZ001
def test_each_leaf_is_written_as_graphql_core_writes_it(loop: asyncio.AbstractEventLoop, value: Any) -> None:
    schema = strawberry.Schema(Root)._schema  # noqa: SLF001 - the executors' subject
    for name in ["must", "texts", *LEAF_NAMES]:
        asked = Asked(f"{{ leaves {{ {name if name in {'must', 'texts'} else f'one {{ {name} }}'} }} }}", None, {})
        found, expected = (
            prepared(compiled_executor(schema), asked, 2),
            prepared(core_executor(schema), asked, 1),
        )
        assert run(loop, answer(found, value)) == run(loop, answer(expected, value))


def test_the_cases_are_compiled_ones(loop: asyncio.AbstractEventLoop) -> None:
    random = Random(4)  # noqa: S311 - data of a test
    kinds = [compare(loop, Writer(graphql_schema, random).request(OperationType.QUERY), 1, 0.0) for _ in range(200)]
    assert sum(isinstance(operation, CompiledOperation) for operation in kinds) > 100

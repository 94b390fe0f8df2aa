"""Answers are written as JSON is, and never far beyond what an answer may weigh."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import strawberry
from hypothesis import given
from hypothesis import strategies as st

from engine.answers import AT_ONCE, MOST_BYTES, PARTS, AnswerTooLarge, written
from engine.cost import inspect
from engine.executors import compiled_executor, core_executor
from engine.operation import Request, RequestRefused

if TYPE_CHECKING:
    from engine.executor import DocumentExecutor

CHEAP, COSTLY = AT_ONCE, AT_ONCE + 1
MEGABYTE = 1024 * 1024


def answers() -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers(-(2**31), 2**31) | st.text(max_size=5)
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=2 * PARTS) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
        max_leaves=60,
    )


@given(st.dictionaries(st.text(max_size=3), answers(), max_size=3))
def test_in_pieces_the_same_is_written_as_at_once(payload: dict[str, Any]) -> None:
    assert written(payload, CHEAP) == written(payload, COSTLY) == orjson.dumps(payload)


@pytest.mark.parametrize("points", [CHEAP, COSTLY])
def test_an_answer_may_have_as_many_bytes_as_is_said_and_no_more(points: int) -> None:
    payload = {"data": ["é" * 100] * 100}
    size = len(orjson.dumps(payload))
    assert written(payload, points, size) == orjson.dumps(payload)
    with pytest.raises(AnswerTooLarge):
        written(payload, points, size - 1)


@pytest.mark.parametrize("nodes", [PARTS - 1, PARTS, 100])
def test_what_is_far_too_large_is_never_in_memory_as_a_whole(nodes: int) -> None:
    form = {f"a{number}": "x" * 3000 for number in range(MEGABYTE // 3000)}
    payload = {"data": {"page": {"nodes": [{"form": form} for _ in range(nodes)]}}}
    tracemalloc.start()
    with pytest.raises(AnswerTooLarge):
        written(payload, COSTLY)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2 * MOST_BYTES + 2 * MEGABYTE * -(-nodes // PARTS)


@strawberry.type
class Paper:
    text: str = strawberry.field(metadata={"points": 5})
    name: str = "paper"


@strawberry.type
class Query:
    @strawberry.field
    def papers(self, first: int = 10) -> list[Paper]:
        return [Paper(text="x" * 10_000)] * first

    @strawberry.field
    def faults(self, first: int = 10) -> list[int | None]:
        return ["none" for _ in range(first)]  # type: ignore[misc] # each is an error


@strawberry.type
class Mutation:
    @strawberry.mutation
    def write(self) -> list[Paper]:
        return [Paper(text="x" * 10_000)] * 500


SCHEMA = strawberry.Schema(Query, Mutation)._schema  # noqa: SLF001 - as the service does
COMPILED = compiled_executor(SCHEMA, inspect=inspect)
EXECUTORS = [COMPILED, core_executor(SCHEMA)]
both = pytest.mark.parametrize("executor", EXECUTORS, ids=["compiled", "graphql-core"])


async def answered(executor: DocumentExecutor, text: str) -> dict[str, Any]:
    for _ in range(2):  # the second time it is compiled
        response = await executor.prepare(Request(text)).execute(None)
        assert len(response.body) <= MOST_BYTES
    answer: dict[str, Any] = orjson.loads(response.body)
    return answer


@both
async def test_an_answer_that_is_too_large_is_null_with_an_error_that_says_so(executor: DocumentExecutor) -> None:
    answer = await answered(executor, "{ papers(first: 500) { text } }")
    assert answer["data"] is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["TOO_LARGE"]
    assert "smaller pages" in answer["errors"][0]["message"]


@both
async def test_of_an_act_whose_answer_is_too_large_it_is_said_that_it_is_done(executor: DocumentExecutor) -> None:
    answer = await answered(executor, "mutation { write { text } }")
    assert "is done" in answer["errors"][0]["message"]


@both
async def test_of_a_thousand_field_errors_a_hundred_are_told(executor: DocumentExecutor) -> None:
    answer = await answered(executor, "{ faults(first: 1000) }")
    assert answer["data"]["faults"] == [None] * 1000
    assert len(answer["errors"]) == 100


def points(text: str) -> int:
    return COMPILED.prepare(Request(text)).cost


def test_a_long_text_and_a_value_under_another_name_cost_each_time_they_are_read() -> None:
    assert points("{ papers(first: 3) { name } }") == 1 + 3
    assert points("{ papers(first: 3) { text } }") == 1 + 3 * (1 + 5)
    assert points("{ papers(first: 3) { text a: text b: name } }") == 1 + 3 * (1 + 5 + 6 + 1)
    assert points("{ papers(first: 3) { ...T ...T } } fragment T on Paper { text }") == 1 + 3 * (1 + 10)


def test_many_long_texts_are_refused_before_they_are_read() -> None:
    with pytest.raises(RequestRefused, match="costs 60101 points"):
        points("{ papers(first: 100) { " + " ".join(f"a{n}: text" for n in range(100)) + " } }")

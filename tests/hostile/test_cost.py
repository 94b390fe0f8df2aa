"""What an operation may cost, asked of the served product."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest
from graphql import OperationDefinitionNode, parse

from demo.loading import _QUERIES as DEMO  # the queries that the welcome prints
from engine.cost import inspect
from engine.measures import CostLimits
from schema.public import public_schema
from tests.factories import staff

if TYPE_CHECKING:
    from tests.service import Served

README = Path(__file__).parents[2] / "README.md"
LITTLE_SECONDS = 1.0
"""Far above what is measured (10 ms), far below what fragments cost where they are walked at each spread."""


def levels(number: int) -> str:
    return "{ pendingSessions { nodes { id " + "plans { nodes { session { id " * number + "} } } " * number + "} } }"


def bomb(fragments: int) -> str:
    """Write fragments that each spread the next one twice: 2 to the power of `fragments` fields."""
    links = [f"fragment F{n} on Query{{...F{n + 1} ...F{n + 1}}}" for n in range(fragments)]
    return f"{{...F0}} {' '.join(links)} fragment F{fragments} on Query{{viewer{{name}}}}"


@pytest.mark.parametrize(
    ("text", "variables", "sentence"),
    [
        (levels(5), {}, "18 levels; at most 15"),
        ("{ viewer { " + " ".join(f"a{n}: name" for n in range(101)) + " } }", {}, "101 aliases"),
        ("{ " + " ".join(f"a{n}: viewer {{ name }}" for n in range(21)) + " }", {}, "21 fields at its root"),
        ("{ pendingSessions(first: 100) { nodes { plans(first: 100) { nodes { jobSeeker { id } } } } } }", {},
         "costs 25252 points"),
        ("query ($n: Int) { pendingSessions(first: $n) { nodes { plans(first: $n) { nodes { session { id } } } } } }",
         {"n": 100}, "costs 25252 points"),
        ("{ viewer { " + "name @skip(if: false) " * 51 + "} }", {}, "51 directives; at most 50"),
        (bomb(60), {}, "fields, fragments spread out; at most 1000"),
    ],
)  # fmt: skip
async def test_an_operation_that_asks_for_too_much_is_refused_with_the_measure_and_the_limit(
    served: Served, text: str, variables: dict[str, Any], sentence: str
) -> None:
    answer = await served.answer(staff(), text, **variables)

    assert "data" not in answer
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "TOO_COMPLEX"
    assert sentence in error["message"]


async def test_a_document_of_more_than_a_thousand_tokens_is_not_read(served: Served) -> None:
    answer = await served.answer(staff(), "{ viewer { " + "name " * 1001 + "} }")
    assert "more than 1000 tokens" in answer["errors"][0]["message"]


@pytest.mark.parametrize("fragments", [60, 5_000, 10_000])
async def test_a_bomb_of_fragments_costs_its_author_more_than_the_service(served: Served, fragments: int) -> None:
    body, headers = {"query": bomb(fragments)}, served.headers(staff())
    begun = perf_counter()
    answer = await served.http.post("/graphql", json=body, headers=headers)

    assert perf_counter() - begun < LITTLE_SECONDS
    assert answer.status_code in {200, 413}
    assert answer.json()["errors"][0]["extensions"]["code"] in {"TOO_COMPLEX", "TOO_LARGE", "BAD_REQUEST"}


async def test_fields_that_validation_would_compare_in_pairs_are_refused_before_it(served: Served) -> None:
    answer = await served.answer(staff(), "{ " + "viewer { name unknown } " * 190 + "}")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["TOO_COMPLEX"]


def operations_we_show() -> list[str]:
    blocks = re.findall(r"```graphql\n(.*?)```", README.read_text(), re.DOTALL)
    return [*blocks, *(query for _, query in DEMO.values())]


@pytest.mark.parametrize("text", operations_we_show())
def test_what_we_show_uses_less_than_half_of_any_limit(text: str) -> None:
    whole = CostLimits()
    bounds = {each.name for each in fields(whole)} - {"list_size"}
    half = replace(whole, **{name: getattr(whole, name) // 2 for name in bounds})
    document = parse(text)
    for operation in document.definitions:
        assert isinstance(operation, OperationDefinitionNode)
        schema = public_schema._schema  # noqa: SLF001 - as service/execution.py does
        assert inspect(schema, document, operation, half).checked_cost({}) < half.points


async def test_the_texts_of_forms_are_counted(served: Served) -> None:
    aliases = " ".join(f"a{number}: content" for number in range(100))
    answer = await served.answer(staff(), f"{{ draftReports(first: 100) {{ nodes {{ form {{ {aliases} }} }} }} }}")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["TOO_COMPLEX"]

    (screen,) = parse("{ pendingPlans(first: 50) { nodes { report { form { objective content } } } } }").definitions
    assert isinstance(screen, OperationDefinitionNode)
    schema = public_schema._schema  # noqa: SLF001 - as service/execution.py does
    document = parse("{ draftReports(first: 50) { nodes { form { objective content } } } }")
    assert inspect(schema, document, document.definitions[0], CostLimits()).cost({}) == 1 + 51 + 50 * (1 + 1 + 2 * 5)  # type: ignore[arg-type]

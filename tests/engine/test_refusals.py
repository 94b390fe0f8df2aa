"""What is wrong in a request grows with it; what is told of it does not, and repeats nothing that was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.executors import compiled_executor, core_executor
from engine.operation import Request, RequestRefused
from engine.refused_errors import MOST_CHARACTERS, MOST_ERRORS, MOST_LOCATIONS
from engine.values import MOST_LEVELS, MOST_VALUES
from schema.public import public_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import GraphQLError

    from engine.operation import Executor

SCHEMA = public_schema._schema  # noqa: SLF001 - as the service does
EXECUTORS: list[Executor] = [compiled_executor(SCHEMA), core_executor(SCHEMA)]
SAVE = "mutation q($i: SaveReportDraftInput!) { saveReportDraft(input: $i) { userErrors { code } } }"
LIST = "query q($first: Int, $search: String, $by: TrainingSessionOrder) { pendingSessions(first: $first, search: $search, orderBy: $by) { totalCount } }"  # noqa: E501
REFUSAL_BYTES = 16 * 1024
CANARY = "c4n4ry"

both = pytest.mark.parametrize("executor", EXECUTORS, ids=["compiled", "graphql-core"])


def refused(executor: Executor, text: str, variables: Mapping[str, Any] | None = None) -> list[GraphQLError]:
    """Give the errors of a request that is refused, once they were seen to be few and short."""
    with pytest.raises(RequestRefused) as raised:
        executor.prepare(Request(text, variables=variables or {}))
    errors = list(raised.value.errors)
    assert 0 < len(errors) <= MOST_ERRORS
    assert all(len(error.message) <= MOST_CHARACTERS + 1 for error in errors)
    assert all(len(error.locations or ()) <= MOST_LOCATIONS for error in errors)
    assert len(executor.render_errors(errors)) < REFUSAL_BYTES
    return errors


@both
@pytest.mark.parametrize(
    ("text", "variables"),
    [
        (SAVE, {"i": {f"k{number}": 1 for number in range(MOST_VALUES)}}),
        (SAVE, {"i": {"form": {f"k{number}": 1 for number in range(24_000)}}}),
        (SAVE, {"i": [[1] * 1000] * 25}),
        (SAVE, {"other": [1] * 100_000}),
        (LIST, {f"v{number}": None for number in range(MOST_VALUES + 1)}),
    ],
)
def test_more_values_than_any_request_needs_are_not_looked_at(
    executor: Executor, text: str, variables: dict[str, Any]
) -> None:
    (error,) = refused(executor, text, variables)
    assert error.extensions == {"code": "TOO_COMPLEX"}
    assert str(MOST_VALUES) in error.message


@both
def test_values_nested_deeply_are_not_looked_at(executor: Executor) -> None:
    nested: Any = 1
    for _ in range(MOST_LEVELS):
        nested = [nested]
    (error,) = refused(executor, SAVE, {"i": nested})
    assert str(MOST_LEVELS) in error.message


@both
def test_of_many_wrong_values_the_first_are_told_each_in_its_place(executor: Executor) -> None:
    errors = refused(executor, SAVE, {"i": {f"unknown{number}": CANARY for number in range(1000)}})
    messages = [error.message for error in errors]
    assert len(messages) == MOST_ERRORS
    assert "'trainingPlanId'" in messages[0]
    assert messages[2].endswith("not to include unknown field 'unknown0'.")


@both
@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("{ viewer { name " + "@aa" * 10 + " } }", 1),
        ("{ viewer { " + "name @aa " * 40 + "} }", 2),
        ("{ viewer { " + " ".join(f"unknown{n}" for n in range(900)) + " } }", MOST_ERRORS),
        ("{ viewer { " + "x" * 200_000 + " } }", 1),
        ('{ pendingSessions(search: "' + CANARY * 30_000 + '", first: [' + '"1", ' * 200 + "]) { totalCount } }", 1),
        ("query(" + "".join(f"$v{n}: Int " for n in range(150)) + ") { viewer { name } }", MOST_ERRORS),
    ],
)  # fmt: skip
def test_what_is_wrong_many_times_in_a_document_is_told_a_few_times(
    executor: Executor, text: str, number: int
) -> None:
    assert len(refused(executor, text)) == number


@both
@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ('{ pendingSessions(first: "c4n4ry") { totalCount } }', {}),
        ("{ pendingSessions(orderBy: { field: c4n4ry, direction: ASC }) { totalCount } }", {}),
        ('{ pendingSessions(orderBy: "c4n4ry") { totalCount } }', {}),
        ('{ pendingSessions(orderBy: { field: "c4n4ry" }) { totalCount } }', {}),
        ('{ pendingSessions(search: 1.5) { totalCount } } "c4n4ry"', {}),
        ('{ pendingSessions "c4n4ry" }', {}),
        ('{ pendingSessions """c4n4ry""" }', {}),
        ('{ pendingSessions(search: "c4n4ry', {}),
        ('mutation { recordAbsence(input: { trainingPlanId: "1", startsOn: "c4n4ry" }) { absence { id } } }', {}),
        (SAVE, {"i": CANARY}),
        (SAVE, {"i": {"trainingPlanId": [CANARY], "form": {"durationHours": CANARY, "certifying": [CANARY]}}}),
        (SAVE, {"i": {f"{CANARY} of no name": 1, f"x', found: {CANARY}": 1, CANARY * 20: 1}}),
        (LIST, {"by": {"field": CANARY, "direction": CANARY}, "search": {"eq": CANARY}}),
    ],
)
def test_no_value_is_told_again(executor: Executor, text: str, variables: dict[str, Any]) -> None:
    assert not [error.message for error in refused(executor, text, variables) if CANARY in error.message]


def anything() -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.just(CANARY)
    keys = st.sampled_from(
        ["trainingPlanId", "form", "expectedVersion", "internship", "periods", "startsOn", "field", "objective"]
    )
    return st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=15)


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries({"i": anything(), "by": anything(), "first": anything(), "search": anything()}))
def test_whatever_the_values_none_is_told_again(variables: dict[str, Any]) -> None:
    for executor in EXECUTORS:
        for text in (SAVE, LIST):
            assert CANARY not in told(executor, Request(text, variables=variables))


def told(executor: Executor, request: Request) -> str:
    try:
        executor.prepare(request)
    except RequestRefused as refusal:
        return executor.render_errors(refusal.errors).decode()
    return ""

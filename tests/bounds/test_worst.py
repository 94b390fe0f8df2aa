"""The worst that a byte can cost: looked for by drawing, work counted in calls; the worst found stay as cases."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, given, settings, target
from hypothesis import strategies as st

from domain.text import cleaned, folded_words
from engine.cost import inspect
from engine.executors import compiled_executor
from engine.operation import Request, RequestRefused
from feeds.plans import read_plan
from pdf.ink import typeset
from schema.public import public_schema
from storage.searching import word_beginnings
from tests.hostile.worlds import TIMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCHEMA = public_schema._schema  # noqa: SLF001 - as service/execution.py does
START, CALLS_A_BYTE, MOST = 2_000 * len(SCHEMA.type_map["Query"].fields), 80, 1_000_000  # type: ignore[attr-defined]
"""What anything may cost, and each byte of it beside, in calls of functions, Python's and C's; and all together.

A word that is no field is compared with every field of its type, so the start grows with the fields of the root.
"""
SAVE = "mutation ($i: SaveReportDraftInput!) { saveReportDraft(input: $i) { userErrors { code } } }"


class Work:
    """How many calls were made."""

    calls = 0

    def note(self, _frame: object, event: str, _argument: object) -> None:
        self.calls += event in {"call", "c_call"}


@contextmanager
def counted() -> Iterator[Work]:
    work = Work()
    before = sys.getprofile()
    sys.setprofile(work.note)
    try:
        yield work
    finally:
        sys.setprofile(before)


def ask(text: str, variables: Any = None) -> None:
    """Parse, measure, validate and coerce as the service does, for the first time; no resolver runs."""
    executor = compiled_executor(SCHEMA, inspect=inspect)
    try:
        executor.prepare(Request(text, variables=variables or {}))
    except RequestRefused as refused:
        executor.render_errors(refused.errors)


def of_document(text: str) -> int:
    with counted() as work:
        ask(text)
    return work.calls


def of_variables(value: Any) -> int:
    with counted() as work:
        ask(SAVE, {"i": value})
    return work.calls


def of_text(text: str) -> int:
    with counted() as work:
        typeset(cleaned(text) or "")
        word_beginnings("words", folded_words(text[:4_000]))
    return work.calls


def of_line(line: str) -> int:
    with counted() as work:
        read_plan(1, line.encode("utf-8", "replace"))
    return work.calls


KINDS: dict[str, Callable[[Any], int]] = {
    "document": of_document,
    "variables": of_variables,
    "text": of_text,
    "line": of_line,
}


def bytes_of(kind: str, value: Any) -> int:
    return len((value if kind != "variables" else json.dumps(value)).encode("utf-8", "surrogatepass"))


def allowed(kind: str, value: Any) -> int:
    return START + CALLS_A_BYTE * bytes_of(kind, value)


names = st.sampled_from(
    [
        "pendingPlans",
        "nodes",
        "edges",
        "jobSeeker",
        "plans",
        "report",
        "form",
        "content",
        "totalCount",
        "__typename",
        "x",
    ]
)
pieces = st.one_of(
    names,
    st.builds("{}(first: 100)".format, names),
    st.builds("a: {}".format, names),
    st.just("...F"),
    st.builds("{} @skip(if: true)".format, names),
)
selections = st.recursive(
    st.lists(pieces, min_size=1, max_size=8).map(" ".join),
    lambda inner: st.lists(st.builds("{} {{ {} }}".format, names, inner), min_size=1, max_size=4).map(" ".join),
    max_leaves=12,
)
documents = st.builds(
    lambda body, times, fragment: f"{{ {f'{body} ' * times} }} fragment F on Query {{ {fragment} }}",
    selections, st.integers(1, 40), selections,
)  # fmt: skip
keys = st.sampled_from(["trainingPlanId", "form", "expectedVersion", "objective", "internship", "periods", "x", "é"])
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.builds(lambda each, times: [each] * times, inner, st.integers(0, 80)),
        st.dictionaries(keys, inner, max_size=6),
        st.builds(lambda each, times: {f"k{n}": each for n in range(times)}, inner, st.integers(0, 80)),
    ),
    max_leaves=5,
)
letters = st.sampled_from(["\u00ad", "\u200b", "ﷺ", "e\u0301", "\ufdfa", "\u0e33", " ", "a"])
texts = st.builds(
    lambda pieces, times: "".join(pieces) * times,
    st.lists(st.one_of(letters, st.text(max_size=5)), min_size=1, max_size=5),
    st.integers(1, 400),
)
of_a_plan = st.sets(st.sampled_from(["id", "startsOn", "funding", "jobSeeker", "organization", "session"]))
lines = st.one_of(
    json_values.map(json.dumps),
    st.builds(lambda fields, text: json.dumps(dict.fromkeys(fields, text)), of_a_plan, texts),
)
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate, Phase.target)
drawn = settings(max_examples=25 * TIMES, deadline=None, phases=WITHOUT_SHRINKING)


@pytest.mark.parametrize("kind", ["document"])
@drawn
@given(value=documents)
def test_documents(kind: str, value: str) -> None:
    costs_no_more_than_it_may(kind, value)


@pytest.mark.parametrize("kind", ["variables"])
@drawn
@given(value=json_values)
def test_variables(kind: str, value: Any) -> None:
    costs_no_more_than_it_may(kind, value)


@pytest.mark.parametrize("kind", ["text"])
@drawn
@given(value=texts)
def test_texts(kind: str, value: str) -> None:
    costs_no_more_than_it_may(kind, value)


@pytest.mark.parametrize("kind", ["line"])
@drawn
@given(value=lines)
def test_lines_of_feeds(kind: str, value: str) -> None:
    costs_no_more_than_it_may(kind, value)


def costs_no_more_than_it_may(kind: str, value: Any) -> None:
    calls = KINDS[kind](value)
    target(calls / allowed(kind, value))
    assert calls <= allowed(kind, value)


WORST: dict[str, tuple[str, Any]] = {
    "fields that are none, below fields that are none": ("document", "{ " + "totalCount { plans } " * 20 + "}"),
    "the same, without end": ("document", "{ " + "totalCount { plans } " * 240 + "}"),
    "fragments that double": (
        "document",
        "{ ...F0 } " + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(2_000)),
    ),
    "fields to be compared in pairs": ("document", "{ " + "viewer { name unknown } " * 150 + "}"),
    "keys that are none": ("variables", {f"k{n}": 0 for n in range(20_000)}),
    "numbers for a list of objects": ("variables", {"form": {"internship": {"periods": [*range(40_000)]}}}),
    "lists in lists": ("variables", [[[[[[[[[[*range(9)]] * 9] * 9] * 9]]]]]] * 3),
    "soft hyphens": ("text", "a\u00ad" * 1_500),
    "letters that decompose into eighteen": ("text", "\ufdfa" * 3_000),
    "a line of escapes": ("line", json.dumps({"id": ["\u0013@"] * 20_000, "startsOn": [{}] * 20_000})),
}
"""The ten that cost most of all that was drawn and thought of."""


@pytest.mark.parametrize("name", WORST)
def test_the_worst_ten(name: str) -> None:
    kind, value = WORST[name]
    calls = KINDS[kind](value)

    assert calls <= allowed(kind, value)
    assert calls <= MOST

"""The cost of operations: measured in linear time, and never less than what they return."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from graphql import (
    GraphQLError,
    GraphQLSchema,
    SelectionNode,
    build_schema,
    execute_sync,
    get_introspection_query,
    get_operation_ast,
    parse,
    validate,
)
from graphql.language import Visitor, visit
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cost import Inspection, inspect
from engine.measures import CostLimits

SCHEMA = build_schema("""
interface Named { name: String! }
type Thing implements Named {
  name: String!
  names: [String!]!
  thing: Thing!
  named: Named!
  many: [Thing!]!
  grid: [[Thing!]!]!
  some(first: Int = 2): [Thing!]!
  page(first: Int = 2, after: String): ThingConnection!
}
type ThingConnection { edges: [ThingEdge!]! nodes: [Thing!]! pageInfo: PageInfo! totalCount: Int! }
type ThingEdge { cursor: String! node: Thing! }
type PageInfo { hasNextPage: Boolean! }
type Query { thing: Thing! page(first: Int, after: String, last: Int): ThingConnection! }
""")
LISTS = 2
MANY = 10**60
ROOMY = CostLimits(depth=MANY, fields=MANY, root_fields=MANY, aliases=MANY, points=MANY)


def inspected(text: str, limits: CostLimits | None = None, schema: GraphQLSchema = SCHEMA) -> Inspection:
    document = parse(text)
    operation = get_operation_ast(document, None)
    assert operation is not None
    return inspect(schema, document, operation, limits)


def cost(text: str, **variables: Any) -> int:
    return inspected(text).checked_cost(variables)


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        ("{ thing { name names } }", 1 + 1),
        ("{ thing { many { name } } }", 1 + 1 + 20),
        ("{ thing { grid { name } } }", 1 + 1 + 20 * 20),
        ("{ thing { some { name } } }", 1 + 1 + 2),
        ("{ thing { some(first: 7) { thing { name } } } }", 1 + 1 + 7 * 2),
        ("{ thing { some(first: -7) { thing { name } } } }", 1 + 1),
        ("{ page(first: 50) { totalCount } }", 1 + 1),
        ("{ page(first: 50) { nodes { name } pageInfo { hasNextPage } } }", 1 + 1 + 50 + 1),
        ("{ page(first: 50) { edges { cursor node { name } } } }", 1 + 1 + 50 * 2),
        ("{ page { nodes { name } } }", 1 + 1 + 20),
        ("{ page(first: null) { nodes { name } } }", 1 + 1 + 20),
        ("{ a: thing { name } b: thing { ... { thing { named { ... on Thing { thing { name } } } } } } }", 6),
        ('{ __schema { types { fields { name } } } __type(name: "A") { name } }', 1),
    ],
)  # fmt: skip
def test_objects_are_counted_by_the_pages_asked_for(text: str, objects: int) -> None:
    assert cost(text) == objects


@pytest.mark.parametrize(("variables", "objects"), [({}, 50), ({"n": 3}, 3), ({"n": None}, 7)])
def test_a_last_page_asked_for_by_variable_is_as_long_as_its_value_or_its_default(
    variables: dict[str, int | None], objects: int
) -> None:
    """Null leaves the page to `first`: a default hides nothing of it."""
    assert cost("query($n: Int = 50) { page(first: 7, last: $n) { nodes { name } } }", **variables) == 1 + 1 + objects


def test_a_fragment_is_counted_by_the_page_around_each_spread() -> None:
    assert cost("""{ page(first: 3) { ...P } more: page(first: 5) { ...Q } }
        fragment P on ThingConnection { nodes { page(first: 4) { ...Q } } }
        fragment Q on ThingConnection { edges { node { name } } }
    """) == (1) + (1 + 3 * (1 + 1 + 4 * 2)) + (1 + 5 * 2)


def test_a_page_asked_for_by_variable_is_counted_for_each_request() -> None:
    inspection = inspected("""
        query($a: Int!, $b: Int = 3) { page(first: $a) { ...P } }
        fragment P on ThingConnection { nodes { page(first: $b) { nodes { some(first: $c) { name } } } } }
    """)
    assert inspection.cost({"a": 2, "b": 5}) == 1 + 1 + 2 * (1 + 1 + 5 * (1 + 2))
    assert inspection.cost({"a": 4}) == 1 + 1 + 4 * (1 + 1 + 3 * (1 + 2))
    assert inspection.cost({"a": 2, "b": None, "c": 10.0}) == 1 + 1 + 2 * (1 + 1 + 3 * (1 + 10))


def test_too_many_objects_are_refused_with_the_measure_the_limit_and_a_way_out() -> None:
    inspection = inspected("query($n: Int) { page(first: $n) { nodes { name } } }")
    assert inspection.checked_cost({"n": 19_998}) == 20_000
    with pytest.raises(GraphQLError) as refused:
        inspection.checked_cost({"n": 20_000})
    assert refused.value.extensions == {"code": "TOO_COMPLEX"}
    assert refused.value.message == (
        "The operation costs 20002 points (objects it may return, long texts, lists, words searched); at most "
        "20000 are allowed. Ask for smaller pages, or for less at once."
    )


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("{ thing " + "{ thing " * 15 + "{ name " + "}" * 17, "17 levels; at most 15"),
        ("{ thing { " + "name " * 1000 + "} }", "1001 fields, fragments spread out; at most 1000"),
        ("{ ...F ...F ...F } fragment F on Query { " + "thing { name } " * 7 + "}", "21 fields at its root"),
        ("{ thing { ...F ...F } } fragment F on Thing { " + "a: name " * 51 + "}", "102 aliases"),
        ("{ thing { " + "name @skip(if: true) " * 51 + "} }", "51 directives; at most 50"),
        ("{ page(first: 20000) { nodes { name } } }", "costs 20002 points"),
    ],
)
def test_what_exceeds_a_limit_is_refused_before_any_variable_is_known(text: str, measure: str) -> None:
    with pytest.raises(GraphQLError, match=measure):
        inspected(text)


def test_graphiql_may_ask_for_the_schema() -> None:
    assert inspected(get_introspection_query()).cost({}) == 1


def test_a_whole_screen_is_allowed() -> None:
    sessions = """query($n: Int!) { page(first: $n) { nodes { name page(first: 20) { edges { cursor node {
        named { name } thing { named { name } thing { a: named { name } b: named { name } c: named { name } }
    } } } } } } }"""
    assert cost(sessions, n=50) < CostLimits().points


@pytest.mark.parametrize("text", ["{ nothing { thing { name } } }", "{ ...F } fragment F on Query { ...F ...G }"])
def test_an_invalid_document_is_left_to_validation(text: str) -> None:
    assert inspected(text).cost({}) == 1


def selections_of(text: str) -> int:
    found = 0

    class Counting(Visitor):
        def enter(self, node: Any, *_: Any) -> None:
            nonlocal found
            found += isinstance(node, SelectionNode)

    visit(parse(text), Counting())
    return found


@settings(deadline=None)
@given(chain=st.integers(1, 40), spreads=st.integers(1, 5), nested=st.booleans())
def test_a_fan_of_fragments_is_visited_once(chain: int, spreads: int, nested: bool) -> None:  # noqa: FBT001
    opening, closing = ("page(first: $n) { nodes {", "} }") if nested else ("", "")
    fragments = [
        f"fragment F{number} on Thing {{ {opening} {f'...F{number + 1} ' * spreads} name {closing} }}"
        for number in range(chain)
    ]
    last = f"fragment F{chain} on Thing {{ name thing {{ name }} }}"
    text = f"query($n: Int) {{ thing {{ ...F0 }} }} {' '.join(fragments)} {last}"

    inspection = inspected(text, ROOMY)

    assert inspection.visits == selections_of(text)
    assert len(inspection.formula) <= inspection.visits
    assert inspection.cost({"n": 1}) >= spreads**chain


class World:
    """Objects whose lists have as many items as they are asked for."""

    def __init__(self, items: int = 0) -> None:
        self.items = items

    def __call__(self, _source: Any, info: Any, **arguments: Any) -> Any:
        first = arguments.get("first")
        match info.field_name:
            case "edges" | "nodes":
                return [World()] * _source.items
            case "many" | "names":
                return [World()] * LISTS
            case "grid":
                return [[World()] * LISTS] * LISTS
            case "some":
                return [World()] * (LISTS if first is None else first)
        return World(LISTS if first is None else first)


def objects_in(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(objects_in(item) for item in value.values())
    return sum(objects_in(item) for item in value) if isinstance(value, list) else 0


FIRSTS = ("", "(first: 0)", "(first: 1)", "(first: 3)", "(first: null)", "(first: $n)", "(first: $m)")
firsts = st.sampled_from(FIRSTS)
aliases = st.sampled_from(["a", "b", "c", "d"])


def things(depth: int) -> st.SearchStrategy[str]:
    if not depth:
        return st.just("{ __typename }")
    below, pages = things(depth - 1), connections(depth - 1)
    choices = st.one_of(
        st.sampled_from(["...T", "x: __typename"]),
        st.builds("... on Named {}".format, below.map(lambda _: "{ __typename }")),
        st.builds("... on Thing {}".format, below),
        st.builds("{}thing: thing {}".format, aliases, below),
        st.builds("{}named: named {{ ... on Thing {} }}".format, aliases, below),
        st.builds("{}many: many {}".format, aliases, below),
        st.builds("{}grid: grid {}".format, aliases, below),
        st.builds(lambda a, n, s: f"{a}{alias_part(n)}some: some{n} {s}", aliases, firsts, below),
        st.builds(lambda a, n, s: f"{a}{alias_part(n)}page: page{n} {s}", aliases, firsts, pages),
    )
    return st.lists(choices, min_size=1, max_size=3).map(lambda parts: "{ " + " ".join(parts) + " }")


def connections(depth: int) -> st.SearchStrategy[str]:
    below = things(depth)
    choices = st.one_of(
        st.sampled_from(["pageInfo { __typename }", "...C"]),
        st.builds("nodes {}".format, below),
        st.builds("edges {{ node {} }}".format, below),
    )
    return st.lists(choices, min_size=1, max_size=2).map(lambda parts: "{ " + " ".join(parts) + " }")


def alias_part(arguments: str) -> str:
    """Make a part of an alias that differs where arguments do, so that fields can be merged."""
    return str(FIRSTS.index(arguments))


@settings(max_examples=60, deadline=None)
@given(
    root=things(2),
    thing=things(1).filter(lambda text: "...T" not in text and "...C" not in text),
    page=connections(1).filter(lambda text: "...T" not in text and "...C" not in text),
    n=st.integers(0, 3),
    m=st.one_of(st.none(), st.integers(0, 3)),
)
def test_the_cost_is_never_less_than_the_objects_returned(
    root: str, thing: str, page: str, n: int, m: int | None
) -> None:
    text = f"""query($n: Int = 1, $m: Int) {{
            thing {root} t: thing {{ ...T ...U }} p: page(first: $n) {{ ...C }} q: page(first: $m) {{ ...C }}
        }}
        fragment T on Thing {thing} fragment U on Thing {{ thing {{ ...T }} }}
        fragment C on ThingConnection {page}"""
    document = parse(text)
    assert validate(SCHEMA, document) == []
    variables = {"n": n, "m": m}

    result = execute_sync(
        SCHEMA, document, variable_values=variables, field_resolver=World(), type_resolver=lambda *_: "Thing"
    )

    assert result.errors is None
    limits = replace(ROOMY, list_size=LISTS)
    assert inspected(text, limits).cost(variables) >= objects_in(result.data)

"""What a search may cost: few words, each looked for once, and weighed before anything is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from graphql import FieldNode, NameNode, get_named_type, is_object_type

from engine.points import points_of
from schema.node import QUESTION
from schema.public import public_schema
from storage.searching import LONGEST_SEARCH, MOST_WORDS, NOTHING, person_search, session_search, word_beginnings
from tests.factories import a_plan, a_session, staff, trainee

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.service import Served

SESSIONS = "query ($search: String) { pendingSessions(search: $search) { nodes { title } totalCount } }"
A_LONG_TITLE = "Technicien supérieur de maintenance et d'exploitation des réseaux d'eau et d'assainissement 2025"


def looked_for(wanted: str) -> list[str]:
    return [each["words"]["$regex"].strip() for each in word_beginnings("words", wanted)["$and"]]


def test_no_more_words_are_looked_for_than_eight() -> None:
    assert looked_for(" ".join(f"mot{rank:03}" for rank in range(400))) == [f"mot00{n}" for n in range(MOST_WORDS)]


def test_a_word_is_looked_for_once_and_not_where_a_longer_one_begins_with_it() -> None:
    assert looked_for("a a b a") == ["a", "b"]
    assert looked_for("eau e d eau d'eau potable menuis menuisier") == ["eau", "d", "potable", "menuisier"]


@pytest.mark.parametrize("search", ["x" * (LONGEST_SEARCH + 1), " x" * 4 * LONGEST_SEARCH, "é" * 200_000])
def test_what_is_longer_than_anything_kept_finds_nothing_and_is_not_even_folded(search: str) -> None:
    assert person_search(search) == session_search(search) == NOTHING


async def test_a_whole_title_that_is_pasted_is_found(served: Served, load: Callable[..., Awaitable[object]]) -> None:
    await load(a_plan("P-1", session=a_session("S-1", title=A_LONG_TITLE)), a_plan("P-2", session=a_session("S-2")))

    found = await served.ask(staff(), SESSIONS, search=A_LONG_TITLE)

    assert found["pendingSessions"] == {"nodes": [{"title": A_LONG_TITLE}], "totalCount": 1}


EIGHT_WORDS = "un deux trois quatre cinq six sept huit"
SESSIONS_OF = "a{n}: pendingSessions(search: {search}) {{ totalCount }}"
PLANS_OF = "a{n}: plans(first: 1) {{ totalCount }}"
CODES_OF = "a{n}: nomenclature(name: ROME, search: {search}) {{ code }}"


def twenty(field: str, **values: str) -> str:
    return " ".join(field.format(n=n, **values) for n in range(20))


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        (f"{{ {twenty(SESSIONS_OF, search=json.dumps(EIGHT_WORDS))} }}", {}),
        (f"query ($s: String) {{ {twenty(SESSIONS_OF, search='$s')} }}", {"s": "a " * 30_000}),
        (f"query ($s: String = {json.dumps(EIGHT_WORDS)}) {{ {twenty(CODES_OF, search='$s')} }}", {}),
        (f"{{ {twenty('a{n}: statistics {{ asOf }}')} }}", {}),
        (f"{{ pendingSessions(first: 100) {{ nodes {{ {twenty(PLANS_OF)} }} }} }}", {}),
    ],
)
async def test_questions_and_words_weigh_before_anything_is_asked(
    served: Served, text: str, variables: dict[str, Any]
) -> None:
    answer = await served.answer(trainee(), text, **variables)

    assert "data" not in answer
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "TOO_COMPLEX"
    assert "words searched); at most 20000 are allowed" in error["message"]


LINK = "TableDocument"
"""What gives a link asks nothing: what it leads to does."""


def test_every_list_costs_what_the_database_does_for_it() -> None:
    schema = public_schema._schema  # noqa: SLF001 - as service/execution.py does
    fields = [
        definition
        for each in schema.type_map.values()
        if is_object_type(each)
        for definition in each.fields.values()
        if ("first" in definition.args or "search" in definition.args)
        and get_named_type(definition.type).name != LINK
    ]
    assert len(fields) > len(("sessions", "plans", "drafts", "transmitted", "people", "nomenclature"))
    node = FieldNode(name=NameNode(value="x"))
    assert {points_of(node, definition) for definition in fields} == {QUESTION}

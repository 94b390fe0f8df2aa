"""A text is refused where its parser would refuse it, for less: at a token too many, and without places if long."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from graphql import GraphQLError, Lexer, Source, TokenKind
from hypothesis import given
from hypothesis import strategies as st

from engine.operation import RequestRefused
from engine.parsing import LONG_TEXT, MANY_LINES, MAX_TOKENS, parsed, require_few_tokens
from tests.bounds.test_worst import ask, counted

PIECES = [
    *("a", '"""', '"', '\\"""', '\\"', "\\", "1", "-", "0", ".", "...", "e5", "#", " ", "\n", "\r", ",", "{", "$x"),
    *("@", "é", '""', "1.5", "\ufeff", "\\n", "!"),
]  # fmt: skip


def tokens_of(text: str) -> int | None:
    """Count them, comments too, as graphql-core does; None for a text that it cannot read."""
    lexer, number = Lexer(Source(text)), 0
    try:
        while (token := lexer.advance()).kind is not TokenKind.EOF:
            number += 1
    except GraphQLError:
        return None
    while (token := token.prev) is not None:  # type: ignore[assignment] # until the beginning
        number += token.kind is TokenKind.COMMENT
    return number


@given(text=st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_no_token_is_counted_that_is_none(text: str) -> None:
    number = tokens_of(text)
    if number is not None:
        require_few_tokens(text, number)
    if number:
        with pytest.raises(GraphQLError, match="more than"):
            require_few_tokens(text, number - 1)


@pytest.mark.parametrize(("tokens", "read"), [(MAX_TOKENS, True), (MAX_TOKENS + 1, False)])
def test_a_document_has_a_thousand_tokens_at_most_and_a_longer_one_is_not_parsed(tokens: int, *, read: bool) -> None:
    text = "{" + " a" * (tokens - 3) + " } # " + "and words " * tokens
    with counted() as work, nullcontext() if read else pytest.raises(RequestRefused, match="more than 1000 tokens"):
        parsed(text)

    assert (work.calls > 10 * tokens) is read, "of the parser, for each token"


WRONG = "{ " + " ".join(f"a{number}: viewer {{ b: name b: account }}" for number in range(20)) + " }"
SYNTAX = "{ viewer { name }"


@pytest.mark.parametrize("wrong", [WRONG, SYNTAX])
@pytest.mark.parametrize("before", [" " * 250_000, "\n" * 250_000, "\r\n" * 125_000, "#\n" * 900 + " " * 250_000])
def test_errors_of_a_long_document_cost_no_more_than_to_look_for_one_place(before: str, wrong: str) -> None:
    with counted() as work:
        ask(before + wrong)

    assert work.calls < 2 * len(before) + 100_000


@pytest.mark.parametrize("before", ["", "\n" * MANY_LINES, " " * (LONG_TEXT // 2)])
def test_errors_of_a_document_of_usual_length_say_where(before: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        parsed(before + SYNTAX)

    assert refused.value.errors[0].positions == [len(before) + len(SYNTAX)]

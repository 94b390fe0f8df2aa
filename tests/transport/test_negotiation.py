"""Which media type is chosen."""

from __future__ import annotations

import pytest

from transport.negotiation import EVENT_STREAM, GRAPHQL_JSON, PLAIN_JSON, accepted


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        (None, PLAIN_JSON),
        (" ", PLAIN_JSON),
        ("*/*", PLAIN_JSON),
        ("application/*", PLAIN_JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        ("APPLICATION/GraphQL-Response+JSON;charset=utf-8", GRAPHQL_JSON),
        (f"{PLAIN_JSON}, {GRAPHQL_JSON}", PLAIN_JSON),
        (f"{PLAIN_JSON};q=0.9, {GRAPHQL_JSON}", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON}; q=0.1, */*;q=0.2", PLAIN_JSON),
        (f"{GRAPHQL_JSON};q=0, {PLAIN_JSON};q=0", None),
        (f"{GRAPHQL_JSON};q=lots", None),
        (f"{GRAPHQL_JSON};q=nan, {PLAIN_JSON}", PLAIN_JSON),
        ("text/html, image/*", None),
        (",;,", None),
    ],
)
def test_the_best_json_is_chosen_by_quality_then_by_order(accept: str | None, json: str | None) -> None:
    assert accepted(accept).json == json


@pytest.mark.parametrize(
    ("accept", "events"),
    [
        (EVENT_STREAM, True),
        (f"{PLAIN_JSON}, text/*;q=0.1", True),
        (f"{EVENT_STREAM};q=0", False),
        ("*/*", False),
    ],
)
def test_events_are_sent_to_those_who_name_them(accept: str, events: bool) -> None:  # noqa: FBT001
    assert accepted(accept).events is events

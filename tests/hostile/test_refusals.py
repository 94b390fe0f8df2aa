"""Requests full of what is wrong, at every door: the refusal is small, and says little."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from websockets.asyncio.client import connect

from engine.values import MOST_VALUES
from tests.factories import trainee

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.service import Served

    Door = Callable[[Served, str, dict[str, Any]], Awaitable[bytes]]

SAVE = "mutation q($i: SaveReportDraftInput!) { saveReportDraft(input: $i) { userErrors { code } } }"
ASK = "query q($i: TrainingSessionOrder) { pendingSessions(orderBy: $i) { totalCount } }"
FOLLOW = "subscription q($i: String) { reportTransmitted(after: $i) { cursor } }"
KEYS = {"i": {f"{number:x}": [1] * 5 for number in range(MOST_VALUES // 5 + 1)}}
"""More values than are taken, in an address that clients can still write."""
NUMBERS = {"i": [1] * (2 * MOST_VALUES)}
REFUSAL_BYTES = 1024


async def post(served: Served, text: str, variables: dict[str, Any]) -> bytes:
    body = {"query": text, "variables": variables}
    return (await served.http.post("/graphql", json=body, headers=served.headers(trainee()))).content


async def get(served: Served, text: str, variables: dict[str, Any]) -> bytes:
    asked = urlencode({"query": text, "variables": json.dumps(variables, separators=(",", ":"))})
    return (await served.http.get(f"/graphql?{asked}", headers=served.headers(trainee()))).content


async def stream(served: Served, text: str, variables: dict[str, Any]) -> bytes:
    headers = {**served.headers(trainee()), "Accept": "text/event-stream"}
    return (await served.http.post("/graphql", json={"query": text, "variables": variables}, headers=headers)).content


async def persisted(served: Served, text: str, variables: dict[str, Any]) -> bytes:
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest()}}
    body = {"query": text, "variables": variables, "extensions": extensions}
    return (await served.http.post("/graphql", json=body, headers=served.headers(trainee()))).content


async def socket(served: Served, text: str, variables: dict[str, Any]) -> bytes:
    url = served.url.replace("http", "ws", 1) + "/graphql"
    async with connect(url, subprotocols=["graphql-transport-ws"], proxy=None) as opened:  # type: ignore[list-item]
        await opened.send(json.dumps({"type": "connection_init", "payload": served.headers(trainee())}))
        await opened.recv()
        payload = {"query": text, "variables": variables}
        message = {"id": "1", "type": "subscribe", "payload": payload}
        await opened.send(json.dumps(message, separators=(",", ":")))
        return await opened.recv(decode=False)


@pytest.mark.parametrize("variables", [KEYS, NUMBERS], ids=["unknown keys", "numbers"])
@pytest.mark.parametrize(
    ("door", "text"),
    [(post, SAVE), (post, ASK), (get, ASK), (stream, FOLLOW), (persisted, SAVE), (socket, SAVE), (socket, FOLLOW)],
)
async def test_thousands_of_wrong_values_are_refused_in_a_sentence(
    served: Served, door: Door, text: str, variables: dict[str, Any]
) -> None:
    refusal = await door(served, text, variables)
    assert b'"TOO_COMPLEX"' in refusal
    assert len(refusal) < REFUSAL_BYTES

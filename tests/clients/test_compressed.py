"""Answers of some size are compressed for those who say that they take it; what is packed already is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from domain.calendar import paris_day
from resolvers import acts
from service.clock import present
from tests.factories import a_form, a_plan, staff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.service import Served

LONG = "{ pendingPlans(first: 50) { nodes { id title organization { id legalName } jobSeeker { lastName } } } }"
DOCUMENT = "{ transmittedReports { nodes { document { url } } export(format: XLSX) { url } } }"


async def test_a_long_answer_is_compressed_for_those_who_take_it(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(*(a_plan(f"P-{number}") for number in range(50)))
    answers = {}
    for encoding in ("gzip, deflate, br", "identity"):
        headers = served.headers(staff()) | {"Accept-Encoding": encoding}
        answers[encoding] = await served.http.post("/graphql", json={"query": LONG}, headers=headers)
    packed, plain = answers.values()
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Content-Encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert int(packed.headers["Content-Length"]) * 5 < int(plain.headers["Content-Length"])


@pytest.mark.parametrize("query", ["{ __typename }", "{ nothing }"])
async def test_a_short_one_is_sent_as_it_is(served: Served, query: str) -> None:
    headers = served.headers(staff()) | {"Accept-Encoding": "gzip"}
    answer = await served.http.post("/graphql", json={"query": query}, headers=headers)
    assert "Content-Encoding" not in answer.headers


async def test_documents_and_workbooks_are_packed_already(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    now = present()
    services, today = served.running.services, paris_day(now)
    await acts.transmit_report(services, staff(), "P-1", a_form(), None, now=now, today=today)
    found = (await served.ask(staff(), DOCUMENT))["transmittedReports"]
    for url in (found["nodes"][0]["document"]["url"], found["export"]["url"]):
        answer = await served.http.get(url, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers

"""Answers to GET that show reports may be kept by who asked, and asked for again: 304 while nothing has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.acts import transmit
from domain.form import Form
from schema.ids import encode_id
from tests.factories import NOW, OTHER_SIRET, TODAY, a_plan, staff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import httpx

    from domain.access import Viewer
    from domain.loading import Written
    from storage.client import Database
    from tests.service import Served

REPORT_ID = encode_id("Report", "P-1")
REPORT = f'{{ node(id: "{REPORT_ID}") {{ ... on Report {{ version form {{ content }} }} }} }}'


async def get(served: Served, viewer: Viewer, query: str = REPORT, tag: str | None = None) -> httpx.Response:
    known = {"If-None-Match": tag} if tag else {}
    return await served.http.get("/graphql", params={"query": query}, headers={**served.headers(viewer), **known})


async def transmitted(served: Served, load: Callable[..., Awaitable[Written]]) -> None:
    await load(a_plan(), a_plan("P-2"))
    plans = served.running.services.plans
    plan = await plans.find(staff(), "P-1")
    assert plan is not None
    sent = transmit(plan, Form(content="Brasage."), None, now=NOW, today=TODAY)
    assert await plans.replace(staff(), plan, sent)


async def test_a_report_that_the_client_has_is_not_sent_again(
    served: Served, load: Callable[..., Awaitable[Written]]
) -> None:
    await transmitted(served, load)

    first = await get(served, staff())
    again = await get(served, staff(), tag=first.headers["ETag"])

    assert first.json()["data"]["node"]["form"] == {"content": "Brasage."}
    assert first.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


async def test_a_report_that_has_changed_is_sent(
    served: Served, load: Callable[..., Awaitable[Written]], database: Database
) -> None:
    await transmitted(served, load)
    first = await get(served, staff())
    corrected = {"$set": {"report.form.content": "Corrigé."}, "$inc": {"revision": 1}}
    await database["plans"].update_one({"_id": "P-1"}, corrected)

    again = await get(served, staff(), tag=first.headers["ETag"])

    assert again.status_code == 200
    assert again.json()["data"]["node"]["form"] == {"content": "Corrigé."}


async def test_who_may_not_see_a_report_is_not_told_that_it_is_still_the_same(
    served: Served, load: Callable[..., Awaitable[Written]]
) -> None:
    await transmitted(served, load)
    first = await get(served, staff())

    stranger = await get(served, staff(OTHER_SIRET), tag=first.headers["ETag"])

    assert stranger.json() == {"data": {"node": None}}
    assert stranger.headers["Cache-Control"] == "private, no-store"


async def test_what_shows_more_than_reports_is_not_to_be_kept(
    served: Served, load: Callable[..., Awaitable[Written]]
) -> None:
    await transmitted(served, load)

    answer = await get(served, staff(), "{ pendingPlans { nodes { id } } }")

    assert answer.json()["data"]["pendingPlans"]["nodes"]
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-store"

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from gql.transport.exceptions import TransportQueryError
from pymongo.monitoring import CommandListener
from pymongo.read_concern import ReadConcern

from schema.ids import encode_id
from storage.client import close_database, open_database
from storage.quota import PersonQuota
from tests import DRIVER
from tests.factories import a_person, a_plan, staff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from pymongo.monitoring import CommandStartedEvent

    from settings import Settings
    from storage.client import Database
    from tests.service import Served

NOW = datetime.now(UTC).replace(minute=40, second=0, microsecond=0)
"""Of today: the database removes old hours."""
PLANS = (
    "query ($first: Int, $after: String) { pendingPlans(first: $first, after: $after)"
    " { nodes { id } pageInfo { endCursor } } }"
)
SAVE = (
    'mutation ($id: ID!) { saveReportDraft(input: {trainingPlanId: $id, form: {objective: "x"}})'
    " { report { jobSeeker { lastName } } userErrors { code } } }"
)
PREVIEW = "mutation ($id: ID!) { previewReport(input: {trainingPlanId: $id, form: {}}) { document { url } } }"


class Sent(CommandListener):
    """Notes how many updates each command has brought to the server."""

    def __init__(self) -> None:
        self.updates: list[int] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name == "update":
            self.updates.append(len(event.command["updates"]))

    def succeeded(self, event: object) -> None: ...

    def failed(self, event: object) -> None: ...


async def test_persons_are_counted_up_to_the_limit(database: Database) -> None:
    quota = PersonQuota(database, 3)

    assert await quota.spend("a", {"1", "2"}, NOW) == 0
    assert await quota.spend("a", {"3"}, NOW) == 0
    assert await quota.spend("a", {"4"}, NOW) == 20 * 60


async def test_the_same_person_counts_once_and_costs_no_write(database: Database) -> None:
    quota = PersonQuota(database, 2)
    for _ in range(5):
        assert await quota.spend("a", {"1", "2"}, NOW) == 0

    newest = database["person_quota"].with_options(read_concern=ReadConcern("local"))
    kept = await newest.find_one({})
    assert kept is not None
    assert kept["taken"] == 2


async def test_those_who_begin_an_hour_at_once_are_all_let_in(database: Database) -> None:
    for number in range(5):
        quotas = [PersonQuota(database, 100) for _ in range(20)]  # as many processes
        asked = [quota.spend(f"a-{number}", {str(rank)}, NOW) for rank, quota in enumerate(quotas)]
        assert await asyncio.gather(*asked) == [0] * 20


async def test_accounts_that_ask_at_once_are_counted_in_one_write_each_by_its_own_room(
    database: Database, mongodb_url: str
) -> None:
    accounts, sent = [f"a-{number}" for number in range(200)], Sent()
    await PersonQuota(database, 2).spend("a-7", {"1", "2"}, NOW)
    counted = open_database(mongodb_url, database.name, driver=DRIVER, listeners=[sent])
    quota = PersonQuota(counted, 2)

    waits = await asyncio.gather(*(quota.spend(account, {"3"}, NOW) for account in accounts))
    await close_database(counted)

    assert [account for account, wait in zip(accounts, waits, strict=True) if wait] == ["a-7"]
    assert sent.updates == [200, 1], "one for all, one to see whether whom it met has room"
    newest = database["person_quota"].with_options(read_concern=ReadConcern("local"))
    assert await newest.count_documents({"taken": 1}) == 199


async def test_a_person_who_was_counted_needs_no_question_until_the_hour_is_over(database: Database) -> None:
    quota = PersonQuota(database, 1)
    assert not quota.has_counted("a", "1", NOW)
    await quota.spend("a", {"1"}, NOW)

    assert quota.has_counted("a", "1", NOW)
    assert not quota.has_counted("a", "2", NOW)
    assert not quota.has_counted("b", "1", NOW)
    assert not quota.has_counted("a", "1", NOW + timedelta(minutes=20))


async def test_what_does_not_fit_is_refused_whole_and_leaves_room(database: Database) -> None:
    quota = PersonQuota(database, 3)
    await quota.spend("a", {"1", "2"}, NOW)

    assert await quota.spend("a", {"3", "4"}, NOW)
    assert await quota.spend("a", {"3"}, NOW) == 0


async def test_more_at_once_than_the_limit_is_refused(database: Database) -> None:
    assert await PersonQuota(database, 2).spend("a", {"1", "2", "3"}, NOW)


async def test_workers_share_the_count(database: Database) -> None:
    one, other = PersonQuota(database, 2), PersonQuota(database, 2)
    await one.spend("a", {"1", "2"}, NOW)

    assert await other.spend("a", {"3"}, NOW)


async def test_another_account_and_the_next_hour_have_their_own_count(database: Database) -> None:
    quota = PersonQuota(database, 1)
    await quota.spend("a", {"1"}, NOW)

    assert await quota.spend("b", {"2"}, NOW) == 0
    assert await quota.spend("a", {"2"}, NOW + timedelta(minutes=20)) == 0


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"persons_per_hour": 2})


@pytest.fixture
async def four_plans(load: Callable[..., Awaitable[object]]) -> None:
    await load(*(a_plan(f"P-{n}", job_seeker=a_person(f"100000{n}A", f"N{n}")) for n in range(4)))


@pytest.mark.usefixtures("four_plans")
async def test_above_the_quota_http_answers_429_with_retry_after_and_shows_nobody(served: Served) -> None:
    page = await served.ask(staff(), PLANS, first=2)
    after = page["pendingPlans"]["pageInfo"]["endCursor"]
    body = {"query": PLANS, "variables": {"first": 2, "after": after}}

    answer = await served.http.post("/graphql", json=body, headers=served.headers(staff()))

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "RATE_LIMITED"
    assert "data" not in answer.json()


@pytest.mark.usefixtures("four_plans")
async def test_above_the_quota_a_websocket_says_when_to_ask_again(served: Served) -> None:
    async with served.following(staff(), PLANS, first=4) as events:
        with pytest.raises(TransportQueryError) as refused:
            await anext(events)

    assert refused.value.errors is not None
    extensions = refused.value.errors[0]["extensions"]
    assert extensions["code"] == "RATE_LIMITED"
    assert 0 < extensions["retryAfter"] <= 3600


@pytest.mark.usefixtures("four_plans")
async def test_who_is_above_the_quota_still_works_on_what_is_known(served: Served) -> None:
    page = await served.ask(staff(), PLANS, first=2)
    refused = await served.answer(staff(), PLANS, first=4)

    again = await served.ask(staff(), PLANS, first=2)
    counters = await served.ask(staff(), "{ reportDashboard { fundedSessions } }")

    assert "errors" in refused
    assert again == page
    assert counters == {"reportDashboard": {"fundedSessions": 1}}


@pytest.mark.usefixtures("four_plans")
async def test_writing_of_many_people_is_not_reading_them(served: Served) -> None:
    for n in range(4):
        done = await served.ask(staff(), SAVE, id=encode_id("TrainingPlan", f"P-{n}"))
        assert done["saveReportDraft"]["userErrors"] == []
        assert done["saveReportDraft"]["report"]["jobSeeker"]["lastName"] == f"N{n}"


@pytest.mark.usefixtures("four_plans")
async def test_opening_links_counts_as_reading(
    served: Served, database: Database, serve: Callable[[], AbstractAsyncContextManager[Served]]
) -> None:
    document = "query ($id: ID!) { node(id: $id) { ... on TrainingPlan { report { document { url } } } } }"
    await served.ask(staff(), SAVE, id=encode_id("TrainingPlan", "P-0"))
    shown = await served.ask(staff(), document, id=encode_id("TrainingPlan", "P-0"))
    await database["person_quota"].update_many({}, {"$set": {"taken": 2}})
    async with serve() as elsewhere:  # whom another process has counted counts once more
        refused = await elsewhere.http.get(urlsplit(shown["node"]["report"]["document"]["url"]).path)
    opened = await served.http.get(shown["node"]["report"]["document"]["url"])

    assert (refused.status_code, opened.status_code) == (429, 200)
    assert refused.headers["Retry-After"]


@pytest.mark.usefixtures("four_plans")
async def test_a_preview_counts_as_reading(served: Served) -> None:
    codes = []
    for n in range(3):
        answer = await served.answer(staff(), PREVIEW, id=encode_id("TrainingPlan", f"P-{n}"))
        codes += [error["extensions"]["code"] for error in answer.get("errors", ())]

    assert codes == ["RATE_LIMITED"]


async def test_who_is_told_at_a_time_just_before_the_hour_is_not_counted_twice_in_it(database: Database) -> None:
    quota = PersonQuota(database, 100)
    hour = NOW.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    await quota.spend("a", {"1"}, hour)

    assert quota.has_counted("a", "1", hour - timedelta(seconds=1))
    assert quota.has_counted("a", "1", hour + timedelta(seconds=1))

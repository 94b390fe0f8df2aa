"""What an account may spend within a minute, and who is told of it."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
import uvloop
from gql.transport.exceptions import TransportQueryError

from domain.calendar import paris_day
from domain.errors import TooMuchAsked
from domain.listed import AskedList, ListName, TableFormat
from resolvers import acts
from resolvers.exports import export_link
from resolvers.reports import REPORTS
from resolvers.spending import MINUTE, Allowance, Spending
from resolvers.templates import template_link, upload_link
from schema.cursors import encode_number
from service.clock import present
from storage.asking import asking
from storage.processor_time import Worked, task_of_asker
from tests.factories import a_form, a_plan, counsellor, staff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    import httpx

    from domain.link import Link
    from resolvers.services import Services

    Load = Callable[..., Awaitable[object]]

    from settings import Settings
    from tests.service import Served


def spending(told: list[tuple[str, float, int]], now: Callable[[], float] = lambda: 30) -> Spending:
    def much(account: str, seconds: float, bytes_sent: int) -> None:
        told.append((account, seconds, bytes_sent))

    return Spending(
        Allowance(100, 1_000), now, on_much=much, on_refused=lambda account: told.append((account, -1, -1))
    )


@pytest.mark.parametrize(("seconds", "size"), [(100, 0), (0, 1_000)])
def test_who_has_spent_the_minute_waits_for_the_next_and_nobody_else(seconds: float, size: int) -> None:
    now, told = [3 * MINUTE + 40.0], list[tuple[str, float, int]]()
    counted = spending(told, lambda: now[0])
    counted.add("a", seconds, size)

    assert (counted.lacks("a"), counted.lacks("b")) == (20, 0)
    with pytest.raises(TooMuchAsked) as refused:
        counted.require("a")
    assert refused.value.seconds == 20
    assert told[-1] == ("a", -1, -1)
    now[0] += 20
    assert counted.lacks("a") == 0


def test_who_spends_much_is_told_with_all_of_it() -> None:
    told: list[tuple[str, float, int]] = []
    counted = spending(told)
    for _ in range(4):
        counted.add("a", 2, 10)
        counted.add("b", 0.5, 10)

    assert told == [("a", 6, 30), ("a", 2, 10)]


def work(seconds: float) -> None:
    until = perf_counter() + seconds
    while perf_counter() < until:
        pass


async def operation() -> str:
    async def child() -> None:
        await asyncio.sleep(0)
        work(0.02)

    work(0.02)
    await asyncio.gather(child(), asyncio.sleep(1))
    work(0.02)
    return "done"


@pytest.mark.parametrize("loop", [uvloop.new_event_loop, asyncio.new_event_loop])
def test_what_an_operation_works_is_counted_in_its_own_task_and_in_those_it_starts(
    loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    async def asked() -> float:
        asyncio.get_running_loop().set_task_factory(task_of_asker)
        with asking("a", 10) as asker:
            assert await Worked(operation(), asker) == "done"
        return asker.own_seconds

    with asyncio.Runner(loop_factory=loop) as runner:
        assert 0.06 <= runner.run(asked()) < 0.9, "its work, and not its waiting"


async def test_what_is_cancelled_while_it_is_counted_is_cancelled() -> None:
    async def counted() -> None:
        with asking("a", 10) as asker:
            await Worked(asyncio.Event().wait(), asker)

    task = asyncio.create_task(counted())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"answer_bytes_per_minute": 100})


async def test_an_account_that_has_spent_its_minute_is_answered_429(
    serve: Callable[[], AbstractAsyncContextManager[Served]],
) -> None:
    async with serve() as served:
        codes = []
        for _ in range(12):
            body = {"query": "{ viewer { name organization { siret } } }"}
            answer = await served.http.post("/graphql", json=body, headers=served.headers(staff()))
            codes.append(answer.status_code)
        other = await served.answer(counsellor(), "{ viewer { name } }")

    assert 429 in codes
    assert answer.status_code in {200, 429}  # the minute may have ended meanwhile
    assert "errors" not in other


NOW = present()
TODAY = paris_day(NOW)
PLANS = AskedList(name=ListName.PENDING_PLANS)
FOLLOW = """subscription ($after: String) { reportTransmitted(after: $after) {
  cursor report { trainingPlan { title organization { legalName } } } } }"""
LINKS: dict[str, Callable[[Services], Link]] = {
    "a document": lambda services: services.links.make(REPORTS, staff(), {"plan": "P-1"}, "bilan.pdf", now=NOW),
    "a table": lambda services: export_link(services, staff(), PLANS, TableFormat.XLSX, now=NOW)[0],
    "a template": lambda services: template_link(services, staff(), PLANS, now=NOW)[0],
}


class TestWorkBesideExecuting:
    """It is counted in whatever thread it is done; of what is refused, it is said when to ask again."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"work_seconds_per_minute": 1e-9})

    async def test_documents_that_are_refused_are_counted(self, served: Served) -> None:
        answers = [
            await served.http.post("/graphql", json={"query": "{ kanari }"}, headers=served.headers(staff()))
            for _ in range(3)  # a minute may end between two
        ]

        assert answers[0].status_code in {200, 400}
        assert_says_when(answers)

    @pytest.mark.parametrize("kind", LINKS)
    async def test_what_links_lead_to_is_counted(self, served: Served, load: Load, kind: str) -> None:
        services = served.running.services
        await load(a_plan())
        await acts.save_report_draft(services, staff(), "P-1", a_form(), None, now=NOW, today=TODAY)
        link = LINKS[kind](services)

        answers = [await served.http.get(link.url) for _ in range(3)]

        assert answers[0].status_code == 200
        assert_says_when(answers)

    async def test_files_that_are_sent_are_counted(self, served: Served) -> None:
        link = upload_link(served.running.services, staff(), None, now=NOW)

        answers = [await served.http.post(link.url, content=b"kanari") for _ in range(3)]

        assert answers[0].status_code == 422
        assert_says_when(answers)


def assert_says_when(answers: list[httpx.Response]) -> None:
    late = next(each for each in answers if each.status_code == 429)
    assert 1 <= int(late.headers["Retry-After"]) <= MINUTE
    assert "réessayez dans un instant" in late.text


async def test_events_are_counted_and_a_stream_ends_with_the_minute(served: Served, load: Load) -> None:
    """Of the settings above: 100 bytes."""
    services, told = served.running.services, []
    await load(*(a_plan(f"P-{n}") for n in range(3)))
    for n in range(3):
        await acts.transmit_report(services, staff(), f"P-{n}", a_form(), None, now=NOW, today=TODAY)
    async with served.following(counsellor(), FOLLOW, after=encode_number(0)) as events:
        try:
            async for event in events:
                told.append(event)  # noqa: PERF401 - those before the refusal
        except TransportQueryError as refused:
            extensions = (refused.errors or [{}])[0]["extensions"]

    assert 1 <= len(told) <= 2  # a minute may end between two
    assert extensions["code"] == "RATE_LIMITED"
    assert 1 <= extensions["retryAfter"] <= MINUTE

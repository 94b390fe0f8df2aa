"""What many subscribers are told is made once, and nobody is given what was made for another."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from graphql import parse, print_ast

from domain.facts import PlanExit, PlanExitKind
from domain.form import Form
from domain.report import Report
from engine.executors import compiled_executor
from engine.operation import Request
from engine.running.compiled_operation import CompiledOperation
from resolvers import acts
from schema.public import public_schema
from schema.shown_once import OnceMade
from schema.subscription import event_of
from tests.audit.test_trail import written
from tests.factories import NOW, TODAY, a_form, a_plan, counsellor, staff, trainee

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from domain.access import Viewer
    from domain.plan import Plan
    from resolvers.services import Services
    from storage.client import Database
    from storage.hub import Hub, Told
    from tests.service import Served

LINKS = "subscription { reportTransmitted { id report { id document { url } } } }"
PLAIN = "subscription { reportTransmitted { id cursor report { id status jobSeeker { lastName } } } }"
SECONDS = 20


async def told(served: Served, query: str, *viewers: Viewer) -> list[dict[str, Any]]:
    """Subscribe as each of the viewers, transmit, give what each is told of it."""
    async with AsyncExitStack() as stack:
        hub = served.running.services.hub
        waiting: list[asyncio.Task[dict[str, Any]]] = []
        for number, viewer in enumerate(viewers, 1):
            events = await stack.enter_async_context(served.following(viewer, query))
            waiting.append(asyncio.create_task(anext(events)))  # type: ignore[arg-type]
            async with asyncio.timeout(SECONDS):
                while hub.subscribers < number:  # noqa: ASYNC110 - as the hub counts it
                    await asyncio.sleep(0.01)
        await acts.transmit_report(served.running.services, staff(), "P-1", a_form(), None, now=NOW, today=TODAY)
        events_told = await asyncio.wait_for(asyncio.gather(*waiting), SECONDS)
        return [event["reportTransmitted"] for event in events_told]


async def test_each_viewer_is_given_their_own_link_and_opening_it_is_put_down_to_them(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan())
    viewers = [staff(), staff(), counsellor(), trainee()]
    urls = [each["report"]["document"]["url"] for each in await told(served, LINKS, *viewers)]
    assert len(set(urls)) == len(viewers)

    for number, (url, viewer) in enumerate(zip(urls[1:], viewers[1:], strict=True), 1):
        assert (await served.http.get(url)).status_code == 200
        opened = await written(database, number, deed="DOCUMENT")
        assert (opened[-1]["account"], opened[-1]["role"]) == (account(viewer), viewer.role.value)


async def test_what_is_the_same_for_all_is_told_to_all_and_stands_in_each_ones_trail(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan())
    viewers = [staff(), counsellor(), trainee()]
    events = await told(served, PLAIN, *viewers)
    assert events[0] == events[1] == events[2]

    trail = await written(database, len(viewers), deed="EVENT")
    assert {each["account"] for each in trail} == {account(viewer) for viewer in viewers}


async def test_those_of_a_role_who_are_told_the_same_have_one_document_of_the_trail_in_common(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan())
    await told(served, PLAIN, staff(), staff(), counsellor())

    trail = {each["role"]: each["account"] for each in await written(database, 2, deed="EVENT")}
    assert trail == {
        "TRAINING_ORGANIZATION": [account(staff())] * 2,
        "ADVISER": account(counsellor()),
    }


async def test_of_many_who_wait_one_is_woken_for_an_event_and_it_is_sent_to_the_others_as_they_are(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan(), *(a_plan(f"P-{number}") for number in (2, 3)))
    services, hub = served.running.services, served.running.services.hub
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(served.following(staff(), PLAIN)) for _ in range(3)]
        streams += [
            await stack.enter_async_context(listening(served, staff(), print_ast(parse(PLAIN)))) for _ in range(2)
        ]
        woken = list[int]()
        heard = [asyncio.ensure_future(anext(each)) for each in streams]
        async with asyncio.timeout(SECONDS):
            for plan_id in ("P-1", "P-2", "P-3"):
                while len(waiting := waiters(hub)) < len(streams):  # noqa: ASYNC110 - as the hub has it
                    await asyncio.sleep(0.01)
                await acts.transmit_report(services, staff(), plan_id, a_form(), None, now=NOW, today=TODAY)
                events = await asyncio.gather(*heard)
                heard = [asyncio.ensure_future(anext(each)) for each in streams]
                woken.append(sum(each.done() for each in waiting))
                assert len({str(event) for event in events}) == 1
        for each in heard:
            each.cancel()
        await asyncio.wait(heard)
    assert woken == [5, 1, 1], "the first time each has to be counted for the account"
    assert sorted(account for each in await written(database, 3, deed="EVENT") for account in each["account"]) == (
        [account(staff())] * 15
    )


@asynccontextmanager
async def listening(served: Served, viewer: Viewer, query: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """Subscribe over an event stream with a document as `following` writes it; give the events as it does."""
    headers = {**served.headers(viewer), "Accept": "text/event-stream"}
    async with served.http.stream("POST", "/graphql", json={"query": query}, headers=headers) as answer:
        yield (
            orjson.loads(line.removeprefix("data: "))["data"]
            async for line in answer.aiter_lines()
            if line.startswith("data: ")
        )


def waiters(hub: Hub) -> list[asyncio.Future[Told]]:
    """Give what those who follow wait for."""
    every = [each._waiter for told in hub._subscribers.values() for each in told]  # noqa: SLF001 - as above
    return [each for each in every if each and not each.done()]


async def test_a_role_is_told_one_plan_and_the_reason_that_the_organization_wrote_stays_with_it(
    services: Services, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan())
    left = PlanExit(kind=PlanExitKind.EARLY_EXIT, last_day=date(2025, 11, 3), reason_code="SANTE")
    await database["plans"].update_one({"_id": "P-1"}, {"$set": {"recorded_exit": left.model_dump()}})
    viewers = [counsellor(), staff(), staff(account="training_organization:2"), trainee()]
    async with AsyncExitStack() as stack:
        subscribers = [await stack.enter_async_context(services.hub.subscribed(viewer)) for viewer in viewers]
        await acts.transmit_report(services, staff(), "P-1", a_form(), None, now=NOW, today=TODAY)
        plans = [(await asyncio.wait_for(each.next(), SECONDS))[1] for each in subscribers]

    assert plans[1] is plans[2]
    assert [plan.exit.reason_code if plan.exit else "" for plan in plans] == [None, "SANTE", "SANTE", None]


def test_an_event_is_made_once_for_one_plan_and_again_for_an_equal_one() -> None:
    made = OnceMade(event_of, 2)
    plan = transmitted()
    equal = plan.model_copy()
    assert plan == equal
    assert made.of(plan, 1) is made.of(plan, 1)
    assert made.of(plan, 1) is not made.of(equal, 1)
    assert made.of(plan, 1).share_key is not made.of(equal, 1).share_key


def test_only_the_last_events_are_kept() -> None:
    made = OnceMade(event_of, 2)
    plans = [transmitted() for _ in range(3)]
    first = made.of(plans[0], 1)
    for plan in plans[1:]:
        made.of(plan, 1)
    assert made.of(plans[0], 1) is not first


def transmitted() -> Plan:

    return a_plan().with_report(Report(form=Form(), version=1, created_at=NOW, updated_at=NOW, transmitted_at=NOW))


def account(viewer: Viewer) -> str:
    return f"{viewer.role.value.lower()}:{viewer.key}"


@pytest.mark.parametrize(
    ("fields", "shared"),
    [
        ("id cursor occurredAt", True),
        ("id report { id status version transmittedAt jobSeeker { identifier lastName } }", True),
        ("id report { plan { title } organization { legalName } }", True),
        ("id report { document { url } }", False),
        ("id report { form { objective } }", False),
        ("id report { plan { title city funding { reference } } organization { legalName address { city } } }", True),
        ("id report { trainingPlan { title } }", False),
    ],
)
def test_news_is_shared_and_what_depends_on_who_reads_is_not(fields: str, *, shared: bool) -> None:
    executor = compiled_executor(public_schema._schema)  # noqa: SLF001 - as composition does
    operation = executor.prepare(Request(f"subscription {{ reportTransmitted {{ {fields} }} }}"))
    assert isinstance(operation, CompiledOperation)
    assert operation.shares is shared

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from commands.auditing import print_trail
from domain.access import Role
from domain.trail import DONE, Deed, Origin, Seen, TrailEntry
from resolvers import acts
from schema.cursors import encode_number
from service.telling import pseudonym_of
from storage.client import close_database, open_database
from storage.trail import ROOM, Trail, TrailFull
from tests import DRIVER
from tests.factories import IDENTIFIER, OTHER_SIRET, SIRET, a_form, a_person, a_plan, counsellor, staff, trainee

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from settings import Settings
    from storage.client import Database, Document
    from tests.service import Served

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SAVE = (
    'mutation ($id: ID!) { saveReportDraft(input: {trainingPlanId: $id, form: {objective: "x"}})'
    " { userErrors { code } } }"
)
PLANS = "{ pendingPlans { nodes { id jobSeeker { lastName } } } }"


def an_entry(person: str = IDENTIFIER, at: datetime = NOW, account: str = "adviser:A-7") -> TrailEntry:
    seen = (Seen(person, f"P-{person}", report=True),)
    return TrailEntry(at, account, "ADVISER", Deed.READ, DONE, seen, Origin("192.0.2.1", "curl/8\x00"))


async def written(database: Database, number: int = 1, **match: Any) -> list[Document]:
    """Wait for the trail, which is written within a second."""
    async with asyncio.timeout(5):
        while True:
            found = [each async for each in database["trail"].find(match).sort("at", 1)]
            if len(found) >= number:
                return found
            await asyncio.sleep(0.05)


async def test_whom_an_answer_shows_is_written_down_with_who_asked_from_where(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan())
    await served.ask(staff(), PLANS)

    (entry,) = await written(database)

    assert entry["account"] == f"training_organization:{SIRET}"
    assert (entry["role"], entry["deed"], entry["outcome"]) == ("TRAINING_ORGANIZATION", "READ", "DONE")
    assert entry["seen"] == [{"person": IDENTIFIER, "plan": "P-1", "report": False}]
    assert entry["address"] == "127.0.0.1"
    assert entry["agent"].startswith("python-httpx")
    assert "ADAM" not in str(entry)


async def test_what_shows_nobody_leaves_no_trail(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan())
    await served.ask(staff(), "{ viewer { name } pendingSessions { nodes { title } } reportDashboard { drafts } }")
    await served.ask(staff(OTHER_SIRET), PLANS)
    await served.ask(staff(), PLANS)

    assert [entry["deed"] for entry in await written(database)] == ["READ"]


async def test_an_act_is_in_the_trail_when_its_author_is_answered(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan())
    found = await served.ask(staff(), PLANS)
    await served.ask(staff(), SAVE, id=found["pendingPlans"]["nodes"][0]["id"])

    acts = [entry async for entry in database["trail"].find({"deed": "SAVE_DRAFT"})]

    assert [entry["outcome"] for entry in acts] == ["DONE"]
    assert acts[0]["seen"] == [{"person": IDENTIFIER, "plan": "P-1", "report": True}]


async def test_a_refused_act_leaves_its_code_and_nothing_of_what_was_typed(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan())
    found = await served.ask(staff(), PLANS)
    plan_id = found["pendingPlans"]["nodes"][0]["id"]
    await served.ask(staff(OTHER_SIRET), SAVE, id=plan_id)
    await served.ask(staff(OTHER_SIRET), SAVE, id="canary")

    refused = [entry async for entry in database["trail"].find({"deed": "SAVE_DRAFT"})]

    assert [(entry["outcome"], entry["seen"]) for entry in refused] == [("NOT_FOUND", [])] * 2


async def test_opening_a_link_leaves_a_trail(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan())
    plan_id = (await served.ask(staff(), PLANS))["pendingPlans"]["nodes"][0]["id"]
    preview = "mutation ($id: ID!) { previewReport(input: {trainingPlanId: $id, form: {}}) { document { url } } }"
    made = await served.ask(staff(), preview, id=plan_id)

    answer = await served.http.get(made["previewReport"]["document"]["url"])

    assert answer.status_code == 200
    (opened,) = await written(database, deed="DOCUMENT")
    assert opened["account"] == f"training_organization:{SIRET}"
    assert opened["seen"] == [{"person": IDENTIFIER, "plan": "P-1", "report": True}]


async def test_an_announced_report_is_read_by_whoever_it_is_sent_to(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan())
    now = datetime.now(UTC).replace(microsecond=0)
    query = "subscription ($after: String) { reportTransmitted(after: $after) { report { id } } }"
    await acts.transmit_report(served.running.services, staff(), "P-1", a_form(), None, now=now, today=now.date())
    async with served.following(counsellor(), query, after=encode_number(0)) as events:
        assert await asyncio.wait_for(anext(events), 20)

    (event,) = await written(database, deed="EVENT")
    assert event["account"] == counsellor().account
    assert event["seen"] == [{"person": IDENTIFIER, "plan": "P-1", "report": True}]


async def test_a_stop_writes_all_that_waits(
    serve: Callable[[], AbstractAsyncContextManager[Served]],
    load: Callable[..., Awaitable[object]],
    database: Database,
) -> None:
    await load(a_plan())
    async with serve() as served:
        await served.ask(staff(), PLANS)

    assert await database["trail"].count_documents({}) == 1


async def test_a_database_that_takes_nothing_is_tried_again(mongodb_url: str) -> None:
    told = asyncio.Event()
    away = open_database("mongodb://127.0.0.1:1/?directConnection=true", timeout_ms=50, driver=DRIVER)
    here = open_database(mongodb_url, "test-trail-again", driver=DRIVER)
    trail = Trail(away, on_error=lambda *_: told.set())
    try:
        async with asyncio.timeout(20), trail.running():
            trail.note([an_entry()])
            await told.wait()
            trail._entries = here["trail"]  # noqa: SLF001 - the database is back
        assert await here["trail"].count_documents({}) == 1
    finally:
        await here.client.drop_database(here.name)
        await close_database(here)
        await close_database(away)


def test_without_room_nothing_more_is_noted(database: Database) -> None:
    trail = Trail(database)
    trail.note([an_entry()] * ROOM)

    with pytest.raises(TrailFull):
        trail.note([an_entry()])
    assert trail.telling(Seen(IDENTIFIER), Role.ADVISER, lambda: NOW) is None


async def test_an_act_that_cannot_be_written_now_waits_with_the_others() -> None:
    away = open_database("mongodb://127.0.0.1:1/?directConnection=true", timeout_ms=50, driver=DRIVER)
    trail = Trail(away)

    await trail.write([an_entry()])

    assert len(trail._waiting) == 1  # noqa: SLF001 - nobody can read what waits
    await close_database(away)


async def test_an_act_whose_author_has_left_waits_with_the_others_when_it_cannot_be_written() -> None:
    away = open_database("mongodb://127.0.0.1:1/?directConnection=true", timeout_ms=50, driver=DRIVER)
    told = asyncio.Event()
    trail = Trail(away, on_error=lambda *_: told.set())
    leaving = asyncio.create_task(trail.write([an_entry()]))
    await asyncio.sleep(0)
    leaving.cancel()

    async with asyncio.timeout(5):
        await told.wait()

    assert leaving.cancelled()
    assert trail.waiting == 1
    await close_database(away)


async def test_the_trail_is_kept_as_long_as_the_setting_says_and_a_changed_setting_holds(database: Database) -> None:
    trail = Trail(database)
    for days in (30, 90):
        await trail.keep_for(timedelta(days=days))
        indexes = await database["trail"].index_information()
        assert indexes["expiry"]["expireAfterSeconds"] == days * 86_400


async def test_an_event_told_to_many_is_a_document_for_a_hundred_and_an_entry_of_each(database: Database) -> None:
    trail, told = Trail(database), Seen(IDENTIFIER, "P-1", report=True)
    async with trail.running():
        for number in range(250):
            telling = trail.telling(told, Role.ADVISER, lambda: NOW)
            assert telling
            telling.readers.append((f"adviser:A-{number}", Origin(f"192.0.2.{number}", "curl/8\x00")))
        trail.note([an_entry()])
        assert trail.waiting == 251

    assert await database["trail"].count_documents({"deed": "EVENT"}) == 3
    tomorrow = NOW + timedelta(days=1)
    of_person = [entry async for entry in trail.of_person(IDENTIFIER, NOW, tomorrow)]
    assert sorted(each.account for each in of_person if each.deed is Deed.EVENT) == sorted(
        f"adviser:A-{number}" for number in range(250)
    )
    origin = Origin("192.0.2.207", "curl/8")
    assert [entry async for entry in trail.of_account("A-207", NOW, tomorrow)] == [
        TrailEntry(NOW, "adviser:A-207", "ADVISER", Deed.EVENT, DONE, (told,), origin)
    ]


async def test_what_is_told_after_the_trail_was_written_is_in_an_entry_of_its_own(database: Database) -> None:
    trail, told = Trail(database), Seen(IDENTIFIER, "P-1", report=True)
    times = [NOW, NOW + timedelta(minutes=1)]
    async with trail.running():
        for number in range(2):
            telling = trail.telling(told, Role.ADVISER, lambda: times.pop(0))
            assert telling
            telling.readers.append(("adviser:A-7", Origin()))
            await written(database, number + 1)

    assert [entry["at"] for entry in await written(database, 2)] == [NOW, NOW + timedelta(minutes=1)]


async def test_a_person_is_told_their_own_trail_and_nobody_elses(database: Database) -> None:
    trail = Trail(database)
    both = TrailEntry(
        NOW, "adviser:A-7", "ADVISER", Deed.READ, DONE, (Seen(IDENTIFIER, "P-1"), Seen("9999999Z", "P-2")), Origin()
    )
    await trail.must_write([both, an_entry("9999999Z")])

    found = [entry async for entry in trail.of_person(IDENTIFIER, NOW, NOW + timedelta(days=1))]

    assert [entry.seen for entry in found] == [(Seen(IDENTIFIER, "P-1"),)]


@pytest.mark.parametrize("named", ["account", "pseudonym"])
async def test_what_an_account_read_in_a_period_is_printed(
    settings: Settings, database: Database, mongodb_url: str, capsys: pytest.CaptureFixture[str], named: str
) -> None:
    days = [NOW + timedelta(days=day) for day in range(3)]
    await Trail(database).must_write(
        [*(an_entry(f"100000{day.day}A", day) for day in days), an_entry(account="adviser:A-9")]
    )

    status = await print_trail(
        settings.model_copy(update={"mongodb_url": SecretStr(mongodb_url)}),
        **{named: "A-7" if named == "account" else pseudonym_of("adviser:A-7", settings.sealing_secret())},
        first=date(2026, 3, 2),
        last=date(2026, 3, 3),
    )

    printed = capsys.readouterr()
    lines = [json.loads(line) for line in printed.out.splitlines()]
    assert status == 0
    assert [line["seen"][0]["person"] for line in lines] == ["1000002A", "1000003A"]
    assert (lines[0]["account"], lines[0]["agent"]) == ("adviser:A-7", "curl/8")
    assert "2 entries, 2 people, 2 reports." in printed.err


async def test_who_somebody_is_themselves_leaves_no_trail(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan(job_seeker=a_person()))
    await served.ask(trainee(), "{ viewer { jobSeeker { lastName } } }")
    assert await database["trail"].count_documents({}) == 0

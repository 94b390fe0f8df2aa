"""How far a report has come: when its recipients first read it, noted once and beside the answers."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from domain.access import Role
from schema.cursors import encode_number
from schema.ids import encode_id
from storage import fetches
from storage.client import close_database, open_database
from storage.fetches import FetchLog
from tests import DRIVER
from tests.factories import NOW, a_person, a_plan, a_session, counsellor, staff, trainee
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    import pytest

    from domain.access import Viewer
    from settings import Settings
    from storage.client import Database
    from tests.service import Served

PLAN = encode_id("TrainingPlan", "P-1")
REPORT = encode_id("Report", "P-1")
FORM: dict[str, Any] = {
    "durationHours": 258,
    "teachingModeCode": "0",
    "certifying": False,
    "exitLevelCode": "13",
    "hasInternship": False,
    "objective": "Dépanner.",
    "content": "Brasage.",
    "exitSituationCode": "EMPLOI_CDI",
}
TRANSMIT = """mutation($input: TransmitReportInput!) { transmitReport(input: $input) {
  report { id delivery { transmittedAt jobSeekerFetchedAt adviserFetchedAt } transmittedAt } } }"""
CORRECT = "mutation($input: CorrectReportInput!) { correctReport(input: $input) { report { id } } }"
DELIVERY = """query($id: ID!) { node(id: $id) { ...on Report {
  delivery { transmittedAt jobSeekerFetchedAt adviserFetchedAt } } } }"""
ANSWERS = "query($id: ID!) { node(id: $id) { ...on Report { form { objective } } } }"
LIST = "{ transmittedReports { nodes { id status jobSeeker { lastName } document { url sha256 } } } }"
SEEKER, ADVISER = "jobSeekerFetchedAt", "adviserFetchedAt"


async def transmitted(served: Served, plan_id: str = PLAN) -> dict[str, Any]:
    sent = await served.ask(staff(), TRANSMIT, input={"trainingPlanId": plan_id, "form": FORM})
    report: dict[str, Any] = sent["transmitReport"]["report"]
    return report


async def delivery(served: Served, viewer: Viewer, report: str = REPORT) -> dict[str, Any]:
    found: dict[str, Any] = (await served.ask(viewer, DELIVERY, id=report))["node"]["delivery"]
    return found


async def noted(served: Served, field: str, report: str = REPORT) -> dict[str, Any]:
    """Wait until a first reading is noted, which takes less than a second."""
    async with asyncio.timeout(10):
        while True:
            found = await delivery(served, staff(), report)
            if found[field]:
                return found
            await asyncio.sleep(0.05)


async def test_each_recipient_s_first_reading_is_told_to_all_who_see_the_report(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    sent = await transmitted(served)
    assert sent["delivery"] == {"transmittedAt": sent["transmittedAt"], SEEKER: None, ADVISER: None}
    await served.ask(trainee(), ANSWERS, id=REPORT)
    read = await noted(served, SEEKER)
    assert read[ADVISER] is None
    assert read[SEEKER] > read["transmittedAt"]
    await served.ask(counsellor(), ANSWERS, id=REPORT)
    both = await noted(served, ADVISER)
    assert both[SEEKER] == read[SEEKER]
    for viewer in (trainee(), counsellor()):
        assert await delivery(served, viewer) == both


async def test_opening_the_pdf_is_reading_and_seeing_it_in_a_list_is_not(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan())
    await transmitted(served)
    (listed,) = (await served.ask(counsellor(), LIST))["transmittedReports"]["nodes"]
    await served.ask(trainee(), LIST)
    await served.ask(staff(), ANSWERS, id=REPORT)
    opened = await served.http.get(listed["document"]["url"])
    assert opened.status_code == 200
    assert (await noted(served, ADVISER))[SEEKER] is None
    kept = await database["plans"].find_one({"_id": "P-1"})
    assert kept
    assert list(kept["fetched"]["1"]) == ["ADVISER"]


async def test_an_event_that_carries_the_answers_is_a_reading(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    await transmitted(served)
    text = "subscription($after: String) { reportTransmitted(after: $after) { report { form { content } } } }"
    async with served.following(counsellor(), text, after=encode_number(0)) as events:
        await anext(events)
    assert await noted(served, ADVISER)


async def test_the_first_instant_stays_whoever_reads_again_wherever(
    serve: Callable[[], AbstractAsyncContextManager[Served]], load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    async with serve() as one:
        await transmitted(one)
        await one.ask(trainee(), ANSWERS, id=REPORT)
        first = await noted(one, SEEKER)
    async with serve() as other:
        await other.ask(trainee(), ANSWERS, id=REPORT)
        await other.ask(counsellor(), ANSWERS, id=REPORT)
        assert (await noted(other, ADVISER))[SEEKER] == first[SEEKER]


async def test_a_corrected_report_is_read_in_its_turn(served: Served, load: Callable[..., Awaitable[object]]) -> None:
    await load(a_plan())
    await transmitted(served)
    await served.ask(trainee(), ANSWERS, id=REPORT)
    await noted(served, SEEKER)
    asked = {"trainingPlanId": PLAN, "form": FORM | {"durationHours": 3}, "reasonCode": "ERREUR_SAISIE"}
    made = await served.ask(staff(), CORRECT, input=asked | {"expectedVersion": 1})
    corrected = made["correctReport"]["report"]["id"]
    assert (await delivery(served, staff(), corrected))[SEEKER] is None
    assert (await delivery(served, staff()))[SEEKER]
    await served.ask(trainee(), ANSWERS, id=corrected)
    await noted(served, SEEKER, corrected)


async def test_an_answer_that_was_refused_is_no_reading(
    settings: Settings,
    mongodb_url: str,
    load: Callable[..., Awaitable[object]],
    database: Database,
    printer: Any,
) -> None:
    await load(*(a_plan(f"P-{n}", job_seeker=a_person(f"{n:07}K"), session=a_session(f"S-{n}")) for n in (1, 2)))
    strict = settings.model_copy(update={"persons_per_hour": 1})
    async with serving(strict, mongodb_url, printer) as served:
        for number in (1, 2):
            await transmitted(served, encode_id("TrainingPlan", f"P-{number}"))
        refused = await served.answer(counsellor(), "{ transmittedReports { nodes { form { content } } } }")
        assert refused["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert await database["plans"].count_documents({"fetched": {"$exists": True}}) == 0


async def test_a_stop_writes_what_waits_and_the_plan_is_as_it_was(
    serve: Callable[[], AbstractAsyncContextManager[Served]],
    load: Callable[..., Awaitable[object]],
    database: Database,
) -> None:
    await load(a_plan())
    async with serve() as served:
        await transmitted(served)
        before = await database["plans"].find_one({"_id": "P-1"})
        await served.ask(trainee(), ANSWERS, id=REPORT)
    after = await database["plans"].find_one({"_id": "P-1"})
    assert before
    assert after
    assert after.pop("fetched")["1"]["JOB_SEEKER"]
    assert after.pop("unread") == {"ADVISER": True}
    assert before.pop("unread") == {"ADVISER": True, "JOB_SEEKER": True}
    assert after == before


async def test_what_was_noted_costs_no_write_again(database: Database) -> None:
    await database["plans"].insert_one({"_id": "P-1"})
    log = FetchLog(database)
    async with log.running():
        log.note(Role.ADVISER, [("P-1", 1)], NOW)
    await database["plans"].update_one({"_id": "P-1"}, {"$unset": {"fetched": ""}})
    async with log.running():
        log.note(Role.ADVISER, [("P-1", 1)], NOW)
    assert await database["plans"].find_one({"_id": "P-1"}) == {"_id": "P-1"}


async def test_a_report_read_after_it_was_replaced_leaves_the_corrected_one_unread(database: Database) -> None:
    unread = {"ADVISER": True, "JOB_SEEKER": True}
    await database["plans"].insert_one({"_id": "P-1", "report": {"version": 2}, "unread": unread})
    log = FetchLog(database)
    async with log.running():
        log.note(Role.ADVISER, [("P-1", 1)], NOW)
        log.note(Role.JOB_SEEKER, [("P-1", 2)], NOW)
    kept = await database["plans"].find_one({"_id": "P-1"})
    assert kept
    assert kept["unread"] == {"ADVISER": True}
    assert kept["fetched"] == {"1": {"ADVISER": NOW}, "2": {"JOB_SEEKER": NOW}}


async def test_a_plan_that_is_gone_does_not_come_back(database: Database) -> None:
    log = FetchLog(database)
    async with log.running():
        log.note(Role.ADVISER, [("P-1", 1)], NOW)
    assert await database["plans"].count_documents({}) == 0


async def test_a_database_that_is_away_delays_the_note_and_nothing_else(database: Database) -> None:
    told = asyncio.Event()
    away = open_database("mongodb://127.0.0.1:1/?directConnection=true", timeout_ms=50, driver=DRIVER)
    await database["plans"].insert_one({"_id": "P-1"})
    log = FetchLog(away, on_error=lambda *_: told.set())
    async with asyncio.timeout(20), log.running():
        log.note(Role.JOB_SEEKER, [("P-1", 1)], NOW)
        await told.wait()
        log.note(Role.JOB_SEEKER, [("P-1", 1)], NOW + timedelta(hours=1))
        log._plans = database["plans"]  # noqa: SLF001 - the database is back
    kept = await database["plans"].find_one({"_id": "P-1"})
    assert kept == {"_id": "P-1", "fetched": {"1": {"JOB_SEEKER": NOW}}}
    await close_database(away)


async def test_what_is_remembered_and_what_waits_is_bounded(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetches, "REMEMBERED", 3)
    monkeypatch.setattr(fetches, "ROOM", 5)
    log = FetchLog(database)
    for number in range(9):
        log.note(Role.ADVISER, [(f"P-{number}", 1)], NOW)
    assert (len(log._noted), len(log._waiting)) == (3, 5)  # noqa: SLF001 - nothing else shows it

"""What was kept long enough goes, on the day it is due and with all that belongs to it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from commands.retaining import ages, remove, retain
from domain import acts
from domain.calendar import paris_day, start_of_day
from domain.facts import Funding
from domain.form import Form
from domain.retention import Rule, day_before
from service.clock import present
from storage import retention as storage
from storage.announcements import AnnouncementLog
from storage.loading import PlanLoader
from storage.papers import PaperRepository
from storage.plans import PlanRepository
from storage.retention import Retention
from storage.trail import Trail
from tests.factories import IDENTIFIER, a_plan, staff

if TYPE_CHECKING:
    from domain.plan import Plan
    from settings import Settings
    from storage.client import Database

MONTHS = {Rule.DRAFTS: 13, Rule.REPORTS: 72, Rule.COFINANCED_REPORTS: 120, Rule.UNREPORTED_PLANS: 72}
FSE = Funding(reference="F", scheme="FSE", employment_service_funded=False)


@pytest.fixture
def today() -> date:
    return paris_day(present())


@pytest.fixture
def settings(settings: Settings, mongodb_url: str) -> Settings:
    return settings.model_copy(update={"mongodb_url": SecretStr(mongodb_url), "cofinanced_schemes": "FSE"})


@pytest.fixture
def retention(database: Database, settings: Settings, today: date) -> Retention:
    return Retention(database, ages(settings), today)


def limit(rule: Rule, today: date) -> date:
    """Give the day of which what is dated stays; what is dated of the day before goes."""
    return day_before(today, MONTHS[rule])


async def a_kept_plan(database: Database, plan_id: str, last_day: date, **changes: Any) -> Plan:
    plan = a_plan(plan_id, starts_on=last_day - timedelta(days=30), ends_on=last_day, **changes)
    await PlanLoader(database).load([plan])
    return plan


async def a_draft(database: Database, plan_id: str, at: datetime, last_day: date | None = None) -> None:
    plan = await a_kept_plan(database, plan_id, last_day or paris_day(at) - timedelta(days=1))
    drafted = acts.save_draft(plan, Form(objective="x"), None, now=at, today=paris_day(at))
    assert await PlanRepository(database).replace(staff(), plan, drafted)


async def a_report(database: Database, plan_id: str, at: datetime, **changes: Any) -> None:
    """Transmit a report with its paper, announced."""
    plan = await a_kept_plan(database, plan_id, paris_day(at) - timedelta(days=1), **changes)
    sent = acts.transmit(plan, Form(objective="x"), None, now=at, today=paris_day(at))
    await PaperRepository(database).keep(f"paper of {plan_id}", b"%PDF", plan_id=plan_id)
    assert await PlanRepository(database).replace(staff(), plan, sent)
    await AnnouncementLog(database).announce(plan_id)


async def states(database: Database) -> dict[str, str]:
    return {document["_id"]: document["state"] async for document in database["plans"].find().sort("_id", 1)}


async def papers(database: Database) -> set[str]:
    return {document["plan"] async for document in database["papers"].find()}


async def one_of_each(database: Database, today: date) -> None:
    """Make, for each rule, what goes today and what goes tomorrow; a young report announced after them all."""
    for rule, age in ((Rule.REPORTS, {}), (Rule.COFINANCED_REPORTS, {"funding": FSE})):
        stays = start_of_day(limit(rule, today))
        await a_report(database, f"{rule}-goes", stays - timedelta(milliseconds=1), **age)
        await a_report(database, f"{rule}-stays", stays, **age)
    stays = start_of_day(limit(Rule.DRAFTS, today))
    await a_draft(database, "DRAFTS-goes", stays - timedelta(milliseconds=1))
    await a_draft(database, "DRAFTS-stays", stays)
    await a_draft(database, "UNREPORTED-drafted-goes", stays - timedelta(days=1), date(2019, 1, 1))
    await a_kept_plan(database, "UNREPORTED-goes", limit(Rule.UNREPORTED_PLANS, today) - timedelta(days=1))
    await a_kept_plan(database, "UNREPORTED-stays", limit(Rule.UNREPORTED_PLANS, today))
    await a_report(database, "Z-young", present())


async def test_each_rule_removes_what_is_due_and_nothing_younger_by_a_millisecond(
    database: Database, settings: Settings, today: date
) -> None:
    await one_of_each(database, today)

    assert await retain(settings, dry_run=False) == 0

    assert await states(database) == {
        "COFINANCED_REPORTS-stays": "TRANSMITTED",
        "DRAFTS-goes": "OPEN",
        "DRAFTS-stays": "DRAFT",
        "REPORTS-stays": "TRANSMITTED",
        "UNREPORTED-stays": "OPEN",
        "Z-young": "TRANSMITTED",
    }
    assert await papers(database) == {"COFINANCED_REPORTS-stays", "REPORTS-stays", "Z-young"}


async def test_a_dry_run_counts_what_the_run_removes_and_a_second_run_finds_nothing(
    database: Database, settings: Settings, today: date, capsys: pytest.CaptureFixture[str]
) -> None:
    await one_of_each(database, today)
    before = await states(database)

    await retain(settings, dry_run=True)
    counted, *_, last = capsys.readouterr().out.rpartition("Nothing was removed")
    assert last
    assert await states(database) == before
    await retain(settings, dry_run=False)
    removed = capsys.readouterr().out
    await retain(settings, dry_run=False)
    again = capsys.readouterr().out

    assert counted == removed
    assert [int(line.split()[0]) for line in removed.splitlines()] == [2, 1, 1, 2]
    assert [int(line.split()[0]) for line in again.splitlines()] == [0, 0, 0, 0]


async def test_what_went_is_in_the_trail_of_the_person(database: Database, settings: Settings, today: date) -> None:
    await one_of_each(database, today)
    await retain(settings, dry_run=False)

    entries = [each async for each in Trail(database).of_person(IDENTIFIER, start_of_day(today), present())]

    assert {(entry.account, entry.deed.value) for entry in entries} == {("service:retention", "ERASE")}
    assert {seen.plan for entry in entries for seen in entry.seen} == {
        "COFINANCED_REPORTS-goes", "DRAFTS-goes", "REPORTS-goes", "UNREPORTED-drafted-goes", "UNREPORTED-goes",
    }  # fmt: skip


async def test_a_run_that_broke_off_is_run_again(
    database: Database, retention: Retention, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "BATCH", 1)
    old = start_of_day(limit(Rule.REPORTS, today)) - timedelta(days=1)
    for number in range(3):
        await a_report(database, f"P-{number}", old)
    await a_report(database, "Z-young", present())
    async for batch in retention.batches(Rule.REPORTS):
        await retention.remove(Rule.REPORTS, batch)
        break
    await database["papers"].delete_one({"plan": "P-2"})  # its paper went, then the process was killed
    assert await retention.count(Rule.REPORTS) == 2

    assert await remove(retention, Trail(database), Rule.REPORTS) == 2
    assert await states(database) == {"Z-young": "TRANSMITTED"}
    assert await papers(database) == {"Z-young"}


async def test_a_draft_that_is_touched_while_the_run_goes_on_stays(
    database: Database, retention: Retention, today: date
) -> None:
    await a_draft(database, "P-1", start_of_day(limit(Rule.DRAFTS, today)) - timedelta(days=1))
    (batch,) = [batch async for batch in retention.batches(Rule.DRAFTS)]
    plans = PlanRepository(database)
    plan = await plans.find(staff(), "P-1")
    assert plan
    saved = acts.save_draft(plan, Form(objective="y"), plan.report_version, now=present(), today=today)
    assert await plans.replace(staff(), plan, saved)

    assert await retention.remove(Rule.DRAFTS, batch) == 0
    assert await states(database) == {"P-1": "DRAFT"}


async def test_a_plan_whose_report_comes_at_last_while_the_run_goes_on_stays_with_its_paper(
    database: Database, retention: Retention
) -> None:
    plan = await a_kept_plan(database, "P-1", date(2019, 1, 1))
    (batch,) = [batch async for batch in retention.batches(Rule.UNREPORTED_PLANS)]
    sent = acts.transmit(plan, Form(), None, now=present(), today=paris_day(present()))
    await PaperRepository(database).keep("its paper", b"%PDF", plan_id="P-1")
    assert await PlanRepository(database).replace(staff(), plan, sent)

    assert await retention.remove(Rule.UNREPORTED_PLANS, batch) == 0
    assert await papers(database) == {"P-1"}


async def test_the_last_announcement_stays_so_that_the_next_has_a_number_of_its_own(
    database: Database, retention: Retention, today: date
) -> None:
    old, log = start_of_day(limit(Rule.REPORTS, today)) - timedelta(days=1), AnnouncementLog(database)
    await a_report(database, "P-1", old)
    await a_report(database, "P-2", old)

    assert await remove(retention, Trail(database), Rule.REPORTS) == 1
    assert await states(database) == {"P-2": "TRANSMITTED"}
    await a_report(database, "P-3", present())
    assert [number for number, _ in await log.since(0)] == [2, 3]
    assert await remove(retention, Trail(database), Rule.REPORTS) == 1
    assert [number for number, _ in await log.since(1)] == [3]


async def test_what_waits_to_be_announced_is_announced_before_it_goes(
    database: Database, retention: Retention, today: date
) -> None:
    await a_report(database, "P-1", start_of_day(limit(Rule.REPORTS, today)) - timedelta(days=1))
    await a_report(database, "Z-young", present())
    await database["plans"].update_one({"_id": "P-1"}, {"$set": {"to_announce": True}})

    assert await remove(retention, Trail(database), Rule.REPORTS) == 0

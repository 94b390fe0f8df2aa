"""What corrections leave: numbers, papers and announcements, each once, even if two correct at the same moment."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from domain.corrections import TypedReason
from domain.errors import Busy
from domain.retention import Ages, Rule
from domain.webhook import event_body
from resolvers import report_papers
from resolvers.corrections import correct_report
from schema.ids import encode_id
from storage.announcements import AnnouncementLog
from storage.client import close_database, open_database
from storage.retention import Retention
from tests import DRIVER
from tests.delivery.desk import ANSWERS, NOW, STAFF, TODAY, Desk, Tool, adviser, load, plan

if TYPE_CHECKING:
    from domain.plan import Plan
    from storage.client import Database


async def correct(desk: Desk, number: int, hours: int, version: int = 1) -> Plan:
    form = ANSWERS.model_copy(update={"duration_hours": hours})
    reason = TypedReason(code="ERREUR_SAISIE")
    return await correct_report(desk.services, STAFF, f"P-{number}", form, reason, version, now=NOW)


async def test_a_webhook_is_told_of_each_report_by_its_own_id(database: Database, desk: Desk) -> None:
    await load(database, plan(1))
    await desk.transmit("P-1")
    await correct(desk, 1, 300)
    told = await desk.services.log.since_for(adviser("A-1"), 0)
    sent = [json.loads(json.dumps(event_body(number, each)))["data"]["reportId"] for number, each in told]
    assert sent == [encode_id("Report", "P-1"), encode_id("CorrectedReport", "2:P-1")]


async def test_a_report_is_not_corrected_before_it_has_its_number(database: Database, desk: Desk) -> None:
    await load(database, plan(1))
    await desk.transmit("P-1")
    before = await desk.services.plans.find(STAFF, "P-1")
    assert before
    away = open_database("mongodb://127.0.0.1:1/?directConnection=true", timeout_ms=50, driver=DRIVER)
    alone = Desk(replace(desk.services, log=AnnouncementLog(away)))
    with pytest.raises(Busy):
        await correct(alone, 1, 300)
    await close_database(away)
    await database["plans"].update_one({"_id": "P-1"}, {"$set": {"to_announce": True}})
    after = before.model_copy(update={"earlier_reports": (before.report,)})
    assert not await desk.services.plans.replace(STAFF, before, after)


async def test_of_processes_that_do_not_know_of_each_other_one_corrects_and_leaves_two_papers(
    database: Database, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_papers, "_turns", Apart())
    await load(database, plan(1))
    await asyncio.gather(*(desk.transmit("P-1") for _ in range(4)))
    made = await asyncio.gather(*(correct(desk, 1, 300) for _ in range(4)))
    assert {each.report and each.report.version for each in made} == {2}
    kept = await desk.services.plans.find(STAFF, "P-1")
    assert kept
    assert {paper["_id"] async for paper in database["papers"].find()} == {each.sha256 for each in kept.reports}


class Apart:
    """No turns: everybody prints at once, as in processes of their own."""

    def setdefault(self, _: str, own: asyncio.Lock) -> asyncio.Lock:
        return own


async def test_numbers_have_no_hole_and_no_double_while_reports_are_corrected(database: Database, desk: Desk) -> None:
    plans = range(1, 7)
    await load(database, *(plan(number) for number in plans))
    tool = Tool(adviser("A-1"))
    taking = asyncio.create_task(tool.takes(desk, 18))

    async def life(number: int) -> None:
        await desk.transmit(f"P-{number}")
        for version in (1, 2):
            await correct(desk, number, 300 + version, version)

    await asyncio.gather(*(life(number) for number in plans))
    assert sorted(await taking) == sorted(f"P-{number}" for number in plans for _ in range(3))
    told = await desk.services.log.since_for(adviser("A-1"), 0)
    assert [number for number, _ in told] == list(range(1, 19))
    for number in plans:
        of_plan = [each.report for _, each in told if each.id == f"P-{number}"]
        assert [report and report.form.duration_hours for report in of_plan] == [210, 301, 302]
    paged = [await desk.services.log.since_for(adviser("A-1"), number, 1) for number in range(18)]
    assert [number for page in paged for number, _ in page] == list(range(1, 19))


async def test_what_was_replaced_is_found_by_its_own_index(database: Database) -> None:
    await database["plans"].insert_many(
        {"adviser": {"id": f"A-{n % 5}"}, "sequence": n, "numbers": [n] if n % 50 else [n + 900, n]}
        for n in range(1, 800)
    )
    match = {"adviser.id": "A-1", "numbers.1": {"$exists": True}, "numbers": {"$elemMatch": {"$gt": 0}}}
    for scope in (match, {name: wanted for name, wanted in match.items() if name != "adviser.id"}):
        chosen = await database["plans"].find(scope).explain()
        assert '"indexName": "replaced' in json.dumps(chosen["queryPlanner"]["winningPlan"])


async def test_after_its_time_a_corrected_report_goes_with_all_its_papers(database: Database, desk: Desk) -> None:
    await load(database, plan(1), plan(2))
    await desk.transmit("P-1")
    await correct(desk, 1, 300)
    await desk.transmit("P-2")
    ages = Ages(drafts=1, reports=12, cofinanced_reports=12, unreported_plans=12, cofinanced_schemes=())
    retention = Retention(database, ages, TODAY.replace(year=TODAY.year + 2))
    async for batch in retention.batches(Rule.REPORTS):
        await retention.remove(Rule.REPORTS, batch)
    assert [each["plan"] async for each in database["papers"].find()] == ["P-2"]

"""What becomes due or late is told to the organization's webhooks that ask for it, once, and the week in a digest."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from domain.calendar import paris_day, spelt_instant, start_of_day
from domain.errors import Refused
from domain.facts import Funding
from domain.reminding import ReminderKind, week_of
from domain.webhook import WebhookEvent
from resolvers import acts
from schema.ids import encode_id
from storage.migrating import migrate
from storage.migrations import MIGRATIONS
from storage.reminders import ReminderLog
from tests.delivery.desk import ANSWERS, STAFF, adviser, load, plan
from tests.webhooks.office import AFTER_DAYS, Office, office_on

if TYPE_CHECKING:
    from datetime import date

    from domain.plan import Plan
    from pdf.printer import Printer
    from storage.client import Database
    from tests.webhooks.receiver import Receiver

DUE, LATE, DIGEST = WebhookEvent.REPORT_DUE, WebhookEvent.REPORT_LATE, WebhookEvent.REPORT_DIGEST
UNPAID = Funding(scheme="CR", employment_service_funded=False)
DAY = timedelta(days=1)


def today(office: Office) -> date:
    return paris_day(office.clock())


def ending(office: Office, days: int, number: int = 1, **changes: Any) -> Plan:
    """A plan whose last day is in so many days, before today below zero."""
    ends_on = today(office) + timedelta(days=days)
    return plan(number).model_copy(update={"starts_on": ends_on - 60 * DAY, "ends_on": ends_on, **changes})


async def reminded(*offices: Office) -> None:
    """Look for what is due, on all workers at once, and deliver."""
    await asyncio.gather(*(each.reminding.tell_all() for each in offices))
    await asyncio.gather(*(each.courier.deliver_due() for each in offices))


def told(receiver: Receiver) -> list[tuple[str, str]]:
    """The kind of each call, and the plan it is about."""
    return [(call.content["type"], call.content["data"]["trainingPlanId"]) for call in receiver.calls]


async def test_a_plan_is_told_once_when_its_report_may_be_written_and_once_when_it_is_late(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await office.registers(receiver.url, STAFF, events=[DUE, LATE])
    await load(database, ending(office, 0), ending(office, 0, 2, funding=UNPAID))
    await reminded(office)
    assert receiver.calls == []

    office.clock.passes(DAY)
    for _ in range(3):
        await reminded(office)
    assert sorted(told(receiver)) == [("report.due", encode_id("TrainingPlan", f"P-{each}")) for each in (1, 2)]
    (call,) = [each for each in receiver.calls if encode_id("TrainingPlan", "P-1") in each.body.decode()]
    assert call.content == {
        "type": "report.due",
        "timestamp": spelt_instant(start_of_day(today(office))),
        "data": {"id": call.id, "trainingPlanId": encode_id("TrainingPlan", "P-1")},
    }

    office.clock.passes((AFTER_DAYS - 1) * DAY)
    await reminded(office)
    assert len(receiver.calls) == 2
    office.clock.passes(DAY)
    await reminded(office)
    await reminded(office)
    assert told(receiver)[2:] == [("report.late", encode_id("TrainingPlan", "P-1"))]


async def test_what_a_save_touches_is_not_told_again(database: Database, office: Office, receiver: Receiver) -> None:
    await office.registers(receiver.url, STAFF, events=[DUE])
    await load(database, ending(office, 0))
    office.clock.passes(DAY)
    await reminded(office)
    await acts.save_report_draft(
        office.services, STAFF, "P-1", ANSWERS, None, now=office.clock(), today=today(office)
    )
    await reminded(office)
    assert len(receiver.calls) == 1
    assert await database["plans"].count_documents({"keys.untold_due": {"$gt": ""}}) == 0


async def test_several_workers_at_once_tell_each_plan_once(
    database: Database, printer: Printer, office: Office, receiver: Receiver
) -> None:
    await office.registers(receiver.url, STAFF, events=[DUE])
    await load(database, *(ending(office, 0, number) for number in range(1, 41)))
    office.clock.passes(DAY)
    async with (
        office_on(database, printer, office.clock) as second,
        office_on(database, printer, office.clock) as third,
    ):
        await reminded(office, second, third)
        await reminded(office, second, third)
    assert len(receiver.calls) == len(set(receiver.ids)) == 40
    numbers = [each["reminder"]["number"] async for each in database["plans"].find({}, {"reminder": 1})]
    assert sorted(numbers) == list(range(1, 41))


async def test_who_died_between_telling_and_waking_leaves_it_to_another(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await office.registers(receiver.url, STAFF, events=[DUE])
    await office.courier.deliver_due()
    await load(database, ending(office, 0))
    office.clock.passes(DAY)
    log = ReminderLog(database)
    found = await log.untold(ReminderKind.DUE, today(office), 10)
    assert await log.tell(ReminderKind.DUE, found, [today(office)], today(office)) == 1
    await office.courier.deliver_due()
    assert receiver.calls == []
    await reminded(office)
    await reminded(office)
    assert len(receiver.calls) == 1


async def test_what_was_transmitted_before_is_never_told(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await office.registers(receiver.url, STAFF, events=[DUE, LATE])
    await load(database, ending(office, 0), ending(office, 0, 2))
    office.clock.passes(DAY)
    await _transmit(office, "P-1")
    await office.reminding.tell_all()
    await _transmit(office, "P-2")
    await office.courier.deliver_due()
    assert receiver.calls == []
    assert (await office.listed(STAFF)).due_at is None


async def test_what_was_so_before_the_address_was_registered_is_not_told_one_by_one(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await load(database, *(ending(office, -days, days) for days in (2, 10, 40, 400)))
    await office.registers(receiver.url, STAFF, events=[DUE, LATE])
    await reminded(office)
    assert receiver.calls == []
    office.clock.passes(30 * DAY)
    await reminded(office)
    assert sorted(told(receiver)) == sorted(
        ("report.late", encode_id("TrainingPlan", f"P-{days}")) for days in (2, 10)
    )


async def test_a_database_of_before_floods_nobody_and_forgets_nothing(
    database: Database, office: Office, receiver: Receiver
) -> None:
    """Plans of an earlier release have no mark: the migration gives it to them."""
    await load(database, *(ending(office, -number, number) for number in range(2, 9)), ending(office, 3, 9))
    await database["plans"].update_many({}, {"$unset": {"keys.untold_due": "", "keys.untold_late": ""}})
    await migrate(database, MIGRATIONS[0])
    await office.registers(receiver.url, STAFF, events=[DUE])
    await reminded(office)
    assert receiver.calls == []
    office.clock.passes(4 * DAY)
    await reminded(office)
    assert told(receiver) == [("report.due", encode_id("TrainingPlan", "P-9"))]


async def test_a_plan_that_moves_to_a_later_day_is_told_again_on_that_day_and_not_one_that_moves_within_the_past(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await office.registers(receiver.url, STAFF, events=[DUE])
    first = ending(office, 0)
    await load(database, first)
    office.clock.passes(DAY)
    await reminded(office)
    await load(database, first.model_copy(update={"ends_on": first.ends_on - DAY}))
    await reminded(office)
    assert len(receiver.calls) == 1

    await load(database, first.model_copy(update={"ends_on": first.ends_on + 5 * DAY}))
    await reminded(office)
    assert len(receiver.calls) == 1
    office.clock.passes(5 * DAY)
    await reminded(office)
    await reminded(office)
    assert len(set(receiver.ids)) == len(receiver.calls) == 2


async def test_a_plan_that_moves_before_its_event_is_sent_is_not_told_then(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await office.registers(receiver.url, STAFF, events=[DUE])
    first = ending(office, 0)
    await load(database, first)
    office.clock.passes(DAY)
    await office.reminding.tell_all()
    await load(database, first.model_copy(update={"ends_on": first.ends_on + 5 * DAY}))
    await office.courier.deliver_due()
    assert receiver.calls == []


async def test_a_plan_that_passes_to_another_organization_is_told_to_that_one(
    database: Database, office: Office, receiver: Receiver
) -> None:
    other = STAFF.model_copy(update={"key": "38012986600014"})
    await office.registers(receiver.url, STAFF, events=[DUE])
    await office.registers(receiver.url, other, events=[DUE])
    first = ending(office, 0)
    await load(database, first)
    office.clock.passes(DAY)
    await reminded(office)
    assert len(receiver.calls) == 1
    passed = first.organization.model_copy(update={"siret": other.key})
    await load(database, first.model_copy(update={"organization": passed}))
    await reminded(office)
    assert len(receiver.calls) == 2
    assert (await office.listed(other)).delivered_at is not None


async def test_a_webhook_is_sent_only_the_kinds_it_asked_for(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await office.registers(receiver.url, STAFF)
    await office.registers(f"{receiver.url}&late", STAFF, events=[LATE])
    await load(database, ending(office, 0))
    office.clock.passes((AFTER_DAYS + 1) * DAY)
    await reminded(office)
    assert [(call.line.split()[1][-4:], call.content["type"]) for call in receiver.calls] == [("late", "report.late")]
    await _transmit(office, "P-1")
    await office.courier.deliver_due()
    assert [call.content["type"] for call in receiver.calls] == ["report.late", "report.transmitted"]
    assert "late" not in receiver.calls[-1].line


async def test_what_is_not_taken_is_sent_again(database: Database, office: Office, receiver: Receiver) -> None:
    await office.registers(receiver.url, STAFF, events=[DUE])
    await load(database, ending(office, 0), ending(office, 0, 2))
    office.clock.passes(DAY)
    receiver.says(500)
    await reminded(office)
    assert len(receiver.calls) == 1
    receiver.says(204)
    office.clock.passes(timedelta(seconds=5))
    await reminded(office)
    first, again, second = receiver.ids
    assert first == again != second


async def test_a_digest_comes_once_a_week_whoever_looks(
    database: Database, printer: Printer, office: Office, receiver: Receiver
) -> None:
    await office.registers(receiver.url, STAFF, events=[DIGEST])
    await load(database, *(ending(office, days, number) for number, days in enumerate((-40, -3, 90), 1)))
    await reminded(office)
    assert receiver.calls == []

    office.clock.passes(timedelta(days=8 - today(office).isoweekday()))
    async with office_on(database, printer, office.clock) as second:
        await reminded(office, second)
        office.clock.passes(DAY)
        await reminded(second, office)
    (call,) = receiver.calls
    content = call.content
    assert content["type"] == "report.digest"
    assert content["data"].pop("id") == call.id
    assert content["data"] == {
        "week": week_of(office.clock()),
        "asOf": (today(office) - DAY).isoformat(),
        "toEnter": 2,
        "drafts": 0,
        "late": 1,
        "latePlanIds": [encode_id("TrainingPlan", "P-1")],
    }
    office.clock.passes(7 * DAY)
    await reminded(office)
    assert len(set(receiver.ids)) == 2


async def test_nothing_of_a_person_is_in_any_event(database: Database, office: Office, receiver: Receiver) -> None:
    await office.registers(receiver.url, STAFF, events=[DUE, LATE, DIGEST])
    await load(database, ending(office, 0))
    office.clock.passes(40 * DAY)
    await reminded(office)
    assert {call.content["type"] for call in receiver.calls} == {"report.late", "report.digest"}
    for call in receiver.calls:
        assert not any(each in call.body.decode() for each in ("ADAM", "Zoé", "0000001K", "Soudage", "P-1"))


@pytest.mark.parametrize("event", [DUE, LATE, DIGEST])
async def test_an_adviser_is_refused_what_is_for_organizations(
    office: Office, receiver: Receiver, event: WebhookEvent
) -> None:
    with pytest.raises(Refused) as refused:
        await office.registers(receiver.url, adviser("A-1"), events=[event])
    assert [each.path for each in refused.value.refusals] == [("events",)]


async def test_nothing_is_looked_at_twice(database: Database, office: Office) -> None:
    """What nobody listens to is passed over, so that a turn costs what has become due since the one before."""
    await load(database, *(ending(office, -40, number) for number in range(1, 6)))
    await office.reminding.tell_all()
    marked = {"$or": [{"keys.untold_due": {"$gt": ""}}, {"keys.untold_late": {"$gt": ""}}]}
    assert await database["plans"].count_documents(marked) == 0
    assert await database["plans"].count_documents({"reminder": {"$exists": True}}) == 0


async def _transmit(office: Office, plan_id: str) -> None:
    now = office.clock()
    await acts.transmit_report(office.services, STAFF, plan_id, ANSWERS, None, now=now, today=today(office))

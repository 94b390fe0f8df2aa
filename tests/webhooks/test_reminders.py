"""A plan that becomes due or late is told to the webhooks of its organization, once, and wherever it moves."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from domain.calendar import spelt_instant, start_of_day
from domain.reminding import ReminderKind
from resolvers import acts
from schema.ids import encode_id
from storage.migrating import migrate
from storage.migrations import MIGRATIONS
from storage.reminders import UNTOLD, ReminderLog
from tests.delivery.desk import ANSWERS, STAFF, load
from tests.webhooks.office import AFTER_DAYS, Office, office_on
from tests.webhooks.reminding import DAY, DUE, LATE, UNPAID, ending, reminded, today, told, transmit

if TYPE_CHECKING:
    from domain.webhook import WebhookEvent
    from pdf.printer import Printer
    from storage.client import Database
    from tests.webhooks.receiver import Receiver


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
    found = await log.untold(ReminderKind.DUE, date.min, today(office), 10)
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
    await transmit(office, "P-1")
    await office.reminding.tell_all()
    await transmit(office, "P-2")
    await office.courier.deliver_due()
    assert receiver.calls == []
    assert (await office.listed(STAFF)).due_at is None


async def test_what_was_so_before_the_address_was_registered_is_not_told_one_by_one(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await load(database, *(ending(office, -days, days) for days in (1, 2, 10, 40, 400)))
    await office.registers(receiver.url, STAFF, events=[DUE, LATE])
    await reminded(office)
    assert told(receiver) == [("report.due", encode_id("TrainingPlan", "P-1"))], "due on that very day"
    office.clock.passes(30 * DAY)
    await reminded(office)
    assert sorted(told(receiver)[1:]) == sorted(
        ("report.late", encode_id("TrainingPlan", f"P-{days}")) for days in (1, 2, 10)
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


async def test_nothing_is_looked_at_twice(database: Database, office: Office) -> None:
    """What its organization does not ask for is passed over: a turn costs what has become due since the last one."""
    other = STAFF.model_copy(update={"key": "38012986600014"})
    await office.registers("http://127.0.0.1:9/", other, events=[DUE])
    await load(database, *(ending(office, 0, number) for number in range(1, 6)))
    office.clock.passes(DAY)
    await office.reminding.tell_all()
    assert await _marked(database, DUE) == 0
    assert await _marked(database, LATE) == 5  # nobody asks for it
    assert await database["plans"].count_documents({"reminder": {"$exists": True}}) == 0


async def test_what_became_so_before_anybody_listened_is_not_read(database: Database, office: Office) -> None:
    """Marks of years may stand: an installation without reminders, and the first address, pay nothing for them."""
    await load(database, *(ending(office, -40, number) for number in range(1, 6)))
    await office.reminding.tell_all()
    assert await _marked(database, DUE) == await _marked(database, LATE) == 5
    await office.registers("http://127.0.0.1:9/", STAFF, events=[DUE, LATE])
    await office.reminding.tell_all()
    assert await _marked(database, DUE) == await _marked(database, LATE) == 5


async def _marked(database: Database, event: WebhookEvent) -> int:
    mark = UNTOLD[ReminderKind(event.value.removeprefix("report."))]
    return await database["plans"].count_documents({mark: {"$gt": ""}})

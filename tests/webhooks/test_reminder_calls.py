"""The calls of reminders: of the kinds asked for, the week in a digest, nothing of a person, sent until taken."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from domain.errors import Refused
from domain.reminding import week_of
from schema.ids import encode_id
from tests.delivery.desk import STAFF, adviser, load
from tests.webhooks.office import AFTER_DAYS, Office, office_on
from tests.webhooks.reminding import DAY, DIGEST, DUE, LATE, ending, reminded, today, transmit

if TYPE_CHECKING:
    from domain.webhook import WebhookEvent
    from pdf.printer import Printer
    from storage.client import Database
    from tests.webhooks.receiver import Receiver


async def test_a_webhook_is_sent_only_the_kinds_it_asked_for(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await office.registers(receiver.url, STAFF)
    await office.registers(f"{receiver.url}&late", STAFF, events=[LATE])
    await load(database, ending(office, 0))
    office.clock.passes((AFTER_DAYS + 1) * DAY)
    await reminded(office)
    assert [(call.line.split()[1][-4:], call.content["type"]) for call in receiver.calls] == [("late", "report.late")]
    await transmit(office, "P-1")
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

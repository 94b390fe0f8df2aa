"""What is sent to webhooks: all of it, at least once, in order, by whichever worker; nothing that is not theirs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from domain.webhook import WebhookFailure, WebhookState, event_id, retry_delay
from resolvers import webhooks
from resolvers.courier import HOLD
from schema.cursors import encode_number
from schema.ids import encode_id
from tests.delivery.desk import NOW, STAFF, adviser, load, plan
from tests.webhooks.office import Clock, Office, office_on

if TYPE_CHECKING:
    from pdf.printer import Printer
    from storage.client import Database
    from tests.webhooks.receiver import Receiver

ATTEMPTS = 14


async def test_a_transmission_is_told_once_and_signed(database: Database, office: Office, receiver: Receiver) -> None:
    await load(database, plan(1))
    _, secret = await office.registers(receiver.url)
    sent = await office.desk.transmit("P-1")
    await office.courier.deliver_due()
    await office.courier.deliver_due()

    (call,) = receiver.calls
    assert call.line == "POST /bilans?from=us HTTP/1.1"
    assert call.id == event_id(sent)
    assert call.verified(secret) == {
        "type": "report.transmitted",
        "timestamp": NOW.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "data": {"id": call.id, "cursor": encode_number(1), "reportId": encode_id("Report", "P-1")},
    }
    assert (await office.listed()).cursor == 1


async def test_the_organization_is_told_too_and_other_advisers_are_not(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await load(database, plan(1))
    await office.registers(receiver.url, STAFF)
    await office.registers(receiver.url, adviser("A-2"))
    await office.desk.transmit("P-1")
    await office.courier.deliver_due()

    assert len(receiver.calls) == 1
    assert (await office.listed(STAFF)).delivered_at == office.clock.now


async def test_after_a_move_the_adviser_who_lost_the_portfolio_is_told_nothing(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await load(database, plan(1))
    await office.registers(receiver.url)
    await office.desk.transmit("P-1")
    await load(database, plan(1, adviser="A-2"))
    await office.courier.deliver_due()

    assert receiver.calls == []
    assert (await office.listed()).due_at is None


async def test_what_was_transmitted_while_nobody_delivered_is_told_in_order(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await load(database, *(plan(number) for number in range(1, 23)))
    await office.registers(receiver.url)
    await office.courier.deliver_due()
    sent = [event_id(await office.desk.transmit(f"P-{number}")) for number in range(1, 23)]
    await office.courier.deliver_due()

    assert receiver.ids == sent


async def test_a_webhook_registered_after_a_cursor_is_told_what_came_since(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await load(database, plan(1), plan(2))
    await office.desk.transmit("P-1")
    await office.desk.transmit("P-2")
    await office.registers(receiver.url, after=1)
    await office.courier.deliver_due()

    assert [call.content["data"]["cursor"] for call in receiver.calls] == [encode_number(2)]


async def test_what_is_not_taken_is_sent_again_with_the_same_id_and_what_follows_waits(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await load(database, plan(1), plan(2))
    await office.registers(receiver.url)
    first, second = [event_id(await office.desk.transmit(each)) for each in ("P-1", "P-2")]
    receiver.says(503)
    await office.courier.deliver_due()
    await office.courier.deliver_due()
    assert receiver.ids == [first]
    failing = await office.listed()
    assert (failing.failures, failing.last_failure, failing.last_status) == (1, WebhookFailure.STATUS, 503)
    assert failing.due_at == office.clock.now + timedelta(seconds=5)

    receiver.says(200)
    office.clock.passes(timedelta(seconds=5))
    await office.courier.deliver_due()
    assert receiver.ids == [first, first, second]
    assert ((await office.listed()).failures, (await office.listed()).last_failure) == (0, None)


async def test_an_announcement_does_not_hurry_a_webhook_that_waits_to_be_tried_again(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await load(database, plan(1), plan(2))
    await office.registers(receiver.url)
    receiver.says(500)
    await office.desk.transmit("P-1")
    await office.courier.deliver_due()
    await office.desk.transmit("P-2")
    await office.courier.deliver_due()

    assert len(receiver.calls) == 1


async def test_after_three_days_of_failures_it_is_disabled_and_goes_on_where_it_stopped_when_enabled(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await load(database, plan(1), plan(2))
    webhook, _ = await office.registers(receiver.url)
    began = office.clock.now
    receiver.says(500)
    first, second = [event_id(await office.desk.transmit(each)) for each in ("P-1", "P-2")]
    await office.courier.deliver_due()
    while due := (await office.listed()).due_at:
        office.clock.now = due
        await office.courier.deliver_due()
    disabled = await office.listed()
    assert receiver.ids == [first] * ATTEMPTS
    assert timedelta(days=2, hours=20) < office.clock.now - began < timedelta(days=3)
    assert (disabled.state, disabled.disabled_at) == (WebhookState.DISABLED, office.clock.now)

    receiver.says(200)
    await office.courier.deliver_due()
    assert len(receiver.calls) == ATTEMPTS
    await webhooks.enable_webhook(office.services, adviser("A-1"), webhook.id, now=office.clock.now)
    await office.courier.deliver_due()
    assert receiver.ids[ATTEMPTS:] == [first, second]
    assert (await office.listed()).state is WebhookState.ACTIVE


def test_delays_grow_from_seconds_to_half_a_day_and_chance_spreads_them() -> None:
    delays = [retry_delay(failures, 0.5) for failures in range(1, ATTEMPTS)]
    assert delays == sorted(delays, key=lambda delay: delay or timedelta.max)
    assert (delays[0], delays[-1]) == (timedelta(seconds=5), timedelta(hours=12))
    assert (retry_delay(1, 0), retry_delay(1, 1)) == (timedelta(seconds=4), timedelta(seconds=6))
    assert retry_delay(ATTEMPTS, 0.5) is None


async def test_a_receiver_that_is_gone_is_not_called_again(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await load(database, plan(1))
    await office.registers(receiver.url)
    receiver.says(410)
    await office.desk.transmit("P-1")
    await office.courier.deliver_due()

    gone = await office.listed()
    assert (gone.state, gone.last_failure) == (WebhookState.DISABLED, WebhookFailure.GONE)


async def test_workers_share_the_work_and_none_repeats_anothers(
    database: Database, printer: Printer, clock: Clock, receiver: Receiver
) -> None:
    await load(database, *(plan(number, adviser=f"A-{number % 2}") for number in range(1, 9)))
    async with office_on(database, printer, clock) as one, office_on(database, printer, clock) as other:
        for number in range(2):
            await one.registers(receiver.url, adviser(f"A-{number}"))
        for number in range(1, 9):
            await one.desk.transmit(f"P-{number}")
        await asyncio.gather(*(office.courier.deliver_due() for office in (one, other, one, other)))

    assert len(receiver.calls) == len(set(receiver.ids)) == 8


async def test_a_worker_that_dies_in_the_middle_leaves_its_event_to_another_with_the_same_id(
    database: Database, printer: Printer, clock: Clock, receiver: Receiver
) -> None:
    await load(database, plan(1))
    async with office_on(database, printer, clock) as one, office_on(database, printer, clock) as other:
        await one.registers(receiver.url)
        await one.desk.transmit("P-1")
        receiver.silent = True
        dying = asyncio.create_task(one.courier.deliver_due())
        call = await receiver.next()
        dying.cancel()
        with suppress(asyncio.CancelledError):
            await dying

        receiver.silent = False
        await other.courier.deliver_due()
        assert receiver.ids == [call.id]  # it is still held
        clock.passes(HOLD)
        await other.courier.deliver_due()
        assert receiver.ids == [call.id] * 2
        assert (await other.listed()).cursor == 1


async def test_a_worker_that_lost_its_hold_moves_no_cursor(
    database: Database, printer: Printer, clock: Clock, receiver: Receiver
) -> None:
    await load(database, plan(1))
    async with office_on(database, printer, clock) as slow, office_on(database, printer, clock) as quick:
        await slow.registers(receiver.url)
        await slow.desk.transmit("P-1")
        receiver.free.clear()
        waiting = asyncio.create_task(slow.courier.deliver_due())
        await receiver.next()
        clock.passes(HOLD)
        receiver.says(410)
        late = asyncio.create_task(quick.courier.deliver_due())
        await receiver.next()
        receiver.free.set()
        await asyncio.gather(waiting, late)
        gone = await quick.listed()

    assert (gone.state, gone.cursor) == (WebhookState.DISABLED, 0)


async def test_a_transmission_of_the_moment_is_told_by_a_running_courier_that_nobody_calls(
    database: Database, office: Office, receiver: Receiver
) -> None:
    await load(database, plan(1), plan(2))
    office.desk.services.hub.on_announced = office.courier.wake
    async with office.courier.running():
        await office.registers(receiver.url)
        first = await office.desk.transmit("P-1")
        assert (await receiver.next()).id == event_id(first)
        second = await office.desk.transmit("P-2")
        assert (await receiver.next()).id == event_id(second)


async def test_a_stop_waits_for_the_message_under_way(database: Database, office: Office, receiver: Receiver) -> None:
    await load(database, plan(1))
    async with office.courier.running():
        await office.registers(receiver.url)
        await office.desk.transmit("P-1")
        receiver.free.clear()
        office.courier.wake()
        await receiver.next()
        asyncio.get_running_loop().call_soon(receiver.free.set)
    assert (await office.listed()).cursor == 1


async def test_a_webhook_whose_secret_was_sealed_with_another_key_is_disabled_until_it_has_a_new_one(
    database: Database, printer: Printer, clock: Clock, office: Office, receiver: Receiver
) -> None:
    await load(database, plan(1))
    webhook, _ = await office.registers(receiver.url)
    await office.desk.transmit("P-1")
    async with office_on(database, printer, clock, sealing=b"another secret, as long as the other") as changed:
        await changed.courier.deliver_due()
        disabled = await changed.listed()
        assert (disabled.state, disabled.last_failure) == (WebhookState.DISABLED, WebhookFailure.SECRET)

        _, secret = await webhooks.rotate_webhook_secret(changed.services, adviser("A-1"), webhook.id, now=clock())
        await webhooks.enable_webhook(changed.services, adviser("A-1"), webhook.id, now=clock())
        await changed.courier.deliver_due()
        assert receiver.calls[0].verified(secret)


@pytest.mark.parametrize("hours", [23, 25])
async def test_the_former_secret_signs_beside_the_new_one_for_a_day(
    database: Database, office: Office, receiver: Receiver, hours: int
) -> None:
    await load(database, plan(1))
    webhook, _ = await office.registers(receiver.url)
    rotated_at = office.clock.now - timedelta(hours=hours)
    await webhooks.rotate_webhook_secret(office.services, adviser("A-1"), webhook.id, now=rotated_at)
    await office.desk.transmit("P-1")
    await office.courier.deliver_due()

    assert len(receiver.calls[0].headers["webhook-signature"].split()) == (2 if hours < 24 else 1)

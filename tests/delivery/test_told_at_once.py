"""What waits for one subscriber, and what is taken at once without waking the task that waits for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from domain.errors import TooSlow
from domain.trail import Seen
from resolvers.following import Shortcut, report_transmitted
from storage.hub import Subscriber, Told
from tests.delivery.desk import STAFF, Desk, load, plan

if TYPE_CHECKING:
    from domain.plan import Plan
    from storage.client import Database
    from storage.hub import Hub


def subscribers(hub: Hub) -> list[Subscriber]:
    return [each for told in hub._subscribers.values() for each in told]  # noqa: SLF001 - who waits, and for what


async def test_a_client_that_was_cut_is_told_nothing_more_after_the_gap() -> None:
    slow, told = Subscriber(1), plan()
    for number in (1, 2):
        slow.tell(Told(number, told, Seen.of(told)))
    assert (await slow.next())[0] == 1
    slow.tell(Told(3, told, Seen.of(told)))
    with pytest.raises(TooSlow):
        await slow.next()


def told(number: int) -> Told:
    announced = plan(number)
    return Told(number, announced, Seen.of(announced))


async def test_whoever_waits_is_offered_what_comes_and_woken_only_for_what_is_not_taken() -> None:
    subscriber, offered = Subscriber(2), list[int]()

    def take(announcement: Told) -> bool:
        offered.append(announcement.number)
        return announcement.number < 3

    subscriber.take = take
    waiting = subscriber.next()
    for number in (1, 2, 3):
        assert not waiting.done()
        subscriber.tell(told(number))
    assert (await waiting).number == 3
    assert offered == [1, 2, 3]


async def test_nobody_is_offered_what_comes_after_what_still_waits() -> None:
    subscriber, offered = Subscriber(2), list[int]()

    def take(announcement: Told) -> bool:
        offered.append(announcement.number)
        return True

    subscriber.take = take
    for number in (1, 2):
        subscriber.tell(told(number))
    assert [(await subscriber.next()).number for _ in range(2)] == [1, 2]
    assert offered == []


async def test_a_fault_of_what_deals_with_an_event_at_once_is_left_to_whoever_waits() -> None:
    def fails(_: Told) -> bool:
        raise ValueError("broken")

    subscriber = Subscriber(1)
    subscriber.take = fails
    waiting = subscriber.next()
    subscriber.tell(told(1))
    assert (await waiting).number == 1


async def test_what_is_dealt_with_at_once_is_the_viewers_own_of_the_session_asked_for_and_comes_once(
    desk: Desk, database: Database
) -> None:
    await load(database, plan(1), plan(2, adviser="A-2"), plan(3))
    shortcut, dealt = Shortcut(), list[str]()

    def deal(_: int, announced: Plan) -> bool:
        dealt.append(announced.id)
        return True

    stream = report_transmitted(desk.services, STAFF, 0, None, shortcut)
    elsewhere = report_transmitted(desk.services, STAFF, 0, "another session", shortcut)
    shortcut.take = deal
    waiting = [asyncio.ensure_future(anext(each)) for each in (stream, elsewhere)]
    hub = desk.services.hub
    while hub.subscribers < 2 or any(each.take is None for each in subscribers(hub)):  # noqa: ASYNC110 - as it stands
        await asyncio.sleep(0)

    for number in (1, 2):
        await desk.transmit(f"P-{number}")
        await hub.pull()
    for each in subscribers(hub):
        each.tell(told(2))  # as after a read of the past that ends with it
    assert dealt == ["P-1", "P-2"]

    shortcut.take = lambda *_: False
    await desk.transmit("P-3")
    assert (await waiting[0])[1].id == "P-3"
    assert not waiting[1].done()
    waiting[1].cancel()
    await asyncio.wait(waiting)
    await stream.aclose()

"""What is printed to be read: once, kept a while, and never in the way of a transmission."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from pdf.errors import TooLong, TooManyOrders
from pdf.readings import Readings
from pdf.turns import MOST_READINGS
from tests.pdf.plans import answering, draft, plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.plan import Plan
    from pdf.document import PrintedReport
    from pdf.printer import Printer


def saying(objective: str) -> Plan:
    return plan(draft(answering(objective=objective)))


@contextmanager
def held(printer: Printer) -> Iterator[None]:
    """Hold the worker that prints what is to be read."""
    os.kill(printer.pids[1], signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(printer.pids[1], signal.SIGCONT)


async def asked(printer: Printer, wanted: Plan, account: str = "a") -> asyncio.Task[PrintedReport]:
    """Ask, and wait until the order has its place."""
    task = asyncio.create_task(printer.print(wanted, account=account))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


async def test_a_draft_is_printed_once_however_often_it_is_asked_for(shared: Printer) -> None:
    first = await shared.print(saying("une fois"), account="a")
    with held(shared):
        assert await shared.print(saying("une fois"), account="b") is first


async def test_a_draft_that_was_saved_again_is_printed_again(shared: Printer) -> None:
    first = await shared.print(saying("une fois"))
    assert (await shared.print(saying("deux fois"))).sha256 != first.sha256


async def test_those_who_ask_for_the_same_at_once_wait_for_one_printing(shared: Printer) -> None:
    with held(shared):
        tasks = [await asked(shared, saying("ensemble"), account=f"{rank}") for rank in range(20)]
    documents = await asyncio.gather(*tasks)
    assert all(document is documents[0] for document in documents)


async def test_transmissions_are_printed_while_those_who_read_wait(shared: Printer) -> None:
    with held(shared):
        reading = await asked(shared, saying("lente"))
        for _ in range(3):
            await shared.print(plan(), account="b", transmitting=True)
        assert not reading.done()
    assert (await reading).content.startswith(b"%PDF")


async def test_who_has_left_is_not_printed_for(shared: Printer) -> None:
    with held(shared):
        busy = await asked(shared, saying("en cours"), "b")
        gone = [await asked(shared, saying(f"partie {rank}")) for rank in range(MOST_READINGS)]
        for task in gone:
            task.cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        stays = await asked(shared, saying("celui qui reste"))
    await asyncio.gather(busy, stays)
    with held(shared):
        again = await asked(shared, saying("partie 0"))
        assert not again.done()
    await again


async def test_one_of_two_who_wait_for_the_same_may_leave(shared: Printer) -> None:
    with held(shared):
        leaves, stays = await asked(shared, saying("à deux")), await asked(shared, saying("à deux"), "b")
        leaves.cancel()
        await asyncio.gather(leaves, return_exceptions=True)
    assert (await stays).content.startswith(b"%PDF")


async def test_an_account_that_asks_for_much_is_told_to_wait_and_another_is_served(shared: Printer) -> None:
    with held(shared):
        waiting = [await asked(shared, saying(f"{rank}"), "greedy") for rank in range(MOST_READINGS + 1)]
        with pytest.raises(TooManyOrders):
            await shared.print(saying("de trop"), account="greedy")
        other = await asked(shared, saying("autre"), "other")
    await other
    assert sum(task.done() for task in waiting) <= 2
    await asyncio.gather(*waiting)


async def test_that_a_report_is_too_long_is_known_the_second_time() -> None:
    readings, made = Readings(), 0

    async def make() -> PrintedReport:
        nonlocal made
        made += 1
        raise TooLong

    for _ in range(2):
        with pytest.raises(TooLong):
            await readings.once(b"order", make)
    assert made == 1

"""Seats for exports: few, and shared."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from web.seats import NoSeat, Seats


async def seated(seats: Seats, account: str, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(seats.taken(account, seconds=5))


async def test_an_account_takes_no_more_than_its_share_and_another_sits_at_once() -> None:
    seats = Seats(4, share=2, most_waiting=3)
    async with AsyncExitStack() as greedy, AsyncExitStack() as other:
        for _ in range(2):
            await seated(seats, "greedy", greedy)
        waiting = asyncio.create_task(seated(seats, "greedy", greedy))
        await asyncio.sleep(0)
        await seated(seats, "other", other)
        assert not waiting.done()
        await greedy.aclose()
        await waiting


async def test_those_who_wait_are_called_one_of_each_account_in_turn() -> None:
    seats, order = Seats(1, share=1, most_waiting=9), []

    async def come(account: str) -> None:
        async with seats.taken(account, seconds=5):
            order.append(account)

    async with seats.taken("first", seconds=5):
        tasks = [asyncio.create_task(come(account)) for account in ("a", "a", "a", "b", "c", "b")]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert order == ["a", "b", "c", "a", "b", "a"]


async def test_an_account_with_many_waiting_is_refused() -> None:
    seats = Seats(1, share=1, most_waiting=2)
    async with seats.taken("a", seconds=5):
        waiting = [asyncio.create_task(seats.taken("a", seconds=5).__aenter__()) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(NoSeat):
            async with seats.taken("a", seconds=5):
                pass
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_whoever_waits_too_long_or_leaves_holds_nothing() -> None:
    seats = Seats(1, share=1, most_waiting=2)
    async with seats.taken("a", seconds=5):
        with pytest.raises(TimeoutError):
            async with seats.taken("b", seconds=0):
                pass
        leaving = asyncio.create_task(seats.taken("b", seconds=5).__aenter__())
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
    async with seats.taken("c", seconds=0.5):
        pass


async def test_a_seat_given_to_a_client_that_leaves_at_that_moment_goes_to_the_next() -> None:
    seats = Seats(1, share=1, most_waiting=1)
    async with AsyncExitStack() as stack:
        async with seats.taken("a", seconds=5):
            called = asyncio.create_task(seated(seats, "b", stack))
            await asyncio.sleep(0)
        called.cancel()
        await asyncio.gather(called, return_exceptions=True)
        async with seats.taken("c", seconds=5):
            pass

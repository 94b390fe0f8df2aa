"""A loop in the background: it tells its faults, goes on, and says how it fares."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from service.telling import Teller
from supervision.attempts import attempted
from supervision.loops import FIRST_PAUSE, PATIENCE_SECONDS, STEADY_SECONDS, Finished, Loop, Loops, StoppedShort

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 20


def failing(*faults: BaseException) -> tuple[Callable[[], object], asyncio.Event]:
    """A turn that fails in these ways, then gets on."""
    waiting, well = list(faults), asyncio.Event()

    async def turn() -> None:
        if waiting:
            raise waiting.pop(0)
        well.set()
        await asyncio.Event().wait()

    return turn, well


@pytest.mark.parametrize("fault", [KeyError("a"), RecursionError(), MemoryError(), asyncio.CancelledError()])
async def test_whatever_a_turn_raises_the_next_one_comes(fault: BaseException) -> None:
    told: list[tuple[str, Exception]] = []
    turn, well = failing(fault)
    async with Loops(lambda name, fault, _: told.append((name, fault))).running("one", turn):  # type: ignore[arg-type]
        await asyncio.wait_for(well.wait(), SECONDS)

    ((name, as_told),) = told
    assert name == "one"
    assert isinstance(as_told, StoppedShort if isinstance(fault, asyncio.CancelledError) else type(fault))


async def test_who_cannot_be_told_stops_nothing() -> None:
    def deaf(*_: object) -> None:
        raise BrokenPipeError

    turn, well = failing(ValueError())
    async with Loops(deaf).running("one", turn):  # type: ignore[arg-type]
        await asyncio.wait_for(well.wait(), SECONDS)


async def test_pauses_grow_with_faults_in_a_row_and_begin_again_after_a_good_turn() -> None:
    pauses: list[float] = []
    turn, well = failing(ValueError(), ValueError(), ValueError())
    async with Loops(lambda *told: pauses.append(told[2])).running("one", turn, longest_pause=0.3):  # type: ignore[arg-type]
        await asyncio.wait_for(well.wait(), SECONDS)

    assert pauses == [FIRST_PAUSE, 0.3, 0.3]
    loop = Loop("one")
    for second in range(3):
        loop.fails(second)
    assert loop.pause(longest=99) == FIRST_PAUSE * 4
    loop.succeeds()
    loop.fails(9)
    assert loop.pause(longest=99) == FIRST_PAUSE


def test_a_loop_is_in_trouble_when_it_fails_for_longer_than_an_election_and_not_when_it_lasts() -> None:
    loop = Loop("one")
    loop.begins(0)
    loop.fails(1)
    assert not loop.in_trouble(1 + PATIENCE_SECONDS)
    assert loop.in_trouble(1.1 + PATIENCE_SECONDS)
    loop.begins(10)
    assert loop.in_trouble(11)
    assert not loop.in_trouble(10.1 + STEADY_SECONDS)


async def test_a_loop_that_has_ended_is_in_trouble() -> None:
    async def turn() -> None:
        raise Finished

    loops = Loops()
    async with loops.running("one", turn) as task:
        assert loops.in_trouble() == []
        await asyncio.wait([task])
        assert loops.in_trouble() == ["one"]
    assert loops.in_trouble() == []


async def test_a_loop_that_is_left_ends_at_once_in_the_middle_of_a_pause_too() -> None:
    told = asyncio.Event()
    turn, _ = failing(*[ValueError()] * 100)
    async with asyncio.timeout(SECONDS):
        async with Loops(lambda *_: told.set()).running("one", turn) as task:  # type: ignore[arg-type]
            await told.wait()
        assert task.cancelled()


async def test_figures_that_cannot_be_had_are_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from service import telling  # noqa: PLC0415 - its seconds are shortened
    from service.measuring import Meters  # noqa: PLC0415 - as the service does

    monkeypatch.setattr(telling, "SAMPLE_SECONDS", 0.01)
    faults: list[str] = []
    asked, again = [ValueError()], asyncio.Event()

    def subscribers() -> int:
        if asked:
            raise asked.pop()
        again.set()
        return 1

    teller = Teller(b"", Meters(named=False))
    loops = Loops(lambda name, *_: faults.append(name))
    async with teller.sampling(loops, subscribers=subscribers, backlog=lambda: 0):
        await asyncio.wait_for(again.wait(), SECONDS)
    assert faults == ["figures"]


def test_what_cannot_be_done_is_told_and_the_others_have_their_turn() -> None:
    told: list[Exception] = []
    assert [attempted(lambda text=text: int(text), told.append) for text in ("1", "two", "3")] == [1, None, 3]  # type: ignore[misc]
    assert len(told) == 1

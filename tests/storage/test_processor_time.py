"""Tasks that count for their account, and leave nothing behind when it is gone."""

from __future__ import annotations

import asyncio
import warnings
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
import uvloop

from engine.executors import compiled_executor, core_executor
from engine.operation import Request
from storage.asking import asking
from storage.processor_time import task_of_asker
from tests.engine.toy import graphql_schema
from tests.engine.world import World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from engine.executor import DocumentExecutor
    from engine.operation import Operation

T = TypeVar("T")

FRIENDS = "{ people { id friends { best { friend { id } } friend { id } } best { friends { friend { id } } id } } }"
STEPS = 24
"""More than the question takes."""


def asked_again(executor: DocumentExecutor) -> Operation:
    executor.prepare(Request(FRIENDS))
    return executor.prepare(Request(FRIENDS))


async def given_up(work: Callable[[], Awaitable[object]], steps: int) -> bool:
    """Begin for an account, and give up after so many steps; whether it was over before."""

    async def asked() -> None:
        with asking("a", 10):
            await work()

    task = asyncio.create_task(asked())
    for _ in range(steps):
        await asyncio.sleep(0)
    over = task.done()
    task.cancel()
    await asyncio.wait([task])
    return over


async def waited_no_time() -> None:
    """Wait as PyMongo does for what is over: the task is cancelled before its first step."""
    with asking("a", 10), pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.sleep(1), 0)


LOOPS = pytest.mark.parametrize("loop", [uvloop.new_event_loop, asyncio.new_event_loop])


@LOOPS
@pytest.mark.parametrize("executor", [compiled_executor, core_executor])
def test_a_question_that_is_given_up_at_any_step_forgets_no_coroutine(
    loop: Callable[[], asyncio.AbstractEventLoop], executor: Callable[..., DocumentExecutor]
) -> None:
    operation = asked_again(executor(graphql_schema))

    async def at_each_step() -> list[bool]:
        return [await given_up(lambda: operation.execute(World(4, 0.0)), steps) for steps in range(STEPS)]

    over, told = counted(loop, at_each_step())
    assert told == []
    assert (over[0], over[-1]) == (False, True)


@LOOPS
def test_what_is_cancelled_before_its_first_step_forgets_no_coroutine(
    loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    assert counted(loop, waited_no_time()) == (None, [])


def counted(loop: Callable[[], asyncio.AbstractEventLoop], work: Coroutine[Any, Any, T]) -> tuple[T, list[str]]:
    """Do what counts for its account; what it gave, and what Python told of it."""
    with warnings.catch_warnings(record=True) as told, asyncio.Runner(loop_factory=loop) as runner:
        warnings.simplefilter("always")
        runner.get_loop().set_task_factory(task_of_asker)
        done = runner.run(work)
    return done, [str(each.message) for each in told]

"""How long an operation takes the loop, in its own task and those that it starts.

On the loop it is counted by the clock: within a step nothing else runs there, so that all others wait as long. To ask
the system for the time of the thread costs thirty times as much, for each step of each task. Beside the loop, where
threads wait for one another, it is that time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from inspect import CORO_CREATED, getcoroutinelocals, getcoroutinestate
from time import perf_counter, thread_time
from types import CoroutineType
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from storage.asking import present_asker

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

    from storage.asking import Asker

T = TypeVar("T")


async def beside(call: Callable[[], T]) -> T:
    """Call in a thread beside the event loop; what it takes of the processor is added to its asker."""
    return await asyncio.to_thread(_counted, call)


def _counted(call: Callable[[], T]) -> T:
    asker, begun = present_asker(), thread_time()
    try:
        return call()
    finally:
        if asker is not None:
            asker.own_seconds += thread_time() - begun


class Worked:
    """Awaits something, step by step, and adds the time of each step to its asker."""

    __slots__ = ("_asker", "_awaited")

    def __init__(self, awaited: Awaitable[T], asker: Asker) -> None:
        self._awaited = awaited
        self._asker = asker

    def __await__(self) -> Generator[Any, Any, Any]:
        steps: Any = self._awaited.__await__()
        send, value = steps.send, None
        while True:
            begun = perf_counter()
            try:
                waited_for = send(value)
            except StopIteration as done:
                return done.value
            finally:
                value = None  # what is raised has this frame in its traceback: with itself in it, that is a circle
                self._asker.own_seconds += perf_counter() - begun
            try:
                send, value = steps.send, (yield waited_for)
            except BaseException as error:  # noqa: BLE001 - whatever it is, it is thrown where it was waited for
                send, value = steps.throw, error
            waited_for = None  # as above: what is raised was kept by what was waited for


class _Steps(Coroutine[Any, Any, Any]):
    """The coroutine of a task, the time of each of whose steps is added to its asker.

    A task that is cancelled before its first step is left with its coroutine as it was: so are thousands when many
    clients leave at once. What that coroutine was to await is closed, or the log would say that it was forgotten.
    """

    __slots__ = ("_asker", "_coroutine")

    def __init__(self, coroutine: Coroutine[Any, Any, Any], asker: Asker) -> None:
        self._coroutine = coroutine
        self._asker = asker

    def send(self, value: Any, /) -> Any:  # noqa: ANN401 - as asyncio calls it
        """Take a step."""
        begun = perf_counter()
        try:
            return self._coroutine.send(value)
        finally:
            self._asker.own_seconds += perf_counter() - begun

    def throw(self, *error: Any) -> Any:  # noqa: ANN401 - as above
        """Take a step that begins with an error."""
        _close_awaited(self._coroutine)
        begun = perf_counter()
        try:
            return self._coroutine.throw(*error)
        finally:
            del error  # what is raised has this frame in its traceback: with itself in it, that is a circle
            self._asker.own_seconds += perf_counter() - begun

    def close(self) -> None:
        """End it."""
        _close_awaited(self._coroutine)
        self._coroutine.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return Worked(self._coroutine, self._asker).__await__()


def _close_awaited(coroutine: object) -> None:
    """Close the coroutines that one which has not begun was given to await, itself or in a list or dictionary."""
    if not _is_to_begin(coroutine):
        return
    for given in getcoroutinelocals(coroutine).values():
        several = given.values() if type(given) is dict else given if type(given) in (list, tuple) else (given,)
        for each in several:
            if _is_to_begin(each):
                _close_awaited(each)
                each.close()


def _is_to_begin(awaited: object) -> TypeGuard[CoroutineType[Any, Any, Any]]:
    return isinstance(awaited, CoroutineType) and getcoroutinestate(awaited) == CORO_CREATED


def task_of_asker(loop: asyncio.AbstractEventLoop, awaited: Any, **options: Any) -> asyncio.Task[Any]:  # noqa: ANN401 - as asyncio calls a task factory
    """Make a task (a loop's task factory). Its processor time is added to the asker of the task that makes it."""
    asker = present_asker()
    if asker is not None and asker.account is not None and asyncio.iscoroutine(awaited):
        awaited = _Steps(awaited, asker)
    return asyncio.Task(awaited, loop=loop, **options)

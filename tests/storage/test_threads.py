"""The threads in which Motor waits, and the calls that wait for one."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from storage.threads import FairThreads

if TYPE_CHECKING:
    from concurrent.futures import Future


def test_calls_that_are_given_up_before_their_turn_do_not_pile_up() -> None:
    threads, release = FairThreads(2, 1), Event()
    held = threads.submit("a", release.wait)
    waiting: list[Future[object]] = [threads.submit("a", lambda: None) for _ in range(100)]
    last = threads.submit("a", lambda: "answered")

    try:
        assert threads.waiting == 101
        for call in waiting:
            call.cancel()
        assert threads.waiting == 1
    finally:
        release.set()  # a thread that is held holds the end of the tests
    assert held.result(10)
    assert last.result(10) == "answered"
    assert threads.waiting == 0

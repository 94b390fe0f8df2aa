"""The service with a watch on its event loop: `python -m bench.turns serve …` is main.py, and tells its long turns.

A turn is what the loop does before it looks again for what has come: everybody waits for its end. It is told in
processor time of the loop's thread, which other work on the machine does not make longer: a line for each, when it
ended and how long it took, in seconds, in the file that `TURNS` names.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from time import monotonic, thread_time
from typing import TYPE_CHECKING

import uvloop

from main import main

if TYPE_CHECKING:
    import asyncio

_EACH = 0.001
_LONG = 0.004
"""Seconds: a shorter turn is not told."""
_make_loop = uvloop.new_event_loop


def longest(file: Path, begin: float, end: float) -> float:
    """Return the longest turn that ended between two readings of the monotonic clock, in milliseconds."""
    told = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
    return max((float(took) for ended, took in told if begin <= float(ended) <= end), default=0.0) * 1000


def watched_loop() -> asyncio.AbstractEventLoop:
    """Make the loop of the service, which looks at its own turns."""
    loop = _make_loop()
    told = Path(os.environ["TURNS"]).open("a", buffering=1)  # noqa: SIM115 - open as long as the process

    def look(before: float) -> None:
        now = thread_time()
        if now - before > _LONG:
            told.write(f"{monotonic()} {now - before}\n")
        loop.call_later(_EACH, look, thread_time())

    loop.call_soon(lambda: look(thread_time()))
    return loop


if __name__ == "__main__":
    uvloop.new_event_loop = watched_loop  # type: ignore[assignment]
    sys.exit(main())

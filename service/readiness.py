"""Whether this process can do its work; where it cannot, what is wrong, by name and in a sentence."""

from __future__ import annotations

import shutil
from tempfile import gettempdir
from typing import TYPE_CHECKING

from storage.health import LEAST_FREE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from supervision.loops import Loops


async def problems(database: Callable[[], Awaitable[str | None]], loops: Loops) -> dict[str, str]:
    """Name what is wrong: the database, as `database` tells it, and each loop that does not get on."""
    found = {}
    if problem := await database():
        found["database"] = problem
    if shutil.disk_usage(gettempdir()).free < LEAST_FREE:
        found["disk"] = f"The disk of {gettempdir()}, in which documents are made, is full: make room."
    if stuck := loops.in_trouble():
        found["loops"] = f"What runs in the background does not get on: {', '.join(stuck)}."
    return found

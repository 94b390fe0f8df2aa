"""Whether this process can do its work; where it cannot, what is wrong, by name and in a sentence."""

from __future__ import annotations

import shutil
from contextlib import suppress
from tempfile import gettempdir
from typing import TYPE_CHECKING

from storage.data_directory import loss_of
from storage.health import LEAST_FREE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from supervision.loops import Loops


async def problems(
    database: Callable[[], Awaitable[str | None]], loops: Loops, data_dir: Path | None = None
) -> dict[str, str]:
    """Name what is wrong: the database, as `database` tells it, and each loop that does not get on.

    `data_dir` is where the embedded server keeps its data; None where there is none.
    """
    found = {}
    if problem := await database():
        found["database"] = problem
    if data_dir is not None and (loss := loss_of(data_dir)):
        found["data"] = loss
    if full := " ".join(_full_disks(data_dir)):
        found["disk"] = full
    if stuck := loops.in_trouble():
        found["loops"] = f"What runs in the background does not get on: {', '.join(stuck)}."
    return found


def _full_disks(data_dir: Path | None) -> Iterator[str]:
    if shutil.disk_usage(gettempdir()).free < LEAST_FREE:
        yield f"The disk of {gettempdir()}, in which documents are made, is full: make room."
    with suppress(OSError):  # what is gone is told as such
        if data_dir is not None and shutil.disk_usage(data_dir).free < LEAST_FREE:
            yield f"The disk of {data_dir}, on which the database lies, is full: make room."

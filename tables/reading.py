"""Reads a filled template in a process of its own, as a small file can take minutes and gigabytes to read."""

from __future__ import annotations

import asyncio
import os
import pickle
import resource
import sys
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

from domain.errors import NotATemplate
from tables.filled import filled_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from tables.filled import FilledRow

SECONDS = 8
"""How much processor time reading a file may take; a file of a thousand rows takes 2 seconds."""
_PATIENCE_SECONDS = 60
_MEMORY = 1 << 30
"""How much address space the process may have, in bytes."""
_HOUSE = Path(__file__).parent.parent
_KEPT = ("PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR", "LANG", "LC_ALL")
"""The environment that the process inherits: no setting of the service, and so none of its secrets."""


async def rows_read_apart(content: bytes, *, on_worked: Callable[[float], None]) -> list[FilledRow]:
    """Return the rows of a file; `on_worked` is called with the processor seconds that reading took.

    Raises NotATemplate as `filled_rows` does, and for a file that takes more than SECONDS of processor time, a minute
    in all, or the memory of the process.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tables.reading", str(SECONDS)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=_HOUSE,
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
    )
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            answer, _ = await process.communicate(content)
    except TimeoutError:
        answer = b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    seconds, read = pickle.loads(answer) if answer else (SECONDS, None)  # noqa: S301 - our own process wrote it
    on_worked(seconds)
    if isinstance(read, NotATemplate):
        raise read
    if read is None:
        raise NotATemplate("Ce fichier est trop long à lire : déposez le modèle rempli, et lui seul.")
    rows: list[FilledRow] = read
    return rows


def _answer(content: bytes) -> bytes:
    read: Any
    try:
        read = filled_rows(content)
    except NotATemplate as refused:
        read = refused
    except MemoryError:
        read = None
    return pickle.dumps((process_time(), read))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)  # below the service's own priority: a request for a page is answered first
    sys.stdout.buffer.write(_answer(sys.stdin.buffer.read()))

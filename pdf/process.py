"""One worker process seen from the service: started, asked, stopped, replaced."""

from __future__ import annotations

import asyncio
import os
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pdf import fonts

if TYPE_CHECKING:
    from pdf.order import SealFile

_SIZE = struct.Struct(">I")
_HOUSE = Path(__file__).parent.parent
_KEPT = ("PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR", "XDG_CACHE_HOME", "LANG", "LC_ALL")
"""The environment of a worker: none of the service's settings, so none of its secrets."""


class WorkerDied(Exception):  # noqa: N818 - an event, not a fault of the caller
    """The process ended before it answered."""


class WorkerProcess:
    """A process that prints one order at a time; `answers` counts its documents."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.answers = 0

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def tell(self, message: bytes) -> None:
        """Send a message that has no answer."""
        if self._process.stdin is None:
            raise WorkerDied
        try:
            self._process.stdin.write(_SIZE.pack(len(message)) + message)
            await self._process.stdin.drain()
        except ConnectionError as error:
            raise WorkerDied from error

    async def ask(self, order: bytes) -> bytes:
        """Send an order and return its answer; WorkerDied when none will come."""
        answer = await self._exchange(order)
        self.answers += 1
        return answer

    async def _exchange(self, order: bytes) -> bytes:
        await self.tell(order)
        return await self.answer()

    async def answer(self) -> bytes:
        """Return the next answer."""
        if self._process.stdout is None:
            raise WorkerDied
        try:
            size = await self._process.stdout.readexactly(_SIZE.size)
            return await self._process.stdout.readexactly(_SIZE.unpack(size)[0])
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise WorkerDied from error

    async def stop(self) -> None:
        """End the process, at once: it holds nothing that has to be kept."""
        if self.alive:
            self._process.kill()
        if self._process.stdin:
            self._process.stdin.close()
        await self._process.wait()


async def started(memory: int, seal: SealFile | None) -> WorkerProcess:
    """Start a worker and wait until it is warm; `memory` in bytes of address space. WorkerDied when it cannot.

    What it seals with goes through the pipe: neither its arguments nor its environment are to tell a password.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "pdf.worker", str(os.getpid()), str(memory)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=_HOUSE,
        env={name: os.environ[name] for name in _KEPT if name in os.environ} | fonts.environment(),
    )
    worker = WorkerProcess(process)
    try:
        await worker.tell(seal.model_dump_json().encode() if seal else b"")
        await worker.answer()
    except BaseException:
        await worker.stop()
        raise
    return worker

"""What is done to the service and its database while people work: each a function of what runs, and of seconds."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import signal
import struct
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pymongo import MongoClient
from pymongo.errors import PyMongoError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from tests.cluster import Cluster, Member

    Fault = Callable[["Target", float], Awaitable[None]]

EVERY_SECONDS = 10
SOCKETS = 10_000
SCARCE = 64 << 20
HOUR = 3_600
_HOLD = """
import socket, sys
kept = []
for _ in range(int(sys.argv[2])):
    try:
        kept.append(socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10))
    except OSError:
        break
print(len(kept), flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Target:
    """Three members, and a service of two workers."""

    trio: Cluster
    service: int
    """Its process, the parent of the workers."""
    port: int
    temporary: Path
    """Where the service keeps what it works at."""
    clock: Path
    """What a clock is off by, as clock.c reads it."""


async def killed_primaries(target: Target, seconds: float) -> None:
    """Kill -9 of whichever is primary, started again, every ten seconds."""
    await _every(seconds, lambda: _kill_and_start(target.trio))


async def primary_steps_down(target: Target, seconds: float) -> None:
    """The primary is told to step down every ten seconds."""
    await _every(seconds, lambda: _step_down(target.trio))


async def frozen_primary(target: Target, seconds: float) -> None:
    """The primary stops for the whole time (SIGSTOP), as a machine does whose disk hangs."""
    primary = await target.trio.primary()
    primary.signal(signal.SIGSTOP)
    await asyncio.sleep(seconds)
    primary.signal(signal.SIGCONT)


async def frozen_database(target: Target, seconds: float) -> None:
    """All three members stop for the whole time."""
    for member in target.trio.members:
        member.signal(signal.SIGSTOP)
    await asyncio.sleep(seconds)
    for member in target.trio.members:
        member.signal(signal.SIGCONT)


async def slow_member(target: Target, seconds: float) -> None:
    """One secondary answers two seconds late all the time."""
    primary = await target.trio.whole()
    slow = next(member for member in target.trio.members if member is not primary)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        slow.signal(signal.SIGSTOP)
        await asyncio.sleep(2)
        slow.signal(signal.SIGCONT)
        await asyncio.sleep(0.1)


async def full_disk(target: Target, seconds: float) -> None:
    """The disk of one member is full until it is emptied, and the member started again."""
    full = target.trio.members[0]
    with filled(full.directory):
        await asyncio.sleep(seconds)
    full.kill()
    full.start()


async def full_temporary_disk(target: Target, seconds: float) -> None:
    """The disk on which the service makes its documents is full."""
    with filled(target.temporary):
        await asyncio.sleep(seconds)


async def killed_workers(target: Target, seconds: float) -> None:
    """Kill -9 of a worker of the two, drawn by lot, after pauses of half a second to ten."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if workers := children(target.service):
            _signalled(random.choice(workers), signal.SIGKILL)  # noqa: S311 - no secret
        await asyncio.sleep(random.uniform(0.5, 10))  # noqa: S311 - as above


async def exhausted_printers(target: Target, seconds: float) -> None:
    """No process that prints may have more memory (64 MiB), those that are started for it neither."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for worker in children(target.service):
            for printer in children(worker):
                with suppress(ProcessLookupError):
                    resource.prlimit(printer, resource.RLIMIT_AS, (SCARCE, SCARCE))
        await asyncio.sleep(0.2)


async def clock_set_back(target: Target, seconds: float) -> None:
    """The clock of the service's machine is set back an hour, and forward again at the end."""
    put_clock(target.clock, -HOUR)
    await asyncio.sleep(seconds)
    put_clock(target.clock, 0)


async def clocks_of_members_set_back(target: Target, seconds: float) -> None:
    """The clocks of all three members are set back an hour, and forward again at the end."""
    put_clock(target.clock, -HOUR)
    await asyncio.sleep(seconds)
    put_clock(target.clock, 0)


async def closed_sockets(target: Target, seconds: float) -> None:
    """Ten thousand idle connections are opened, and closed at once by the end of their process; again and again."""
    await _every(seconds, lambda: _open_and_close(target.port))


@contextmanager
def filled(directory: Path) -> Iterator[None]:
    """Leave no byte free on a disk for the time of the block."""
    filling = directory / "filling"
    with suppress(OSError), filling.open("wb") as file:
        while True:
            file.write(b"x" * 1_000_000)
    yield
    filling.unlink(missing_ok=True)


def put_clock(file: Path, seconds: int) -> None:
    """Have the clocks that look into a file be off by so many seconds; it is written in place, as it is mapped."""
    with file.open("r+b" if file.exists() else "wb") as off:
        off.write(struct.pack("=q", seconds))


def children(process: int) -> list[int]:
    """Give the processes of Python that one has started, those that only count what others hold left out."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == process and b"resource_tracker" not in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


async def _every(seconds: float, act: Callable[[], Awaitable[None]]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await act()
        await asyncio.sleep(min(EVERY_SECONDS, max(0.0, until - time.monotonic())))


async def _kill_and_start(trio: Cluster) -> None:
    primary = await trio.primary()
    primary.kill()
    await asyncio.sleep(1)
    primary.start()


async def _step_down(trio: Cluster) -> None:
    await asyncio.to_thread(_told_to_step_down, await trio.primary())


def _told_to_step_down(member: Member) -> None:
    with suppress(PyMongoError), MongoClient(f"mongodb://{member.address}/?directConnection=true") as client:
        client.admin.command("replSetStepDown", 20, secondaryCatchUpPeriodSecs=5)


async def _open_and_close(port: int) -> None:
    holding = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _HOLD, str(port), str(SOCKETS),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    if holding.stdout:
        await holding.stdout.readline()  # all are open
    holding.kill()
    await holding.wait()


def _signalled(process: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, number)

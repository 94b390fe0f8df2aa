"""Injects faults under sixteen writers and a follower; the judge is a file outside the database. Prints a table.

    python -m bench.faults --seconds 60            all of them
    python -m bench.faults --only frozen-primary

Three members on this machine. What is acknowledged and then lost, doubled, or not told makes the status 1.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from pdf.printer import Printer
from storage.client import close_database, open_database
from tests.cluster import Cluster, Member, cluster
from tests.delivery.desk import desk_on, prepared
from tests.delivery.failover import Journal, Trial, trial, verdict

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Fault = Callable[[Cluster, float], Awaitable[None]]

EVERY_SECONDS = 10
BEFORE = 5
"""Transmissions before a fault."""
SMALL_DISK = "600m"


async def killed_primaries(trio: Cluster, seconds: float) -> None:
    """Kill -9 of whichever is primary, started again, every ten seconds."""
    await _every(seconds, lambda: _kill_and_start(trio))


async def frozen_primary(trio: Cluster, seconds: float) -> None:
    """Whichever is primary stops for the whole time (SIGSTOP), as a machine does whose disk hangs."""
    primary = await trio.primary()
    primary.signal(signal.SIGSTOP)
    await asyncio.sleep(seconds)
    primary.signal(signal.SIGCONT)


async def frozen_database(trio: Cluster, seconds: float) -> None:
    """All three members stop for the whole time."""
    for member in trio.members:
        member.signal(signal.SIGSTOP)
    await asyncio.sleep(seconds)
    for member in trio.members:
        member.signal(signal.SIGCONT)


async def primary_steps_down(trio: Cluster, seconds: float) -> None:
    """The primary is told to step down every ten seconds."""
    await _every(seconds, lambda: _step_down(trio))


async def slow_member(trio: Cluster, seconds: float) -> None:
    """One secondary answers two seconds late all the time."""
    primary = await trio.whole()
    slow = next(member for member in trio.members if member is not primary)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        slow.signal(signal.SIGSTOP)
        await asyncio.sleep(2)
        slow.signal(signal.SIGCONT)
        await asyncio.sleep(0.1)


async def full_disk(trio: Cluster, seconds: float) -> None:
    """The disk of one member is full until it is emptied, and the member started again."""
    full = trio.members[0]
    filling = full.directory / "filling"
    with suppress(OSError), filling.open("wb") as file:
        while True:
            file.write(b"x" * 1_000_000)
    await asyncio.sleep(seconds)
    filling.unlink(missing_ok=True)
    full.kill()
    full.start()


FAULTS: dict[str, Fault] = {
    function.__name__.replace("_", "-"): function
    for function in (killed_primaries, primary_steps_down, frozen_primary, frozen_database, slow_member, full_disk)
}


async def run(names: list[str], seconds: float) -> int:
    say("| fault | acknowledged | transmitted | told | told to come back | longest gap | lost, doubled or missed |")
    say("|---|---|---|---|---|---|---|")
    status = 0
    for name in names:
        status |= await _injected(FAULTS[name], seconds)
    return status


async def _injected(fault: Fault, seconds: float) -> int:
    with tempfile.TemporaryDirectory() as directory, SmallDisk(Path(directory), wanted=fault is full_disk) as there:
        if not there:
            say(f"| {_told(fault)} | not tried: a file system cannot be mounted here | | | | | |")
            return 0
        journal = Journal(Path(directory, "journal"))
        async with cluster(Path(directory)) as trio, Printer() as printer:
            database = open_database(trio.url, driver="motor")
            await prepared(database)
            async with desk_on(database, printer) as desk, trial(desk, database, journal) as under_way:
                await under_way.until(lambda: under_way.sent >= BEFORE)
                journal.longest_gap = 0.0
                await fault(trio, seconds)
                await _recovered(trio, under_way)
            found, acknowledged = await verdict(journal, database, under_way.events), len(journal.entries())
            await close_database(database)
    say(
        f"| {_told(fault)} | {acknowledged} | {under_way.sent} | {len(under_way.events)} | "
        f"{under_way.interrupted} | {journal.longest_gap:.1f} s | {found or 'nothing'} |"
    )
    return int(bool(found))


def _told(fault: Fault) -> str:
    return (fault.__doc__ or "").rstrip(".")


async def _recovered(trio: Cluster, under_way: Trial) -> None:
    await trio.whole()
    after = under_way.sent
    await under_way.until(lambda: under_way.sent >= after + 5)


class SmallDisk:
    """Mount a small file system for the first member for the time of the block; false where that may not be."""

    def __init__(self, directory: Path, *, wanted: bool) -> None:
        self._place = directory / "0"
        self._wanted = wanted
        self._mounted = False

    def __enter__(self) -> bool:
        if not self._wanted:
            return True
        self._place.mkdir()
        mount = [shutil.which("mount") or "mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs"]
        done = subprocess.run([*mount, str(self._place)], check=False)  # noqa: S603 - our own command
        self._mounted = done.returncode == 0
        return self._mounted

    def __exit__(self, *_: object) -> None:
        if self._mounted:
            unmount = [shutil.which("umount") or "umount", "--lazy"]
            subprocess.run([*unmount, str(self._place)], check=False)  # noqa: S603 - our own command


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


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--only", choices=FAULTS, action="append")
    parsed = parser.parse_args()
    sys.exit(asyncio.run(run(parsed.only or list(FAULTS), parsed.seconds)))

"""Injects faults under sixteen writers and a follower; the judge is a file outside the database. Prints a table.

    python -m bench.faults                         all of them, each as long as its promise says: half an hour
    python -m bench.faults --seconds 15            each for 15 seconds
    python -m bench.faults --only frozen-primary

Three members and a service of two workers on this machine, asked over HTTP. What is acknowledged and then lost,
doubled, or not told makes the status 1; so does an answer that no client may get (500, or one that does not say when
to come back). A clock is set back where there is a C compiler, a disk filled where one may mount.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from bench import injections
from bench.injections import Target, put_clock
from bench.outside import SETTINGS, outside, ready
from credentials.identifiers import KEY_BYTES, SealedIdentifiers
from domain.global_id import seal_with
from storage.client import close_database, open_database
from storage.installation import identifier_key
from storage.verify import problems_of
from tests.cluster import cluster
from tests.delivery.failover import Journal, trial, verdict
from tests.hostile.process import ROOT, process_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bench.injections import Fault
    from bench.outside import Outside
    from tests.delivery.failover import Trial

BEFORE = 5
"""Transmissions before a fault, and after it."""
SMALL_DISK = "600m"
MINUTE = 60.0
FAULTS: dict[Fault, float] = {
    injections.killed_primaries: MINUTE,
    injections.primary_steps_down: 10 * MINUTE,
    injections.frozen_primary: MINUTE,
    injections.frozen_database: MINUTE,
    injections.slow_member: MINUTE,
    injections.full_disk: MINUTE,
    injections.killed_workers: 10 * MINUTE,
    injections.full_temporary_disk: MINUTE,
    injections.exhausted_printers: MINUTE,
    injections.clock_set_back: MINUTE,
    injections.clocks_of_members_set_back: MINUTE,
    injections.closed_sockets: MINUTE,
}
NAMES = {fault.__name__.replace("_", "-"): fault for fault in FAULTS}
CLOCK = Path(__file__).with_name("clock.c")
HEAD = (
    "| fault | s | acknowledged | transmitted | told | told to come back | `/readyz` | longest gap | lost, doubled, "
    "missed, or answered as nobody may be |"
)


@dataclass
class Watching:
    """What `/readyz` says meanwhile, and how long it takes at most."""

    slowest: float = 0.0
    named: set[str] = field(default_factory=set)

    async def ask(self, url: str) -> None:
        async with httpx.AsyncClient(timeout=30) as http:
            while True:
                began = time.monotonic()
                try:
                    answer = (await http.get(f"{url}/readyz")).json()
                    self.named |= set(answer.get("problems", {}))
                    self.slowest = max(self.slowest, time.monotonic() - began)
                except httpx.TransportError:
                    self.named.add("away")
                await asyncio.sleep(0.5)

    def __str__(self) -> str:
        return f"{', '.join(sorted(self.named)) or 'ready'}; {self.slowest:.1f} s"


async def run(names: list[str], seconds: float | None) -> int:
    say(HEAD)
    say("|" + "---|" * (HEAD.count("|") - 1))
    status = 0
    for name in names:
        fault = NAMES[name]
        status |= await _injected(fault, seconds or FAULTS[fault])
    return status


async def _injected(fault: Fault, seconds: float) -> int:
    with tempfile.TemporaryDirectory() as named:
        directory, journal, watching = Path(named), Journal(Path(named, "journal")), Watching()
        async with AsyncExitStack() as stack:
            try:
                target = await stack.enter_async_context(_running(fault, directory))
            except _NotHere as why:
                say(f"| {_told(fault)} | not tried: {why} |" + " |" * (HEAD.count("|") - 3))
                return 0
            url = f"http://127.0.0.1:{target.port}"
            await ready(url)
            database = open_database(target.trio.url, driver="motor")
            stack.push_async_callback(close_database, database)
            seal_with(SealedIdentifiers(await identifier_key(database, b"-" * KEY_BYTES)))
            office = await stack.enter_async_context(outside([url], database))
            async with trial(office, journal) as under_way:
                await under_way.until(lambda: under_way.sent >= BEFORE)
                journal.longest_gap = 0.0
                looking = asyncio.create_task(watching.ask(url))
                await fault(target, seconds)
                await _recovered(target, under_way)
                looking.cancel()
            found = [*await verdict(journal, database, under_way.events), *map(str, office.odd.items())]
            found += [each async for each in problems_of(database)]
        _tell(fault, seconds, journal, under_way, office, watching, found)
        return int(bool(found))


def _tell(
    fault: Fault,
    seconds: float,
    journal: Journal,
    under_way: Trial,
    office: Outside,
    watching: Watching,
    found: list[str],
) -> None:
    say(
        f"| {_told(fault)} | {seconds:.0f} | {len(journal.entries())} | {under_way.sent} | {len(under_way.events)} | "
        f"{under_way.interrupted} | {watching} | {journal.longest_gap:.1f} s | {'; '.join(found[:5]) or 'nothing'} |"
    )
    sys.stderr.write(f"answers: {dict(office.answered)}\n")


def _told(fault: Fault) -> str:
    return (fault.__doc__ or "").rstrip(".")


async def _recovered(target: Target, under_way: Trial) -> None:
    await target.trio.whole()
    after = under_way.sent
    await under_way.until(lambda: under_way.sent >= after + BEFORE)


class _NotHere(Exception):  # noqa: N818 - a fault that this machine does not let be injected
    """Why."""


@asynccontextmanager
async def _running(fault: Fault, directory: Path) -> AsyncIterator[Target]:
    """Run the database and the service, with what the fault needs."""
    clock, temporary, kept = directory / "clock", directory / "temporary", directory / "0"
    put_clock(clock, 0)
    for place in (temporary, kept, directory / "service"):
        place.mkdir()
    ours, members = {"TMPDIR": str(temporary)}, dict[str, str]()
    if fault is injections.clock_set_back:
        ours |= _with_clock(directory, clock)
    if fault is injections.clocks_of_members_set_back:
        members |= _with_clock(directory, clock)
    small = {injections.full_disk: kept, injections.full_temporary_disk: temporary}.get(fault)
    with _small_disk(small):
        async with (
            cluster(directory, environment=members) as trio,
            process_of(
                ROOT, directory / "service", ["--workers", "2"], {"MONGODB_URL": trio.url, **SETTINGS}, **ours
            ) as served,
        ):
            yield Target(trio, served.running.pid, int(served.url.rpartition(":")[2]), temporary, clock)


def _with_clock(directory: Path, clock: Path) -> dict[str, str]:
    """Give what a process needs for its clock to be put by a file."""
    compiler, library = shutil.which("cc"), directory / "clock.so"
    if compiler is None:
        raise _NotHere("there is no C compiler here")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(CLOCK), "-ldl"], check=True)  # noqa: S603
    return {"LD_PRELOAD": str(library), "CLOCK_OFF": str(clock)}


@contextmanager
def _small_disk(place: Path | None) -> Iterator[None]:
    """Mount a small file system for the time of the block."""
    if place is None:
        yield
        return
    mount = [shutil.which("mount") or "mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs"]
    if subprocess.run([*mount, str(place)], check=False).returncode:  # noqa: S603 - our own command
        raise _NotHere("a file system cannot be mounted here")
    try:
        yield
    finally:
        unmount = [shutil.which("umount") or "umount", "--lazy"]
        subprocess.run([*unmount, str(place)], check=False)  # noqa: S603 - our own command


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, help="of each, instead of what its promise says")
    parser.add_argument("--only", choices=NAMES, action="append")
    parsed = parser.parse_args()
    sys.exit(asyncio.run(run(parsed.only or list(NAMES), parsed.seconds)))

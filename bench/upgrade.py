"""Upgrades a service under sixteen writers and a follower, a machine at a time, and back: two releases, one database.

    git worktree add /tmp/old v1.0.0                          any commit whose shape of the database is known here
    python -m bench.upgrade /tmp/old                          to this checkout
    python -m bench.upgrade /tmp/old --to /tmp/new --transmissions 100

A checkout is run by its own `.venv` where it has one, else by the Python that runs this. Plans are loaded by the old
release's `import`, and `migrate` of the new one runs beside the old one that serves, as docs/production.md says. Then
one of the two machines is stopped and started with the new release, then the other; at last both go back to the old
one, where it may work on the database that the new one has made. The judge is a file outside the database: what is
lost, doubled or not told makes the status 1.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from bench.outside import SETTINGS, outside, ready
from credentials.identifiers import KEY_BYTES, SealedIdentifiers
from domain.global_id import seal_with
from storage.client import close_database, open_database
from storage.installation import identifier_key
from storage.migrating import shape_of
from storage.verify import problems_of
from tests.cluster import cluster
from tests.delivery.desk import plan
from tests.delivery.failover import Journal, trial, verdict
from tests.hostile.process import ROOT, process_of, python_of

if TYPE_CHECKING:
    from storage.client import Database
    from tests.delivery.failover import Trial

PLANS = 5_000


@dataclass(frozen=True)
class Machine:
    """A place where a release serves."""

    port: int
    folder: Path
    stack: AsyncExitStack

    async def serve(self, release: Path, url: str) -> None:
        """Stop what serves here as a system does, then start a release."""
        await self.stack.aclose()
        served = process_of(release, self.folder, ["--port", str(self.port)], {"MONGODB_URL": url, **SETTINGS})
        await self.stack.enter_async_context(served)
        await ready(self.address)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


async def upgraded(old: Path, new: Path, transmissions: int, directory: Path) -> int:
    """Upgrade, print what each phase saw, judge."""
    async with AsyncExitStack() as stack:
        trio = await stack.enter_async_context(cluster(directory))
        database = open_database(trio.url, driver="motor")
        stack.push_async_callback(close_database, database)
        machines = [Machine(_free_port(), directory / f"machine{each}", AsyncExitStack()) for each in range(2)]
        for machine in machines:
            machine.folder.mkdir()
            stack.push_async_callback(machine.stack.aclose)
        feed = directory / "plans.jsonl"
        feed.write_bytes(b"".join(map(_line, range(1, PLANS + 1))))
        for machine in machines:
            await machine.serve(old, trio.url)
        await _command(old, trio.url, "import", "plans", str(feed), "--report", str(directory / "rejections"))
        seal_with(SealedIdentifiers(await identifier_key(database, b"-" * KEY_BYTES)))
        office = await stack.enter_async_context(outside([each.address for each in machines], None))
        say("| served by | acknowledged | transmitted | told | told to come back | longest gap |")
        say("|---|---|---|---|---|---|")
        journal = Journal(directory / "journal")
        before = await shape_of(database)
        async with trial(office, journal) as under_way:
            phases = _Phases(under_way, transmissions)
            await phases.seen("old, old")
            await _command(new, trio.url, "migrate")
            await phases.seen("old, old, after `migrate` of the new")
            for machine, what in zip(machines, ("new, old", "new, new"), strict=True):
                await machine.serve(new, trio.url)
                await phases.seen(what)
            await _command(new, trio.url, "migrate")
            settled = await shape_of(database)
            if settled.oldest <= before.number:
                for machine, what in zip(machines, ("old, new: back", "old, old: back"), strict=True):
                    await machine.serve(old, trio.url)
                    await phases.seen(what)
        odd = [*map(str, office.odd.items()), *([] if settled.settled else ["a migration that is not settled"])]
        return await _judged(journal, database, under_way, odd, dict(office.answered))


class _Phases:
    """Tells what was done while the same releases served."""

    def __init__(self, under_way: Trial, transmissions: int) -> None:
        self._trial, self._least, self._before = under_way, transmissions, (0, 0, 0, 0)

    async def seen(self, served_by: str) -> None:
        """Wait for so many transmissions, then say what came since the phase before."""
        under_way, upto = self._trial, self._trial.sent + self._least
        await under_way.until(lambda: under_way.sent >= upto)
        now = (len(under_way.journal.entries()), under_way.sent, len(under_way.events), under_way.interrupted)
        told = " | ".join(str(after - before) for after, before in zip(now, self._before, strict=True))
        say(f"| {served_by} | {told} | {under_way.journal.longest_gap:.1f} s |")
        self._before, under_way.journal.longest_gap = now, 0.0


async def _judged(
    journal: Journal, database: Database, under_way: Trial, odd: list[str], answered: dict[str, int]
) -> int:
    found = [*await verdict(journal, database, under_way.events), *odd]
    found += [each async for each in problems_of(database)]
    say(f"\nlost, doubled, missed, or answered as nobody may be: {'; '.join(found[:10]) or 'nothing'}")
    say(f"{len(journal.entries())} acknowledged, {under_way.sent} transmitted, {len(under_way.events)} told")
    say(f"answers: {answered}")
    return int(bool(found))


async def _command(release: Path, url: str, *arguments: str) -> None:
    running = await asyncio.create_subprocess_exec(
        python_of(release), "main.py", *arguments, cwd=release,
        env={**os.environ, "BILANS_MONGODB_URL": url, "PYTHONPATH": str(release)}, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    if status := await running.wait():
        raise SystemExit(f"{release}: {' '.join(arguments)} ended with status {status}.")


def _line(number: int) -> bytes:
    """A line of the plans feed, as of 1.0.0."""
    made = plan(number)
    line = {
        "id": made.id,
        "startsOn": made.starts_on,
        "endsOn": made.ends_on,
        "title": made.own_title,
        "funding": {"scheme": made.funding.scheme, "employmentServiceFunded": True},
        "jobSeeker": {"identifier": made.job_seeker.identifier, "lastName": "ADAM", "firstName": "Zoé"},
        "adviser": {"id": "A-1", "name": "A-1", "agency": "62001"},
        "organization": {"siret": made.organization.siret, "legalName": "FORMA", "address": {"city": "Arras"}},
    }
    return orjson.dumps(line) + b"\n"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path, help="checkout of the release that serves")
    parser.add_argument("--to", type=Path, default=ROOT, help="checkout of the one that it becomes [this one]")
    parser.add_argument("--transmissions", type=int, default=50, help="of each phase, at least [%(default)s]")
    parsed = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        sys.exit(asyncio.run(upgraded(parsed.old.resolve(), parsed.to.resolve(), parsed.transmissions, Path(place))))

"""Kills the primary of a replica set under sixteen writers, again and again; the judge is a file outside it.

    python -m bench.failover --kills 20

Prints how many writes were acknowledged, what was lost or doubled (nothing, or the status is 1), and the longest
time in which nothing was acknowledged.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from pdf.printer import Printer
from storage.client import close_database, open_database
from tests.cluster import Cluster, cluster
from tests.delivery.desk import desk_on, prepared
from tests.delivery.failover import Inside, Journal, Trial, trial, verdict


async def killed_once(trio: Cluster, under_way: Trial) -> float:
    """Kill the primary, let it come back; gives the gap that its loss made, in seconds."""
    under_way.journal.longest_gap = 0.0
    before = under_way.sent
    primary = await trio.whole()
    await under_way.until(lambda: under_way.sent >= before + 5)
    primary.kill()
    killed = under_way.sent
    await under_way.until(lambda: under_way.sent >= killed + 5)
    primary.start()
    return under_way.journal.longest_gap


async def run(kills: int, election_ms: int) -> int:
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        journal = Journal(Path(directory, "journal"))
        async with cluster(Path(directory), election_ms=election_ms) as trio, Printer() as printer:
            database = open_database(trio.url, driver="motor")
            await prepared(database)
            async with desk_on(database, printer) as desk, trial(Inside(desk, database), journal) as under_way:
                gaps = []
                for number in range(1, kills + 1):
                    gaps.append(await killed_once(trio, under_way))
                    say(f"kill {number}: {gaps[-1]:.2f} s without an acknowledgement, {under_way.sent} transmitted")
            found = await verdict(journal, database, under_way.events)
            await close_database(database)
        say(
            f"{kills} kills in {time.monotonic() - started:.0f} s (election after {election_ms} ms): "
            f"{len(journal.entries())} writes acknowledged, {under_way.sent} of them transmissions, "
            f"{len(under_way.events)} events, {under_way.interrupted} acts told to come back; "
            f"longest gap {max(gaps):.2f} s; lost or doubled: {found or 'nothing'}"
        )
    return 1 if found else 0


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--election-ms", type=int, default=1_000)
    parsed = parser.parse_args()
    sys.exit(asyncio.run(run(parsed.kills, parsed.election_ms)))

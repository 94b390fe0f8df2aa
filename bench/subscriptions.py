"""Five thousand subscribers on one worker: what an idle one weighs, what a delivery costs, how late an event is.

    python -m bench.subscriptions

Two crowds, one after the other. Silent: each subscriber is an adviser of their own and each event is for one of
them. Fan-out: all are staff of one organization, each with an account of their own, and each event
is for all, always of one person.
Memory is the worker's, processor time too (its threads included, the database's not); latency runs from the moment
when the transmission asks for its number to the arrival at the client, which shares its core with the whole crowd
and with the printing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING
from uuid import uuid4

from bench.crowd import Crowd
from bench.field import running
from bench.load import processor_seconds
from domain.access import Role
from pdf.printer import Printer
from service.composition import connect, prepare
from service.serving import database_url
from settings import Settings, read_settings
from storage.announcements import AnnouncementLog
from tests.delivery.desk import SIRET, Desk, desk_on, load, plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.client import Database

SELECTIONS = {
    "news": "id cursor occurredAt report { id transmittedAt jobSeeker { identifier lastName } plan { title } }",
    "with a link": "id cursor occurredAt report { id document { url } }",
}
SECONDS = 400
FILES_BESIDE = 500


class TimedLog(AnnouncementLog):
    """Notes when each plan asks for its number."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.asked: dict[str, float] = {}

    async def announce(self, plan_id: str) -> None:
        self.asked[plan_id] = time.perf_counter()
        await super().announce(plan_id)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subscribers", type=int, default=5_000, help="at once [%(default)s]")
    parser.add_argument("--events", type=int, default=10, help="of each kind [%(default)s]")
    parser.add_argument("--plain-engine", action="store_true", help="the worker runs graphql-core, to compare")
    parsed = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, parsed.subscribers + FILES_BESIDE), most))
    asyncio.run(_measure(parsed))
    return 0


async def _measure(parsed: argparse.Namespace) -> None:
    cores = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, {cores[-1]})
    settings = read_settings().model_copy(update={"mongodb_database": f"bench_subscribers_{uuid4().hex[:8]}"})
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(database_url(settings))
        database = connect(settings, url)
        await prepare(database)
        stack.push_async_callback(database.client.drop_database, database.name)
        printer = await stack.enter_async_context(Printer())
        desk = await stack.enter_async_context(desk_on(database, printer))
        log = TimedLog(database)
        desk.services = replace(desk.services, log=log)
        worker = await stack.enter_async_context(
            running(
                "plain" if parsed.plain_engine else "compiled", (cores[0], cores[-1]), _environment(settings, url)
            )
        )
        crowd = Crowd(worker.port, settings.development_secret())
        each = parsed.events
        await load(database, *(plan(number, adviser=f"B-{number}") for number in range(each)))
        about_one = plan(each).job_seeker
        others = range(each, each * (1 + len(SELECTIONS)))
        await load(database, *(plan(number).model_copy(update={"job_seeker": about_one}) for number in others))
        async with asyncio.timeout(SECONDS):
            await _silent(crowd, desk, log, worker.process, parsed.subscribers, range(each))
            for rank, name in enumerate(SELECTIONS):
                plans = others[rank * each : (rank + 1) * each]
                await _fan_out(crowd, desk, log, worker.process, parsed.subscribers, name, plans)


async def _silent(
    crowd: Crowd, desk: Desk, log: TimedLog, process: int, subscribers: int, plans: Sequence[int]
) -> None:
    async with crowd.subscribed([(Role.ADVISER, "B-0", "warm")] * 1, SELECTIONS["news"]):
        before = _memory(process)
    advisers = [(Role.ADVISER, f"B-{number}", f"b-{number}") for number in range(subscribers)]
    async with crowd.subscribed(advisers, SELECTIONS["news"]) as lines:
        each = (_memory(process) - before) / len(lines) / 1024
        late = []
        for number in plans:
            await desk.transmit(f"P-{number}")
            late += _late(log, number, [await lines[number].event()])
        say(f"silent: {len(lines)} subscribers, {each:.1f} KiB each while idle; {_spread(late)}")


async def _fan_out(
    crowd: Crowd,
    desk: Desk,
    log: TimedLog,
    process: int,
    subscribers: int,
    name: str,
    plans: Sequence[int],
) -> None:
    staff = [(Role.TRAINING_ORGANIZATION, SIRET, f"{name}-{number}") for number in range(subscribers)]
    async with crowd.subscribed(staff, SELECTIONS[name]) as lines:
        late, costs = [], []
        for number in plans:
            began = processor_seconds(process)
            await desk.transmit(f"P-{number}")
            late += _late(log, number, [await line.event() for line in lines])
            await asyncio.sleep(1)  # the trail is written within a second: it is part of the cost
            costs.append((processor_seconds(process) - began) / len(lines) * 1e6)
        say(
            f"fan-out, {name}: {len(lines)} subscribers, {median(costs[1:]):.1f} µs of processor a delivery, "
            f"{costs[0]:.1f} µs the first time that an account is told of a person (quota); {_spread(late)}"
        )


def _late(log: TimedLog, number: int, arrivals: list[float]) -> list[float]:
    return [(arrival - log.asked[f"P-{number}"]) * 1000 for arrival in arrivals]


def _spread(late: list[float]) -> str:
    cuts = quantiles(late, n=100)
    return f"late by {cuts[49]:.1f} ms (p50), {cuts[98]:.1f} ms (p99)"


def _memory(process: int) -> int:
    """Read what the process holds, in bytes, what it shares with others not counted."""
    kept = Path(f"/proc/{process}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in kept.splitlines() if line.startswith("Private_")) * 1024


def _environment(settings: Settings, url: str) -> dict[str, str]:
    return {
        "BILANS_MONGODB_URL": url,
        "BILANS_MONGODB_DATABASE": settings.mongodb_database,
        "BILANS_JWT_SECRET": settings.development_secret().decode(),
        "BILANS_LOG_FORMAT": "json",
    }


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

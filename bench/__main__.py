"""`python -m bench`: processor time per request of the five operations, beside others that give the same answers."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from contextlib import AsyncExitStack
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from bench.field import NAMES, Contender, present, running
from bench.load import Measure, load
from bench.operations import Operation, operations
from bench.stock import ASKED, EDITION, seed
from credentials.tokens import DevelopmentTokens
from domain.access import Role
from service.clock import present as clock
from service.composition import connect, prepare
from service.serving import database_url
from settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUR = timedelta(hours=1)
QUICK, WHOLE = 20_000, 200_000
Table = dict[tuple[str, str], list[Measure]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, 0."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--plans", type=int, default=WHOLE, help="size of the stock [%(default)s]")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} plans, one round of half a second")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds, of which the median counts")
    parser.add_argument("--seconds", type=float, default=3, help="length of a round [%(default)s]")
    parser.add_argument("--connections", type=int, default=8, help="that ask at once [%(default)s]")
    parser.add_argument("--only", nargs="*", default=[], help="names of operations")
    parser.add_argument("--against", nargs="*", choices=NAMES, default=NAMES, help="contenders [all]")
    parsed = parser.parse_args(arguments)
    if parsed.quick:
        parsed.plans, parsed.rounds, parsed.seconds = QUICK, 1, 0.5
    asyncio.run(_measure(parsed))
    return 0


async def _measure(parsed: argparse.Namespace) -> None:
    cores = sorted(os.sched_getaffinity(0))[:2]
    service_core, load_core = cores[0], cores[-1]
    os.sched_setaffinity(0, {load_core})
    settings = read_settings().model_copy(update={"mongodb_database": f"bench_{EDITION}_{parsed.plans}"})
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(database_url(settings))
        database = connect(settings, url)
        await prepare(database)
        await seed(database, parsed.plans)
        wanted = [each for each in await operations(database) if not parsed.only or each.name in parsed.only]
        environment = environment_of(settings, url)
        contenders = []
        for name in parsed.against:
            if present(name):
                pinned = running(name, (service_core, load_core), environment)
                contenders.append(await stack.enter_async_context(pinned))
        secret = DevelopmentTokens(settings.development_secret())
        token = secret.issue(Role.TRAINING_ORGANIZATION, ASKED, now=clock(), lifetime=HOUR)
        table = await _rounds(parsed, wanted, contenders, token)
        _print(table, wanted, contenders, parsed)


def environment_of(settings: Settings, url: str) -> dict[str, str]:
    """Give what a contender is told: the database of the settings, and no quota."""
    return {
        "BILANS_MONGODB_URL": url,
        "BILANS_MONGODB_DATABASE": settings.mongodb_database,
        "BILANS_JWT_SECRET": settings.development_secret().decode(),
        "BILANS_LOG_FORMAT": "json",
        "BILANS_PERSONS_PER_HOUR": "1000000000",
        "BILANS_WORK_SECONDS_PER_MINUTE": "1000000000",
        "BILANS_ANSWER_BYTES_PER_MINUTE": "1000000000000",
    }


async def _rounds(
    parsed: argparse.Namespace, wanted: list[Operation], contenders: list[Contender], token: str
) -> Table:
    table: Table = {}
    for number in range(-1, parsed.rounds):
        seconds = parsed.seconds if number >= 0 else min(1.0, parsed.seconds)
        for operation in wanted:
            for contender in contenders:
                where = contender.port, contender.process
                measure = await load(*where, token, operation, seconds, parsed.connections)
                if number >= 0:  # the first round warms up
                    table.setdefault((operation.name, contender.name), []).append(measure)
    return table


def _print(table: Table, wanted: list[Operation], contenders: list[Contender], parsed: argparse.Namespace) -> None:
    first = contenders[0].name
    out = sys.stdout
    out.write(
        f"{parsed.plans} plans, {parsed.rounds} rounds of {parsed.seconds} s, {parsed.connections} connections\n"
    )
    out.write(f"{'':10} {'':11} {'req/s':>7} {'p50 ms':>7} {'p99 ms':>7} {'µs/req':>7} {'bytes':>7}  ratio\n")
    for operation in wanted:
        base = _processor(table[operation.name, first])
        for contender in contenders:
            rounds = table[operation.name, contender.name]
            cost = _processor(rounds)
            out.write(
                f"{operation.name:10} {contender.name:11} {median(r.requests / r.seconds for r in rounds):7.0f} "
                f"{median(r.percentile(50) for r in rounds):7.2f} {median(r.percentile(99) for r in rounds):7.2f} "
                f"{cost:7.0f} {rounds[0].size:7}  {cost / base:5.2f}\n"
            )
    out.write(f"µs/req: processor time of the service's process, median of rounds; ratio: to {first}.\n")


def _processor(rounds: list[Measure]) -> float:
    return median(each.processor / each.requests for each in rounds) * 1e6


if __name__ == "__main__":
    sys.exit(main())

"""`python -m bench`: processor time per request of the five operations, beside others that give the same answers."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from bench.crowd import token_of
from bench.field import NAMES, Contender, present, running
from bench.load import Measure, load
from bench.operations import Operation, operations, tell_peers
from bench.stock import ASKED, EDITION, TYPICAL, seed
from bench.summary import DATA, Row, machine, printed, summary
from domain.access import Role
from service.composition import connect, prepare
from service.serving import database_url
from settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence


QUICK, WHOLE = 20_000, 200_000
CONNECTIONS = (8, 32, 128)
DESKS = {"largest": ASKED, "typical": TYPICAL}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, 0."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--plans", type=int, default=WHOLE, help="size of the stock [%(default)s]")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} plans, one round of half a second")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds, of which the median counts")
    parser.add_argument("--seconds", type=float, default=3, help="length of a round [%(default)s]")
    parser.add_argument("--connections", type=int, nargs="*", default=CONNECTIONS, help="that ask at once [8 32 128]")
    parser.add_argument("--desks", nargs="*", choices=DESKS, default=[*DESKS], help="whose desks [both]")
    parser.add_argument("--only", nargs="*", default=[], help="names of operations")
    parser.add_argument("--against", nargs="*", choices=NAMES, default=NAMES, help="contenders [all]")
    parser.add_argument("--write", action="store_true", help="keep it in docs/performance.json")
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
        asked = {desk: await operations(database, DESKS[desk]) for desk in parsed.desks}
        await tell_peers(database, [key for each in asked.values() for operation in each for key in operation.keys])
        environment = environment_of(settings, url)
        contenders = []
        for name in parsed.against:
            if present(name):
                pinned = running(name, (service_core, load_core), environment)
                contenders.append(await stack.enter_async_context(pinned))
        about = await machine(database)
        rows = []
        for desk, wanted in asked.items():
            tokens = _tokens(settings, DESKS[desk], max(parsed.connections))
            of_desk = [each for each in wanted if not parsed.only or each.name in parsed.only]
            for connections in parsed.connections:
                rows += await _rounds(parsed, (desk, connections), of_desk, contenders, (tokens, about["mongod"]))
        sys.stdout.write(printed(rows, contenders[0].name))
        if parsed.write:
            DATA.write_text(summary(about, vars(parsed), rows))


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


def _tokens(settings: Settings, siret: str, accounts: int) -> list[str]:
    """Make a token for each connection: an account has no more than twenty requests under way."""
    secret = settings.development_secret()
    return [token_of(secret, Role.TRAINING_ORGANIZATION, siret, f"bench-{number}") for number in range(accounts)]


async def _rounds(
    parsed: argparse.Namespace,
    asked: tuple[str, int],
    wanted: list[Operation],
    contenders: list[Contender],
    means: tuple[list[str], int],
) -> list[Row]:
    (desk, connections), (tokens, mongod) = asked, means
    table: dict[tuple[str, str], list[Measure]] = {}
    for number in range(-1, parsed.rounds):
        seconds = parsed.seconds if number >= 0 else min(1.0, parsed.seconds)
        for operation in wanted:
            for contender in contenders:
                where = contender.port, contender.process, mongod
                measure = await load(*where, tokens[:connections], operation, seconds)
                if number >= 0:  # the first round warms up
                    table.setdefault((operation.name, contender.name), []).append(measure)
    return [Row.of(desk, connections, *names, measures) for names, measures in table.items()]


if __name__ == "__main__":
    sys.exit(main())

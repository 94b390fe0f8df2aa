"""Where the processor time of a request goes, station by station: `python -m bench.stations`.

The service runs with PyMongo's own client, so that all its work is in one thread, and is asked one operation after
the other by eight connections; bench/sampling.py says how it is looked at, and with what error. The whole is the
processor time that the system counts for the process, for each request.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.crowd import token_of
from bench.load import load
from bench.operations import operations, tell_peers
from bench.sampling import Sampler, tell
from bench.stock import ASKED, EDITION, seed
from domain.access import Role
from service.composition import connect, prepare
from service.serving import database_url
from settings import read_settings

CONNECTIONS = 8
STATIONS = {
    "the database's driver": ("pymongo/", "/bson/", "storage/turns", "storage/listeners"),
    "a document becomes a plan": ("storage/restoring", "storage/documents", "<restoring"),
    "trail, quota, first readings": (
        "storage/trail",
        "storage/entries",
        "storage/quota",
        "resolvers/visits",
        "resolvers/watched",
        "storage/fetches",
        "storage/repeats",
    ),
    "log line": ("structlog/", "service/telling", "service/observing"),
    "token": ("credentials/", "jwt/"),
    "HTTP, ASGI messages": (
        "uvicorn/",
        "httptools",
        "service/listening",
        "service/connections",
        "service/outermost",
        "service/prefix",
        "starlette/",
    ),
    "door: request read, answer sent": ("transport/",),
    "spending, watching": ("service/watching", "service/spending", "storage/working", "storage/asking"),
    "engine: the answer written": ("engine/", "compiled operation"),
    "schema": ("schema/",),
    "question: filters, pages": ("storage/", "resolvers/", "domain/"),
}
REST = "event loop, tasks, sockets"


def main() -> int:
    """Measure and print; `serve PORT` is the service that is looked at."""
    if sys.argv[1:2] == ["serve"]:
        import main as command_line  # noqa: PLC0415 - the service alone needs it

        _sample_for(Path(os.environ["BENCH_TOLD"]))
        return int(command_line.main(["serve", "--port", sys.argv[2]]) or 0)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plans", type=int, default=20_000, help="size of the stock [%(default)s]")
    parser.add_argument("--seconds", type=float, default=10, help="for each operation [%(default)s]")
    asyncio.run(_measure(parser.parse_args()))
    return 0


async def _measure(parsed: argparse.Namespace) -> None:
    from bench.__main__ import environment_of  # noqa: PLC0415 - a command
    from bench.field import running  # noqa: PLC0415 - beside it

    cores = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, {cores[-1]})
    settings = read_settings().model_copy(update={"mongodb_database": f"bench_{EDITION}_{parsed.plans}"})
    async with AsyncExitStack() as stack:
        told = Path(stack.enter_context(TemporaryDirectory())) / "stations"
        url = await stack.enter_async_context(database_url(settings))
        database = connect(settings, url)
        await prepare(database)
        await seed(database, parsed.plans)
        wanted = await operations(database, ASKED)
        await tell_peers(database, [key for operation in wanted for key in operation.keys])
        contender = await stack.enter_async_context(
            running("stations", (cores[0], cores[-1]), environment_of(settings, url) | {"BENCH_TOLD": str(told)})
        )
        secret = settings.development_secret()
        tokens = [token_of(secret, Role.TRAINING_ORGANIZATION, ASKED, f"s-{rank}") for rank in range(CONNECTIONS)]
        for operation in wanted:
            where = contender.port, contender.process, contender.process
            await load(*where, tokens, operation, 2)
            _counts(contender.process, told)
            measure = await load(*where, tokens, operation, parsed.seconds)
            seen = _counts(contender.process, told)
            tell(operation.name, measure.processor / measure.requests * 1e6, "µs", seen)


def _counts(process: int, told: Path) -> dict[str, int]:
    os.kill(process, signal.SIGUSR1)
    while not told.exists():
        time.sleep(0.05)
    seen: dict[str, int] = json.loads(told.read_text())
    told.unlink()
    return seen


def _sample_for(told: Path) -> None:
    """Sample this process; what was seen goes to a file, and is forgotten, at each SIGUSR1."""
    sampler = Sampler(STATIONS, REST)

    def tell_counts(*_: object) -> None:
        fresh = told.with_suffix(".new")
        fresh.write_text(json.dumps(sampler.seen))
        fresh.rename(told)
        sampler.seen.clear()

    signal.signal(signal.SIGUSR1, tell_counts)
    sampler.begin()


if __name__ == "__main__":
    sys.exit(main())

"""What one account can make others pay: `python -m bench.hostile [--plans N] [--seconds S] [--only NAME…]`.

For each kind of attack (`bench/attacks.py`), beside the same without and beside as many harmless requests: how long a
request of another organization waits, the longest turn of the event loop, processor time of the service and of the
database, bytes sent, memory. The attacker has the largest desk of the stock. Exit status 1 where the other waits more
than 250 ms at the 99th percentile.

"Queued" tells how long the service was ready to run and waited for a processor: what other work on this machine adds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sys
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

import orjson

from bench.attacks import ATTACKS
from bench.load import Connection, processor_seconds
from bench.operations import COUNTERS
from bench.stock import ASKED, seed
from bench.turns import longest
from credentials.sessions import Sessions, SignedIn
from credentials.tokens import DevelopmentTokens
from domain.access import Role
from service.clock import present
from service.composition import prepare
from storage.client import close_database, open_database
from storage.embedded import embedded_server
from storage.indexes import ensure_indexes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

GOAL_MS = 250
ROOT = Path(__file__).parent.parent
SECRET = "of a bench, and thirty-two bytes long at least"  # noqa: S105 - of a bench
HONEST = f"{7:014}"
PAGE = "{ pendingPlans(first: 20) { totalCount nodes { id title jobSeeker { lastName firstName } } } }"
ASKED_BY_OTHERS = [orjson.dumps({"query": text}) for text in (COUNTERS, PAGE)]
HEADINGS = "  p50 ms  p99 ms turn ms service s mongod s queued s  MB out MB held  answered"
_PAUSE = 0.02
_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Seen:
    """What a time of attack has shown. Milliseconds, seconds of processor, bytes."""

    p50: float
    p99: float
    turn: float
    service: float
    database: float
    queued: float
    sent: int
    memory: int
    asked: int

    def row(self) -> str:
        """Write it under the headings."""
        times = f"{self.p50:8.1f} {self.p99:7.1f} {self.turn:7.1f} {self.service:9.2f} {self.database:8.2f}"
        times += f" {self.queued:8.2f}"
        return f"{times} {self.sent / 1e6:7.1f} {self.memory / 1e6:7.0f} {self.asked:9}"


@dataclass(frozen=True, slots=True)
class Under:
    """A service under attack: its port, its process and that of the database, and tokens."""

    port: int
    process: int
    database: int
    tokens: dict[str, str]
    turns: Path


async def honest(under: Under, seconds: float) -> list[float]:
    """Ask as another organization does, again and again; tell how long each answer took, in milliseconds."""
    line, waited = Connection(under.port, under.tokens["other"]), []
    await line.open()
    end, number = perf_counter() + seconds, 0
    while (began := perf_counter()) < end:
        await line.ask(ASKED_BY_OTHERS[number % len(ASKED_BY_OTHERS)])
        waited.append((perf_counter() - began) * 1000)
        number += 1
        await asyncio.sleep(_PAUSE)
    line.close()
    return waited


async def measured(under: Under, seconds: float, name: str | None) -> Seen:
    """Attack for a time, or do not; tell what it cost."""
    began, queued = monotonic(), _queued(under.process)
    before = processor_seconds(under.process), processor_seconds(under.database)
    attacker = await _attacker(under, seconds, name) if name else None
    waited = await honest(under, seconds)
    queued, turn = _queued(under.process) - queued, longest(under.turns, began, monotonic())
    told = json.loads((await attacker.communicate())[0] or b"{}") if attacker else {}
    service, database = processor_seconds(under.process), processor_seconds(under.database)
    cuts = quantiles(waited, n=100)
    spent = service - before[0], database - before[1], queued
    return Seen(
        cuts[49], cuts[98], turn, *spent, told.get("received", 0), _memory(under.process), told.get("answered", 0)
    )


async def _attacker(under: Under, seconds: float, name: str) -> asyncio.subprocess.Process:
    arguments = ("-m", "bench.attacks", name, "--port", str(under.port), "--seconds", str(seconds))
    environment = {**os.environ, "ATTACK_TOKENS": json.dumps(under.tokens)}
    return await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE
    )


def _memory(process: int) -> int:
    """Read what the process holds now."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024  # type: ignore[index]


def _queued(process: int) -> float:
    """Read how long the first thread of a process, that of its event loop, has waited for a processor: seconds."""
    return int(Path(f"/proc/{process}/task/{process}/schedstat").read_text().split()[1]) / 1e9


@asynccontextmanager
async def under_attack(url: str, name: str, folder: Path) -> AsyncIterator[Under]:
    """Run a service of its own as operators do."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("BILANS_")}
    environment |= {"BILANS_MONGODB_URL": url, "BILANS_MONGODB_DATABASE": name, "BILANS_JWT_SECRET": SECRET}
    turns = folder / "turns"
    turns.unlink(missing_ok=True)
    environment["TURNS"] = str(turns)
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.turns",
            "serve",
            "--port",
            "0",
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=err,
        )
    try:
        async with asyncio.timeout(_START_SECONDS):
            while not (found := re.search(r"http://127\.0\.0\.1:(\d+)", (folder / "out").read_text())):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        yield Under(int(found[1]), process.pid, _mongod(), _tokens(), turns)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _mongod() -> int:
    """Find the database among what this process has started."""
    started = [Path(each, "children").read_text().split() for each in Path("/proc/self/task").iterdir()]
    names = {int(pid): Path(f"/proc/{pid}/comm").read_text().strip() for each in started for pid in each}
    return next(pid for pid, comm in names.items() if comm == "mongod")


def _tokens() -> dict[str, str]:
    tokens, lifetime = DevelopmentTokens(SECRET.encode()), timedelta(hours=2)
    who = {
        "staff": (Role.TRAINING_ORGANIZATION, ASKED),
        "other": (Role.TRAINING_ORGANIZATION, HONEST),
        "trainee": (Role.JOB_SEEKER, f"{0:07}A"),
    }
    made = {name: tokens.issue(*each, now=present(), lifetime=lifetime) for name, each in who.items()}
    return {**made, "cookie": _cookie(made["staff"], present() + lifetime)}


def _cookie(token: str, until: datetime) -> str:
    """Sign the owner of a token in at the desk."""
    session = SignedIn(token, until.timestamp(), "bench", Role.TRAINING_ORGANIZATION.value, "bench")
    return Sessions(SECRET.encode()).cookies("bureau", session)["bureau"]


async def _measure(parsed: argparse.Namespace) -> int:
    write, late = sys.stdout.write, 0
    with tempfile.TemporaryDirectory(prefix="bilans-bench-") as folder:
        async with embedded_server(Path(folder, "data")) as url:
            database = open_database(url, "hostile", driver="motor")
            await prepare(database)
            await seed(database, parsed.plans)
            await ensure_indexes(database)
            await close_database(database)
            write(f"{parsed.plans} plans, {parsed.seconds:g} s each\n{'':36}{HEADINGS}\n")
            for name in [None, *(parsed.only or ATTACKS), None]:
                async with under_attack(url, "hostile", Path(folder)) as under:
                    await honest(under, 1)
                    seen = await measured(under, parsed.seconds, name)
                late += name is not None and seen.p99 > GOAL_MS
                write(f"{name or 'no attack':36}{seen.row()}\n")
                sys.stdout.flush()
    return int(late > 0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print; 1 where others wait too long."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile", description=__doc__)
    parser.add_argument("--plans", type=int, default=50_000, help="size of the stock [%(default)s]")
    parser.add_argument("--seconds", type=float, default=10, help="of each attack [%(default)s]")
    parser.add_argument("--only", nargs="*", default=[], choices=[*ATTACKS], help="names of attacks")
    return asyncio.run(_measure(parser.parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main())

"""`python -m bench.scale`: what ten years of plans cost, beside a smaller stock, and how that grows.

The database server of the settings is used, on this machine; what was filled before is left as it is. Times are those
of a processor, the service's or the database's, so that other work disturbs them less, but where the clock is named.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import httpx
import orjson

from bench.__main__ import environment_of
from bench.crowd import HOUR
from bench.feeds import plan_line
from bench.field import Contender, running
from bench.load import Connection, load, processor_seconds
from bench.operations import operations
from bench.years import TODAY, fill, siret_of
from credentials.tokens import DevelopmentTokens
from domain.access import Role
from service.clock import present
from service.composition import connect, prepare
from service.serving import database_url
from settings import Settings, read_settings
from storage.client import close_database
from storage.migrating import shape_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from storage.client import Database

EDITION = 1
_FED = "73282932000074"
_CORES = (0, 1)
_DESK = siret_of(0)
_LIST = "{ pageInfo { endCursor hasNextPage } nodes { id title jobSeeker { lastName } } } }"
_YEAR = f'{{from: "{TODAY.year - 1}-01-01", to: "{TODAY.year - 1}-12-31"}}'
PAGE = "{ trainingPlans(first: 20) " + _LIST
QUESTIONS = {
    "page of 20, by last day": PAGE,
    "page of 20, by name": "{ trainingPlans(first: 20, orderBy: { field: NAME, direction: ASC }) " + _LIST,
    "totalCount of what is to enter": "{ pendingPlans(first: 1) { totalCount } }",
    "search of a name among what is to enter": '{ pendingPlans(first: 20, search: "adam zoe") ' + _LIST,
    "search without a hit": '{ pendingPlans(first: 20, search: "zzz") ' + _LIST,
    "search of a person": '{ jobSeekers(first: 20, search: "roussel 7") { nodes { id lastName } } }',
    "search of an identifier": '{ jobSeekers(first: 20, search: "00000108") { nodes { id lastName } } }',
    "statistics of all years": "{ statistics(by: YEAR) { total { plans transmissionDelay { medianDays } } } }",
    "statistics of one year": f"{{ statistics(planEndsOn: {_YEAR}) {{ total {{ plans }} }} }}",
}
EXPORT = "{ trainingPlans(first: 1) { export(format: CSV) { url } } }"
_ENOUGH_SECONDS, _MOST_TRIES, _LONGEST = 0.5, 100, 1800


class Trial:
    """A stock of one size, and what was measured of it: by name, in the unit that the name ends with."""

    def __init__(self, size: int, asked: argparse.Namespace, url: str, settings: Settings) -> None:
        self.size, self.feed, self.as_it_is = size, asked.feed, asked.as_it_is
        self.settings = settings.model_copy(update={"mongodb_database": f"scale_{EDITION}_{size}"})
        self.database: Database = connect(self.settings, url)
        self.environment = environment_of(self.settings, url)
        secret = DevelopmentTokens(settings.development_secret())
        self.token = secret.issue(Role.TRAINING_ORGANIZATION, _DESK, now=present(), lifetime=HOUR * 12)
        self.figures: dict[str, float] = {}
        self._mongod = 0

    def note(self, name: str, value: float) -> None:
        """Keep a figure, and say it at once: the whole takes long."""
        self.figures[name] = value
        sys.stderr.write(f"{self.size:>9}  {name:<60} {value:12.2f}\n")

    async def measured(self) -> None:
        """Measure all there is, in an order in which nothing disturbs what follows."""
        status = await self.database.client["admin"].command("serverStatus")
        self._mongod = int(status["pid"])
        await shape_of(self.database)
        await fill(self.database, self.size)
        if not self.as_it_is:
            await self._start_without_indexes()
        await prepare(self.database)
        await self._sizes()
        async with self._serving("start again") as served:
            await self._operations(served)
            await self._questions(served)
            await self._export(served)
            self.note("memory of the service, MB", _resident(served.process))
        await self._import()
        status = await self.database.client["admin"].command("serverStatus")
        self.note("memory of the database, MB", status["mem"]["resident"])

    async def _start_without_indexes(self) -> None:
        plans = self.database["plans"]
        if await plans.index_information():
            await plans.drop_indexes()
        before = processor_seconds(self._mongod)
        async with self._serving("first start") as served:
            began = perf_counter()
            await self._cost(served, PAGE, tries=1)
            self.note("a page of 20 while indexes are made, s by the clock", perf_counter() - began)
            await self._ready(served)
        self.note(
            "first start, until all indexes are made, s of the database", processor_seconds(self._mongod) - before
        )

    @asynccontextmanager
    async def _serving(self, name: str) -> AsyncIterator[Contender]:
        began, before = perf_counter(), processor_seconds(self._mongod)
        async with running("compiled", _CORES, self.environment, seconds=_LONGEST) as served:
            await self._told(served)
            self.note(f"{name}, until it serves, s of the database", processor_seconds(self._mongod) - before)
            self.note(f"{name}, until it serves, s of the service", processor_seconds(served.process))
            self.note(f"{name}, until it serves, s by the clock", perf_counter() - began)
            yield served

    async def _ready(self, served: Contender) -> None:
        while "underWay" in await self._told(served):  # noqa: ASYNC110 - another process has no event of ours
            await asyncio.sleep(0.5)

    async def _told(self, served: Contender) -> str:
        """Ask how it is; a service that listens and does not serve yet lets one wait."""
        async with httpx.AsyncClient(timeout=_LONGEST) as http:
            return (await http.get(f"http://127.0.0.1:{served.port}/readyz")).text

    async def _sizes(self) -> None:
        stats = await self.database.command("collStats", "plans")
        number = stats["count"]
        self.note("document, bytes", stats["avgObjSize"])
        self.note("document on disk, bytes for each plan", stats["storageSize"] / number)
        self.note("indexes, bytes for each plan", stats["totalIndexSize"] / number)
        self.note("indexes, MB", stats["totalIndexSize"] / 1e6)
        for name in ("plans_by_name", "sessions_title", "counted", "transmitted_adviser", "numbers"):
            self.note(f"index {name}, bytes for each plan", stats["indexSizes"][name] / number)

    async def _operations(self, served: Contender) -> None:
        over = {"organization.siret": _DESK, "state": "OPEN", "keys.due": {"$lt": TODAY.isoformat()}}
        found = self.database["plans"].find(over, {"_id": 1}).limit(50)
        drafts = [each["_id"] async for each in found]
        for operation in await operations(self.database, _DESK, drafts):
            await load(served.port, served.process, self._mongod, [self.token] * 8, operation, 1)
            before = processor_seconds(self._mongod)
            measure = await load(served.port, served.process, self._mongod, [self.token] * 8, operation, 4)
            spent = processor_seconds(self._mongod) - before
            self.note(f"{operation.name}: service, µs", measure.processor / measure.requests * 1e6)
            self.note(f"{operation.name}: database, µs", spent / measure.requests * 1e6)

    async def _questions(self, served: Contender) -> None:
        for name, question in QUESTIONS.items():
            await self._cost(served, question, tries=1)
            self.note(f"{name}, ms of the database", await self._cost(served, question) * 1000)

    async def _cost(self, served: Contender, question: str, tries: int = _MOST_TRIES) -> float:
        """Ask until it can be told what it costs the database; seconds of its processor."""
        line = Connection(served.port, self.token)
        await line.open()
        before, number, spent = processor_seconds(self._mongod), 0, 0.0
        while number < tries and spent < _ENOUGH_SECONDS:
            answer = await line.ask(orjson.dumps({"query": question}))
            if b'"errors"' in answer:
                raise RuntimeError(answer.decode())
            number, spent = number + 1, processor_seconds(self._mongod) - before
        line.close()
        return spent / number

    async def _export(self, served: Contender) -> None:
        line = Connection(served.port, self.token)
        await line.open()
        answer = orjson.loads(await line.ask(orjson.dumps({"query": EXPORT})))
        line.close()
        before, began, rows = processor_seconds(served.process), perf_counter(), 0
        async with (
            httpx.AsyncClient(timeout=_LONGEST) as http,
            http.stream("GET", answer["data"]["trainingPlans"]["export"]["url"]) as response,
        ):
            response.raise_for_status()
            async for chunk in response.aiter_bytes():
                rows += chunk.count(b"\n")
        self.note("export, rows", rows)
        self.note("export, µs of the service for each row", (processor_seconds(served.process) - before) / rows * 1e6)
        self.note("export, s", perf_counter() - began)

    async def _import(self) -> None:
        await self.database["plans"].delete_many({"organization.siret": _FED})
        with tempfile.NamedTemporaryFile(suffix=".ndjson") as feed:
            feed.writelines(plan_line(10_000_000 + number) for number in range(self.feed))
            feed.flush()
            for name in ("new", "again, unchanged"):
                before, began = processor_seconds(self._mongod), perf_counter()
                command = (sys.executable, "main.py", "import", "plans", feed.name, "--report", f"{feed.name}.csv")
                process = await asyncio.create_subprocess_exec(*command, env=self.environment)
                if await process.wait():
                    raise RuntimeError("The import has failed.")
                self.note(f"import of {self.feed} {name}, s", perf_counter() - began)
                spent = processor_seconds(self._mongod) - before
                self.note(f"import of {self.feed} {name}, µs of the database each", spent / self.feed * 1e6)
        await self.database["plans"].delete_many({"organization.siret": _FED})


def _resident(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure both sizes, print them beside each other, 0."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--plans", type=int, default=2_000_000, help="the large stock [%(default)s]")
    parser.add_argument("--beside", type=int, default=200_000, help="the small one [%(default)s]")
    parser.add_argument("--feed", type=int, default=50_000, help="lines of the feed that is imported [%(default)s]")
    parser.add_argument("--as-it-is", action="store_true", help="keep the indexes; no first start is measured")
    parsed = parser.parse_args(arguments)
    asyncio.run(_measure(parsed))
    return 0


async def _measure(asked: argparse.Namespace) -> None:
    settings = read_settings()
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(database_url(settings))
        trials = [Trial(size, asked, url, settings) for size in (asked.beside, asked.plans)]
        for trial in trials:
            stack.callback(close_database, trial.database)
            await trial.measured()
        one, other = (trial.figures for trial in trials)
        sys.stdout.write(f"| | {asked.beside} plans | {asked.plans} plans | ratio |\n|---|---|---|---|\n")
        for name in (each for each in one if each in other):
            ratio = f"{other[name] / one[name]:.2f}" if one[name] else ""
            sys.stdout.write(f"| {name} | {one[name]:.2f} | {other[name]:.2f} | {ratio} |\n")


if __name__ == "__main__":
    sys.exit(main())

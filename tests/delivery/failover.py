"""Writers, a follower and a judge, to see what a database that loses its primary keeps of what it acknowledged.

The judge believes its journal, a file outside the database, and nothing else.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from domain.errors import Refused, Unavailable
from resolvers import acts
from tests.delivery.desk import ANSWERS, NOW, STAFF, TODAY, Desk, load, plan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    from domain.plan import Plan
    from storage.client import Database

WRITERS = 16
DRAFTS = 3
PAUSE_SECONDS = 0.05
EVENTS_SECONDS = 30


class Journal:
    """What was acknowledged, line by line, in a file; and the longest time in which nothing was."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last = time.monotonic()
        self.longest_gap = 0.0

    def write(self, **entry: Any) -> None:
        """Keep an entry at once."""
        with self._path.open("a") as file:
            file.write(json.dumps(entry) + "\n")
        now = time.monotonic()
        self.longest_gap, self._last = max(self.longest_gap, now - self._last), now

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._path.read_text().splitlines()]


class Office(Protocol):
    """What an organization's software does; each raises Unavailable where it is to come back."""

    async def load(self, number: int) -> None:
        """Bring a plan, as its feed does."""

    async def save(self, plan_id: str, text: str, version: int | None) -> int:
        """Save a draft; gives its version."""

    async def transmit(self, plan_id: str) -> tuple[str, int]:
        """Transmit the draft; gives what its PDF hashes to, and its version."""

    def follow(self, after: int) -> AsyncIterator[tuple[int, str]]:
        """Follow from a number on; gives numbers and plans."""


@dataclass
class Inside:
    """The services of this process."""

    desk: Desk
    database: Database

    async def load(self, number: int) -> None:
        await load(self.database, plan(number))

    async def save(self, plan_id: str, text: str, version: int | None) -> int:
        form = ANSWERS.model_copy(update={"objective": text})
        try:
            saved = await acts.save_report_draft(
                self.desk.services, STAFF, plan_id, form, version, now=NOW, today=TODAY
            )
        except Refused as refused:
            if refused.plan is None or not _says(refused.plan, text):
                raise
            saved = refused.plan  # stale: saved by the attempt whose answer was lost
        assert saved.report
        return saved.report.version

    async def transmit(self, plan_id: str) -> tuple[str, int]:
        sent = await acts.transmit_report(self.desk.services, STAFF, plan_id, None, None, now=NOW, today=TODAY)
        assert sent.report
        assert sent.report.sha256
        return sent.report.sha256, sent.report.version

    async def follow(self, after: int) -> AsyncIterator[tuple[int, str]]:
        async for number, told in self.desk.follow(STAFF, after):
            yield number, told.id


@dataclass
class Trial:
    """One service under way: sixteen writers, one follower."""

    office: Office
    journal: Journal
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    events: list[tuple[int, str]] = field(default_factory=list)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    sent: int = 0
    interrupted: int = 0

    async def write(self) -> None:
        """Save drafts of plans of its own and transmit them, one after the other, until told to stop."""
        while not self.stopping.is_set():
            number = next(self.numbers)
            plan_id = f"P-{number}"
            await self._insist(self.office.load, number)
            version: int | None = None
            for draft in range(DRAFTS):
                version = await self.save(plan_id, f"{plan_id}, essai {draft}", version)
            sha256, version = await self._insist(self.office.transmit, plan_id)
            self.journal.write(act="sent", plan=plan_id, sha256=sha256, version=version)
            self.sent += 1
            self.changed.set()

    async def save(self, plan_id: str, text: str, version: int | None) -> int:
        """Save a draft and journal it; gives its version."""
        saved: int = await self._insist(self.office.save, plan_id, text, version)
        self.journal.write(act="saved", plan=plan_id, version=saved, text=text)
        return saved

    async def follow(self) -> None:
        """Follow as a tool does: come back with the cursor when the service is away."""
        while True:
            cursor = self.events[-1][0] if self.events else 0
            try:
                async for event in self.office.follow(cursor):
                    self.events.append(event)
                    self.changed.set()
            except Unavailable:
                await asyncio.sleep(PAUSE_SECONDS)

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until something is so; asked after each transmission and each event."""
        while not happened():
            self.changed.clear()
            await self.changed.wait()

    async def _insist(self, act: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        """Ask again while the service says that it is away."""
        while True:
            try:
                return await act(*arguments)
            except Unavailable:
                self.interrupted += 1
                await asyncio.sleep(PAUSE_SECONDS)


@asynccontextmanager
async def trial(office: Office, journal: Journal) -> AsyncIterator[Trial]:
    """Run writers and follower for the time of the block; then let them end what they are at."""
    under_way = Trial(office, journal)
    writers = [asyncio.create_task(under_way.write()) for _ in range(WRITERS)]
    follower = asyncio.create_task(under_way.follow())
    try:
        yield under_way
        under_way.stopping.set()
        await asyncio.gather(*writers)
        async with asyncio.timeout(EVENTS_SECONDS):
            await under_way.until(lambda: len(under_way.events) >= under_way.sent)
    finally:
        for task in (*writers, follower):
            task.cancel()
        await asyncio.gather(*writers, follower, return_exceptions=True)


async def verdict(journal: Journal, database: Database, events: Sequence[tuple[int, str]]) -> list[str]:
    """Say everything that was acknowledged and is lost or doubled, and every event that is missing or doubled."""
    kept = {document["_id"]: document async for document in database["plans"].find()}
    papers = {document["_id"] async for document in database["papers"].find({}, {"_id": 1})}
    acknowledged = Counter(entry["plan"] for entry in journal.entries())
    last = {entry["plan"]: entry for entry in journal.entries()}
    found = [fault for entry in last.values() for fault in _faults(entry, kept.get(entry["plan"]), papers)]
    for plan_id, count in acknowledged.items():
        written = kept.get(plan_id, {}).get("report_version", 0)
        if written != count:
            found.append(f"{plan_id}: {count} writes acknowledged, {written} kept")
    return [*found, *_event_faults(events, kept)]


def _faults(entry: dict[str, Any], document: dict[str, Any] | None, papers: set[str]) -> list[str]:
    report = (document or {}).get("report") or {}
    if entry["act"] == "saved":
        return [] if report.get("form", {}).get("objective") == entry["text"] else [f"{entry['plan']}: draft lost"]
    if report.get("sha256") != entry["sha256"] or not report.get("transmitted_at"):
        return [f"{entry['plan']}: transmission lost"]
    return [] if entry["sha256"] in papers else [f"{entry['plan']}: PDF lost"]


def _event_faults(events: Sequence[tuple[int, str]], kept: dict[str, dict[str, Any]]) -> list[str]:
    told = Counter(plan_id for _, plan_id in events)
    numbers = [number for number, _ in events]
    sent = {plan_id for plan_id, document in kept.items() if document["state"] == "TRANSMITTED"}
    return [
        *(f"{plan_id}: event missing" for plan_id in sent - set(told)),
        *(f"{plan_id}: event of what is not there" for plan_id in set(told) - sent),
        *(f"{plan_id}: {count} events" for plan_id, count in told.items() if count > 1),
        *(["events out of order"] if numbers != sorted(numbers) else []),
        *(["a hole in the numbers"] if numbers != list(range(1, len(numbers) + 1)) else []),
    ]


def _says(plan: Plan, text: str) -> bool:
    return plan.report is not None and plan.report.form.objective == text

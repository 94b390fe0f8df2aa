"""The import command: loads feeds; a service may be running."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from commands.correcting import merge, note
from domain.calendar import paris_day
from domain.trail import Deed
from feeds.advisers import read_advisers
from feeds.identities import read_identities
from feeds.kinds import LISTS
from feeds.lheo import read_lheo
from feeds.list_loading import load_list
from feeds.loading import Parse, Write, load
from feeds.organizations import read_organizations
from feeds.outcome import NotThisFormat
from feeds.plans import read_plans
from feeds.progress import progress_on
from feeds.rejections import report_file
from feeds.sources import CutShort, opened
from feeds.tally import Tally
from feeds.trainee import joining
from feeds.trainees import read_trainees
from service.clock import present
from service.composition import connect, prepare
from service.serving import database_url
from storage.accounts import AccountRepository
from storage.client import close_database
from storage.courses import CourseRepository
from storage.identities import Identities
from storage.loading import PlanLoader
from storage.merging import Merging
from storage.nomenclatures import NomenclatureRepository
from storage.portfolios import Portfolios

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from domain.account import Account
    from domain.course import CourseSession
    from domain.identities import Correspondence
    from domain.loading import Written
    from domain.people import Following
    from feeds.progress import Progress
    from feeds.rejections import ReportFile
    from feeds.sources import Source
    from settings import Settings
    from storage.client import Database


@dataclass(frozen=True, slots=True)
class Import:
    """What the command line asks for: a kind of KINDS, its files (`-`: standard input), the name of a coded list."""

    kind: str
    files: Sequence[str]
    report: Path
    dry_run: bool = False
    nomenclature: str | None = None
    allow_shrinking: bool = False


async def import_feeds(settings: Settings, asked: Import) -> int:
    """Load feeds; return 0, 1 when a record was rejected, 2 when a file is not of its kind or cannot be read."""
    async with database_url(settings, shared=True) as url:
        database = connect(settings, url)
        try:
            await prepare(database)
            return await load_feeds(database, asked)
        finally:
            await close_database(database)


async def load_feeds(database: Database, asked: Import) -> int:
    """Load feeds into an open database; return as `import_feeds`."""
    tally = Tally(dry_run=asked.dry_run)
    try:
        with progress_on(sys.stderr) as progress, report_file(asked.report) as rejections:
            for path in asked.files:
                with opened(path, stdin=sys.stdin.buffer) as source:
                    await _load(database, asked, source, tally, rejections, progress)
    except (NotThisFormat, CutShort) as refused:
        sys.stderr.write(f"bilans: {refused}\n")
        return 2
    sys.stdout.write(tally.summary() + "\n")
    if rejections.rows:
        sys.stdout.write(f"See {asked.report} for what was rejected or kept with a flag.\n")
    return tally.exit_status


async def _load(
    database: Database, asked: Import, source: Source, tally: Tally, report: ReportFile, progress: Progress
) -> None:
    if asked.nomenclature:
        lists = NomenclatureRepository(database)
        name, shrinking = LISTS[asked.nomenclature], asked.allow_shrinking
        await load_list(source, name, lists, tally=tally, report=report, allow_shrinking=shrinking)
    else:
        read, write = _reader_and_writer(database, asked.kind, tally)
        await load(source, read, None if asked.dry_run else write, tally=tally, report=report, progress=progress)


def _reader_and_writer(database: Database, kind: str, tally: Tally) -> tuple[Parse[Any], Write[Any]]:
    writers = _Writers(database)
    plans, courses, lists = writers.plans, writers.courses, NomenclatureRepository(database)
    trainees = joining(courses.find, partial(plans.load, made_up=True), tally, lookup=lists.lookup)
    feeds: dict[str, tuple[Parse[Any], Write[Any]]] = {
        "plans": (read_plans, plans.load),
        "lheo": (read_lheo, writers.publish),
        "trainees": (read_trainees, trainees),
        "organizations": (read_organizations, writers.succeed),
        "identities": (read_identities, writers.correspond),
        "advisers": (read_advisers, writers.follow),
    }
    return feeds[kind]


class _Writers:
    """Each loads a batch, and completes the plans that it concerns."""

    def __init__(self, database: Database) -> None:
        withdrawn = partial(note, database, "service:import", Deed.WITHDRAW_PLAN)
        self.plans = PlanLoader(database, today=paris_day(present()), on_withdrawn=withdrawn)
        self.courses = CourseRepository(database)
        self._accounts = AccountRepository(database)
        self._identities = Identities(database)
        self._portfolios = Portfolios(database)
        self._database = database

    async def publish(self, batch: Sequence[CourseSession]) -> Written:
        written = await self.courses.load(batch)
        known = await self.courses.find({course.key for course in batch})
        await self.plans.publish(course.session for course in known.values())
        return written

    async def succeed(self, batch: Sequence[Account]) -> Written:
        written = await self._accounts.load(batch)
        await self.plans.succeed(batch)
        await self.plans.complete_agreements({account.siret for account in batch})
        return written

    async def follow(self, batch: Sequence[Following]) -> Written:
        current = await self._identities.current(each.identifier for each in batch)
        people = [
            each.model_copy(update={"identifier": current.get(each.identifier, each.identifier)}) for each in batch
        ]
        written = await self._portfolios.load(people)
        await self.plans.complete_advisers({each.identifier for each in people})
        return written

    async def correspond(self, batch: Sequence[Correspondence]) -> Written:
        merging, written = Merging(self._database), await self._identities.load(batch)
        for pair in batch:
            await self._portfolios.rename(pair.former, pair.current)
            if await merging.concerned(pair):
                await merge(self._database, merging, pair)
        return written

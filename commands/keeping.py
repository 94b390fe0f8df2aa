"""The commands backup, restore and verify: write all data to one file, bring them back, check them."""

from __future__ import annotations

import sys
import time
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from service.clock import present
from service.composition import connect, prepare
from service.serving import database_url
from service.version import VERSION
from storage.archives import ArchiveExists, BadArchive, whole_file
from storage.backup import back_up, keep_the_past
from storage.client import close_database
from storage.restore import restore
from storage.verify import problems_of, unnamed_papers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from settings import Settings
    from storage.client import Database

_TOLD_EVERY = 1.0


async def make_backup(settings: Settings, path: str) -> int:
    """Write a backup to a file, or to standard output for `-`; return 0, or 2 where no backup could be written."""
    try:
        async with _opened(settings) as database:
            if settings.mongodb_url is None:
                await keep_the_past(database)
            head = {"release": VERSION, "at": present(), "database": settings.mongodb_database}
            with _written(path) as out:
                number = await back_up(database, out, head, on_progress=_progress())
    except ArchiveExists:
        sys.stderr.write(f"bilans: {path} is there already, or is being written: choose another name.\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"bilans: {path} cannot be written ({error.strerror}).\n")
        return 2
    sys.stderr.write(f"{number} documents, as they were at one instant, are in {path}.\n")
    return 0


async def restore_backup(settings: Settings, path: str, *, replace: bool) -> int:
    """Replace what the database holds by a backup, then verify it.

    Return 0, 1 where `verify` finds a problem, 2 where nothing was changed: the file is not a whole backup or cannot
    be read, or the database is not empty and `replace` is not given.
    """
    async with _opened(settings) as database:
        if not replace and await database["plans"].find_one({}, {"_id": 1}):
            sys.stderr.write(
                f"bilans: the database {settings.mongodb_database} is not empty: --replace puts the backup in its "
                "place, and what was written since the backup is lost.\n"
            )
            return 2
        try:
            with _read(path) as source:
                head = await restore(database, source, on_progress=_progress())
        except BadArchive as bad:
            sys.stderr.write(f"bilans: {path} was not restored, and nothing was changed: {bad}.\n")
            return 2
        except OSError as error:
            sys.stderr.write(f"bilans: {path} cannot be read ({error.strerror}).\n")
            return 2
        sys.stdout.write(f"Restored what was kept at {head['at'].isoformat()} (release {head['release']}).\n")
        await prepare(database)
        return await _verify(database)


async def verify(settings: Settings) -> int:
    """Print what is not as it should be in the database; return 0 where nothing is wrong, 1 otherwise."""
    async with _opened(settings) as database:
        return await _verify(database)


async def _verify(database: Database) -> int:
    number = 0
    async for problem in problems_of(database):
        sys.stdout.write(problem + "\n")
        number += 1
    if papers := await unnamed_papers(database):
        sys.stdout.write(f"{len(papers)} papers are of no report (yet): `retain` sweeps those that stay so.\n")
    sys.stdout.write("All is as it should be.\n" if not number else f"{number} things are not as they should be.\n")
    return int(bool(number))


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    async with database_url(settings, shared=True) as url:
        database = connect(settings, url)
        try:
            yield database
        finally:
            await close_database(database)


@contextmanager
def _written(path: str) -> Iterator[IO[bytes]]:
    if path == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with whole_file(Path(path)) as out:
        yield out


@contextmanager
def _read(path: str) -> Iterator[IO[bytes]]:
    if path == "-":
        yield sys.stdin.buffer
        return
    with Path(path).open("rb") as source:
        yield source


def _progress() -> Callable[[str, int], None]:
    """Return a function that prints the progress every second, on a terminal only."""
    told = time.monotonic()

    def tell(name: str, number: int) -> None:
        nonlocal told
        if sys.stderr.isatty() and time.monotonic() - told > _TOLD_EVERY:
            told = time.monotonic()
            sys.stderr.write(f"\r{number:>10} documents, now of {name:<24}")

    return tell

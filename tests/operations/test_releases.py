"""Every release is held to those before it: the schema changes by additions only, their databases are opened."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from graphql import build_schema, find_breaking_changes

from schema.public import sdl
from service.composition import prepare
from storage.backup import back_up
from storage.client import close_database, open_database
from storage.migrating import migrate, shape_of, waiting
from storage.restore import restore
from storage.verify import problems_of
from tests import DRIVER
from tests.delivery.desk import NOW, desk_on, load, plan

if TYPE_CHECKING:
    from pdf.printer import Printer
    from storage.client import Database

RELEASES = Path(__file__).parents[1] / "releases"
SCHEMAS, DATABASES = sorted(RELEASES.glob("*.graphql")), sorted(RELEASES.glob("*.bilans"))
BEFORE = """
type Query { reports(first: Int, status: Status): [Report!]! }
type Report { id: ID! title: String! }
enum Status { DRAFT SENT }
"""


def broken(before: str, after: str) -> list[str]:
    """Say what a client of a schema would miss in a later one."""
    return [change.description for change in find_breaking_changes(build_schema(before), build_schema(after))]


@pytest.mark.parametrize("release", SCHEMAS, ids=lambda release: release.name)
def test_the_schema_has_all_that_the_release_had(release: Path) -> None:
    assert broken(release.read_text(), sdl()) == []


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("title: String!", ""),
        ("title: String!", "title: String"),
        ("first: Int, ", ""),
        ("first: Int", "first: Int!"),
        ("DRAFT ", ""),
        ("status: Status)", "status: Status, after: String!)"),
    ],
)
def test_what_is_taken_away_or_demanded_is_found(was: str, now: str) -> None:
    assert broken(BEFORE, BEFORE.replace(was, now))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("title: String!", "title: String! city: String"),
        ("status: Status)", "status: Status, after: String)"),
        ("SENT", "SENT REPLACED"),
    ],
)
def test_what_is_added_breaks_nothing(was: str, now: str) -> None:
    assert broken(BEFORE, BEFORE.replace(was, now)) == []


async def opened(mongodb_url: str, archive: bytes) -> list[str]:
    """Restore a database of a release, migrate it, and give what is not as it should be."""
    database = open_database(mongodb_url, f"test-{uuid4().hex[:12]}", driver=DRIVER)
    try:
        await restore(database, io.BytesIO(archive))
        for migration in waiting(await shape_of(database)):
            await migrate(database, migration)
        await prepare(database)
        return [each async for each in problems_of(database)]
    finally:
        await database.client.drop_database(database.name)
        await close_database(database)


@pytest.mark.parametrize("release", DATABASES, ids=lambda release: release.name)
async def test_the_database_of_the_release_is_opened_migrated_and_whole(mongodb_url: str, release: Path) -> None:
    assert await opened(mongodb_url, await asyncio.to_thread(release.read_bytes)) == []


async def test_a_database_of_today_is_opened_and_one_that_lacks_a_paper_is_found(
    database: Database, printer: Printer, mongodb_url: str
) -> None:
    """What the releases are held to, on what this release writes."""
    await load(database, plan(1), plan(2))
    async with desk_on(database, printer) as desk:
        await desk.transmit("P-1")
    archives = []
    for _ in range(2):
        out = io.BytesIO()
        await back_up(database, out, {"release": "today", "at": NOW, "database": "tests"})
        archives.append(out.getvalue())
        await database["papers"].delete_many({})
    assert await opened(mongodb_url, archives[0]) == []
    assert await opened(mongodb_url, archives[1]) == ["1 transmitted reports have no paper: P-1."]

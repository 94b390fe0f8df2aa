"""A database of another release: refused with a sentence, brought to the shape of this one beside those who write."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from commands.migrating import bring_up_to_date
from service.composition import prepare
from storage import migrating, migrations
from storage.documents import from_document, to_document
from storage.lease import AnotherMigrates
from storage.migrating import Shape, WrongShape, migrate, require_shape, shape_of, would_change
from storage.migrations import MIGRATIONS, SHAPE, Migration
from tests.delivery.desk import desk_on, load, plan

if TYPE_CHECKING:
    from pdf.printer import Printer
    from settings import Settings
    from storage.client import Database, Document


async def earlier(database: Database, printer: Printer, number: int) -> None:
    """Make the database one of before 1.0.0, with a transmitted report and plans of other positions."""
    await load(database, *(plan(each) for each in range(1, number + 1)))
    async with desk_on(database, printer) as desk:
        await desk.transmit("P-1")
    plans = database["plans"]
    await plans.update_one({"_id": "P-1"}, {"$rename": {"report.facts": "report.frozen_plan"}})
    await plans.update_many({}, {"$set": {"keys.person": "of before", "keys.gone": 1}})
    await database["marks"].delete_one({"_id": "shape"})


async def as_of_today(database: Database) -> None:
    async for document in database["plans"].find():
        assert document["keys"] == to_document(from_document(document))["keys"]
        assert "frozen_plan" not in (document.get("report") or {})


async def test_a_fresh_database_has_the_shape_of_this_release(database: Database) -> None:
    assert await shape_of(database) == Shape(SHAPE, MIGRATIONS[-1].oldest)
    await require_shape(database)


async def test_a_database_of_an_earlier_release_is_refused_until_it_is_migrated(
    database: Database, printer: Printer, settings: Settings, mongodb_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await earlier(database, printer, 3)
    here = settings.model_copy(update={"mongodb_url": SecretStr(mongodb_url)})
    with pytest.raises(WrongShape, match=r"earlier release.*run `migrate`"):
        await prepare(database)

    assert await bring_up_to_date(here, check=True, dry_run=False) == 1
    assert await bring_up_to_date(here, check=False, dry_run=True) == 0
    assert "        3  To 1: facts and positions" in capsys.readouterr().out
    with pytest.raises(WrongShape):
        await require_shape(database)

    assert await bring_up_to_date(here, check=False, dry_run=False) == 0
    await require_shape(database)
    await as_of_today(database)
    assert await bring_up_to_date(here, check=True, dry_run=False) == 0


async def test_a_database_of_a_later_release_is_refused_unless_that_release_says_it_may_be_used(
    database: Database,
) -> None:
    marks = database["marks"]
    await marks.update_one({"_id": "shape"}, {"$set": {"number": SHAPE + 2, "oldest": SHAPE + 1}}, upsert=True)
    with pytest.raises(WrongShape, match=rf"later release \(its shape is {SHAPE + 2}, this release knows {SHAPE}\)"):
        await prepare(database)
    await marks.update_one({"_id": "shape"}, {"$set": {"oldest": SHAPE}})
    await prepare(database)


async def test_a_document_that_cannot_be_read_is_named_and_stays(database: Database, printer: Printer) -> None:
    await earlier(database, printer, 2)
    await database["plans"].update_one({"_id": "P-2"}, {"$set": {"starts_on": "2026-02-31"}})
    named: list[str] = []
    assert await migrate(database, MIGRATIONS[0], on_unreadable=lambda name, _: named.append(name)) == 1
    assert set(named) == {"P-2"}
    assert (await shape_of(database)).number == 1


def _marked(document: Document) -> tuple[Document, tuple[str, ...]] | None:
    return None if document.get("mark") == document["own_title"] else ({"mark": document["own_title"]}, ("digest",))


NEXT = Migration(SHAPE + 1, 1, "marks", "plans", _marked)


async def test_what_is_written_meanwhile_is_neither_lost_nor_left_behind(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The release before goes on changing what was migrated a moment ago, and what is being migrated."""
    monkeypatch.setattr(migrating, "BATCH", 7)
    await load(database, *(plan(each) for each in range(1, 41)))
    passages, written = 0, asyncio.Event()

    async def writes() -> None:
        for number in range(1, 41):
            change = {"$set": {"own_title": f"New {number}"}, "$inc": {"revision": 1}}
            await database["plans"].update_one({"_id": f"P-{number}"}, change)
        written.set()

    def progress(*_: int) -> None:
        nonlocal passages
        passages += 1

    writing = asyncio.create_task(writes())
    await migrate(database, NEXT, on_progress=progress)
    await asyncio.wait_for(written.wait(), 20)
    await writing
    await migrate(database, NEXT)
    found = [each async for each in database["plans"].find()]
    assert {each["own_title"] for each in found} == {f"New {number}" for number in range(1, 41)}
    assert all(each["mark"] == each["own_title"] and "digest" not in each for each in found)
    assert passages >= 12
    assert await would_change(database, NEXT) == 0


async def test_it_ends_though_the_release_before_never_stops_writing_and_is_settled_once_that_has(
    database: Database, settings: Settings, mongodb_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its last migration is still one of this release, so that the command can be asked."""
    await load(database, plan(1), plan(2))
    written = itertools.count()

    def behind_its_back(document: Document) -> tuple[Document, tuple[str, ...]] | None:
        return ({"mark": next(written)}, ()) if document["_id"] == "P-1" else None

    last = MIGRATIONS[-1]
    here = settings.model_copy(update={"mongodb_url": SecretStr(mongodb_url)})
    await migrate(database, dataclasses.replace(last, changed=behind_its_back))
    assert not (await shape_of(database)).settled
    await require_shape(database)
    assert await bring_up_to_date(here, check=True, dry_run=False) == 1
    assert await bring_up_to_date(here, check=False, dry_run=False) == 0
    assert "run `migrate` again" not in capsys.readouterr().out
    assert (await shape_of(database)).settled
    assert await bring_up_to_date(here, check=True, dry_run=False) == 0


async def test_one_that_was_stopped_goes_on_where_it_was(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "BATCH", 5)
    await load(database, *(plan(each) for each in range(10, 30)))
    seen: list[str] = []

    def stopping(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await migrate(database, NEXT, on_progress=stopping)
    assert (await shape_of(database)).number == SHAPE

    def noting(document: Document) -> tuple[Document, tuple[str, ...]] | None:
        seen.append(document["_id"])
        return _marked(document)

    await migrate(database, Migration(SHAPE + 1, 1, "marks", "plans", noting))
    assert seen[0] == "P-15"
    assert (await shape_of(database)).number == SHAPE + 1


async def test_one_process_migrates_at_a_time_and_one_that_was_killed_holds_nobody_for_long(
    database: Database,
) -> None:
    await load(database, plan(1))
    marks = database["marks"]
    await marks.insert_one({"_id": "migration", "holder": "of before the lease", "until": None})
    assert await migrate(database, NEXT) == 1
    held = [{"$set": {"holder": "killed", "until": {"$add": ["$$NOW", 60_000]}}}]
    await marks.update_one({"_id": "migration"}, held)
    with pytest.raises(AnotherMigrates, match="Another process migrates"):
        await migrate(database, NEXT)
    await marks.update_one({"_id": "migration"}, [{"$set": {"until": {"$subtract": ["$$NOW", 1]}}}])
    assert await migrate(database, NEXT) == 0


def test_every_migration_leads_one_further_and_says_which_release_it_leaves_behind() -> None:
    assert [each.to for each in migrations.MIGRATIONS] == list(range(1, SHAPE + 1))
    assert all(each.oldest <= each.to for each in migrations.MIGRATIONS)

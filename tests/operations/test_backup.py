"""A backup is whole or none, of one instant, and comes back under a running service without harm to its clients."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from pydantic import SecretStr

from commands.keeping import make_backup, restore_backup, verify
from service.composition import prepare
from service.version import VERSION
from storage.archives import BadArchive, whole_file
from storage.backup import back_up
from storage.client import close_database, open_database
from storage.restore import restore
from storage.verify import problems_of, unnamed_papers
from tests import DRIVER
from tests.delivery.desk import NOW, desk_on, load, plan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pdf.printer import Printer
    from settings import Settings
    from storage.client import Database

ROOT = Path(__file__).parents[2]
HEAD = {"release": VERSION, "at": NOW, "database": "tests"}
SECONDS = 20


@asynccontextmanager
async def elsewhere(mongodb_url: str) -> AsyncIterator[Database]:
    """Another database, empty."""
    opened = open_database(mongodb_url, f"test-{uuid4().hex[:12]}", driver=DRIVER)
    try:
        yield opened
    finally:
        await opened.client.drop_database(opened.name)
        await close_database(opened)


async def backup_of(database: Database) -> bytes:
    out = io.BytesIO()
    await back_up(database, out, HEAD)
    return out.getvalue()


async def everything(database: Database) -> dict[str, list[Any]]:
    names = [each for each in await database.list_collection_names() if each not in {"health", "previews", "marks"}]
    return {name: [each async for each in database[name].find().sort("_id", 1)] for name in sorted(names)}


async def problems(database: Database) -> list[str]:
    return [each async for each in problems_of(database)]


async def test_what_is_restored_elsewhere_is_what_was_kept(
    database: Database, printer: Printer, mongodb_url: str
) -> None:
    await load(database, *(plan(number) for number in range(1, 6)))
    async with desk_on(database, printer) as desk:
        for number in range(1, 4):
            await desk.transmit(f"P-{number}")
    kept = await backup_of(database)
    async with elsewhere(mongodb_url) as other:
        head = await restore(other, io.BytesIO(kept))
        assert (head["release"], head["at"]) == (VERSION, NOW)
        assert await everything(other) == await everything(database)
        await prepare(other)
        assert await problems(other) == []
        assert set(await other["plans"].index_information()) == set(await database["plans"].index_information())


async def test_a_backup_under_load_is_of_one_instant(database: Database, printer: Printer, mongodb_url: str) -> None:
    """No report without its paper or number, and of two counters that are written in turn none is ahead by two."""
    await load(database, *(plan(number) for number in range(1, 13)))
    for name in ("accounts", "webhooks"):
        await database[name].insert_one({"_id": "counter", "place": 0, "scope": "counter", "n": 0})
    stopping = asyncio.Event()

    async def counts() -> None:
        while not stopping.is_set():
            for name in ("accounts", "webhooks"):
                await database[name].update_one({"_id": "counter"}, {"$inc": {"n": 1}})

    async with desk_on(database, printer) as desk:
        counting = asyncio.create_task(counts())
        sending = asyncio.gather(*(desk.transmit(f"P-{number}") for number in range(1, 13)))
        copies = [await backup_of(database) for _ in range(3)]
        await sending
        stopping.set()
        await counting
    for copy in copies:
        async with elsewhere(mongodb_url) as other:
            await restore(other, io.BytesIO(copy))
            await prepare(other)
            assert await problems(other) == []
            first, second = [await other[name].find_one({"_id": "counter"}) for name in ("accounts", "webhooks")]
            assert first
            assert second
            assert first["n"] - second["n"] in {0, 1}


async def test_a_file_that_was_cut_or_changed_anywhere_is_refused_and_nothing_changes(
    database: Database, mongodb_url: str
) -> None:
    await load(database, *(plan(number) for number in range(1, 4)))
    kept = await backup_of(database)
    async with elsewhere(mongodb_url) as other:
        await load(other, plan(9))
        before = await everything(other)
        step = len(kept) // 23
        broken = [kept[:size] for size in range(0, len(kept), step)]
        broken += [
            kept[:place] + bytes([kept[place] ^ 0x40]) + kept[place + 1 :] for place in range(3, len(kept), step)
        ]
        for each in broken:
            with pytest.raises(BadArchive):
                await restore(other, io.BytesIO(each))
        assert await everything(other) == before


async def test_the_commands_say_what_they_did_and_refuse_with_a_sentence(
    database: Database, settings: Settings, mongodb_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await load(database, plan(1))
    here = settings.model_copy(update={"mongodb_url": SecretStr(mongodb_url)})
    file = tmp_path / "kept.bilans"
    assert await make_backup(here, str(file)) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert await make_backup(here, str(file)) == 2
    assert "is there already" in capsys.readouterr().err
    assert await make_backup(here, "/nowhere/at/all") == 2
    assert await restore_backup(here, str(file), replace=False) == 2
    assert "is not empty: --replace" in capsys.readouterr().err
    assert await restore_backup(here, str(file), replace=True) == 0
    assert "All is as it should be." in capsys.readouterr().out
    file.write_bytes(file.read_bytes()[:-9])
    assert await restore_backup(here, str(file), replace=True) == 2
    assert "nothing was changed" in capsys.readouterr().err
    assert await verify(here) == 0


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    file = tmp_path / "kept"

    def fails() -> None:
        with whole_file(file) as out:
            out.write(b"begun")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert not list(tmp_path.iterdir())


def test_a_backup_that_is_killed_leaves_no_file_and_the_next_one_is_whole(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib\nfrom storage.archives import whole_file\n"
        "with whole_file(pathlib.Path(sys.argv[1])) as out:\n"
        "    out.write(b'x' * 5_000_000)\n    out.flush()\n    print('written', flush=True)\n    sys.stdin.read()\n"
    )
    file = tmp_path / "kept"
    with subprocess.Popen(  # noqa: S603 - our own command line
        [sys.executable, "-c", code, str(file)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writing:
        assert writing.stdout
        assert writing.stdout.readline() == b"written\n"
        os.kill(writing.pid, signal.SIGKILL)
    assert not file.exists()
    with whole_file(file) as out:
        out.write(b"whole")
    assert file.read_bytes() == b"whole"
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


@pytest.mark.parametrize(
    ("collection", "match", "change", "sentence"),
    [
        ("papers", {}, {"$set": {"content": b"another"}}, "1 papers are not what their hash says"),
        ("plans", {"_id": "P-1"}, {"$set": {"report.sha256": "f" * 64}}, "1 transmitted reports have no paper: P-1"),
        ("plans", {"_id": "P-1"}, {"$set": {"starts_on": "2026-02-31"}}, "1 plans cannot be read: P-1"),
        ("plans", {"_id": "P-1"}, {"$set": {"numbers": [3], "sequence": 3}}, "the order of numbers: 1"),
        (
            "plans",
            {"_id": "P-1"},
            {"$unset": {"numbers": "", "sequence": ""}},
            "not one announcement for each report",
        ),
    ],
)
async def test_what_is_not_as_it_should_be_is_told(
    database: Database, printer: Printer, collection: str, match: dict[str, Any], change: Any, sentence: str
) -> None:
    await load(database, plan(1), plan(2))
    async with desk_on(database, printer) as desk:
        await desk.transmit("P-1")
        await desk.transmit("P-2")
    assert await problems(database) == []
    await database[collection].update_one(match, change)
    found = await problems(database)
    assert any(sentence in each for each in found), found


async def test_a_missing_index_and_a_paper_of_no_report_are_told(database: Database, printer: Printer) -> None:
    await load(database, plan(1))
    async with desk_on(database, printer) as desk:
        await desk.transmit("P-1")
        await desk.services.papers.keep("0" * 64, b"of a transmission that broke off", plan_id="P-1")
        await desk.services.papers.keep("1" * 64, b"of nobody", plan_id="P-0")
    await database["plans"].drop_index("announcements")
    assert [each for each in await problems(database) if "The index announcements of plans is missing" in each]
    assert sorted(await unnamed_papers(database)) == ["0" * 64, "1" * 64]


async def test_papers_of_no_report_go_after_a_day_and_no_other(database: Database, printer: Printer) -> None:
    """One whose report is written meanwhile stays, and so does every one that a report names."""
    await load(database, plan(1))
    async with desk_on(database, printer) as desk:
        sent = await desk.transmit("P-1")
        papers = desk.services.papers
    for digit in "012":
        await papers.keep(digit * 64, b"of a transmission that broke off", plan_id=f"P-{digit}")
    assert await papers.sweep(now=NOW) == 0
    assert await papers.sweep(now=NOW + timedelta(hours=23)) == 0
    await papers.keep("2" * 64, b"of a transmission that broke off", plan_id="P-2")
    assert await papers.sweep(now=NOW + timedelta(hours=25)) == 2
    assert sent.report
    assert {each["_id"] async for each in database["papers"].find()} == {sent.report.sha256, "2" * 64}

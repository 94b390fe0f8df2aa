"""Readiness names what is wrong, each by its name."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx

from service import readiness
from service.readiness import problems
from storage.data_directory import loss_of
from supervision.loops import Finished, Loops
from tests.service import serving

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from pdf.printer import Printer
    from settings import Settings


async def test_a_loop_that_has_ended_and_a_database_that_is_away_are_both_named() -> None:
    async def ends() -> None:
        raise Finished

    async def away() -> str | None:
        return "The database does not answer."

    loops = Loops()
    async with loops.running("announcements", ends) as task:
        await asyncio.wait([task])
        assert await problems(away, loops) == {
            "database": "The database does not answer.",
            "loops": "What runs in the background does not get on: announcements.",
        }


async def well() -> str | None:
    return None


async def test_nothing_is_named_where_all_is_well(tmp_path: Path) -> None:
    assert await problems(well, Loops()) == {}
    _made_as_by_mongod(tmp_path)
    assert await problems(well, Loops(), tmp_path) == {}


async def test_data_that_are_gone_are_named_while_the_server_that_holds_them_answers_still(
    settings: Settings, mongodb_url: str, printer: Printer
) -> None:
    """Mongod goes on until its next checkpoint, a minute perhaps, and acknowledges what nobody will find again."""
    embedded = settings.model_copy(update={"mongodb_url": None})
    _made_as_by_mongod(settings.data_dir)
    async with serving(embedded, mongodb_url, printer) as served, httpx.AsyncClient() as http:
        assert (await http.get(f"{served.url}/readyz")).json() == {"status": "ok"}
        (settings.data_dir / "mongodb").rename(settings.data_dir / "elsewhere")
        answer = await http.get(f"{served.url}/readyz")
    assert answer.status_code == 503
    gone = f"The data in {settings.data_dir}/mongodb are gone: bring them back, or restore a backup."
    assert answer.json()["problems"] == {"data": gone}


async def test_a_full_disk_of_the_embedded_server_is_named_once_the_server_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _made_as_by_mongod(tmp_path)
    monkeypatch.setattr(readiness, "LEAST_FREE", 1 << 60)
    found = await problems(well, Loops(), tmp_path)
    assert f"The disk of {tmp_path}, on which the database lies, is full" in found["disk"]


def test_data_that_cannot_be_written_or_reached_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _made_as_by_mongod(tmp_path)
    monkeypatch.setattr("os.access", lambda *_: False)  # a user for whom modes count for nothing runs the suite too
    assert "cannot be written: make it writable" in (loss_of(tmp_path) or "")
    assert "cannot be reached (File name too long)" in (loss_of(tmp_path / ("a" * 300)) or "")


def _made_as_by_mongod(data_dir: Path) -> None:
    (data_dir / "mongodb").mkdir()
    (data_dir / "mongodb" / "WiredTiger").touch()

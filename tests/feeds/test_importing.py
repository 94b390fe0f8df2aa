"""The import commands into a real database, as an operator runs them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from commands.importing import Import, load_feeds
from feeds.kinds import KINDS, LISTS
from feeds.plan_line import plans_schema
from main import main
from tests.feeds.factories import formation_xml, jsonl, lheo, plan_line, session_line
from tests.feeds.test_trainees import export

if TYPE_CHECKING:
    from pathlib import Path

    from storage.client import Database

PEOPLE = [{"identifier": f"120501{number}K", "lastName": "ADAM", "firstName": "Zoé"} for number in range(4)]


class Office:
    """An operator with a folder of files."""

    def __init__(self, database: Database, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.database = database
        self.folder = folder
        self.capsys = capsys

    async def load(self, kind: str, content: str | bytes, **asked: Any) -> tuple[int, str]:
        """Import a file; the exit status and what the last line of counts says, or the refusal."""
        file = self.folder / "feed"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        status = await load_feeds(self.database, Import(kind, [str(file)], self.folder / "report.csv", **asked))
        told = self.capsys.readouterr()
        return status, told.err if status == 2 else told.out.splitlines()[0].partition(", 0 rejected")[0]

    async def titles(self) -> dict[str, str]:
        """The title of the session of each plan."""
        return {each["_id"]: each["session"]["title"] async for each in self.database["plans"].find()}

    async def kept(self) -> list[Any]:
        """Everything that is kept of plans."""
        return [each async for each in self.database["plans"].find().sort("_id")]


@pytest.fixture
def office(database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(database, tmp_path, capsys)


def line(number: int, title: str, **changes: Any) -> dict[str, Any]:
    return plan_line(id=f"P-{number}", jobSeeker=PEOPLE[number], session=session_line(title=title), **changes)


async def test_each_kind_loads_and_the_same_file_again_changes_nothing(office: Office) -> None:
    yaml = "- {code: '2026', label: 'Reprise ailleurs'}\n"
    files: dict[str, tuple[str | bytes, dict[str, Any]]] = {
        "plans": (jsonl(plan_line()), {}),
        "lheo": (lheo(), {}),
        "trainees": (export(), {}),
        "organizations": (
            (
                "SIRET|LIBELLE|REGION|Nouvelle région|convention|date début|date fin\n"
                "73282932000074|FORMA|Nord|Hauts-de-France|01-1|05/09/2017|NULL\n"
            ),
            {},
        ),
        "identities": ("ancien identifiant;nouvel identifiant\n1205012K;1205013K\n", {}),
        "advisers": ("identifiant|conseiller|agence|depuis\n1205012K|A-7|62001|2026-09-01\n", {}),
        "nomenclature": (yaml, {"nomenclature": "exit-reason", "allow_shrinking": True}),
    }
    assert files.keys() == KINDS.keys()
    for kind, (content, asked) in files.items():
        status, first = await office.load(kind, content, **asked)
        assert (kind, status, first.split(", ")[:2]) == (kind, 0, ["1 read", "1 added"])
        assert await office.load(kind, content, **asked) == (0, "1 read, 0 added, 0 changed, 1 unchanged")


async def test_what_is_not_of_its_kind_is_refused_before_anything_is_written(office: Office) -> None:
    for kind in KINDS:
        asked = {"nomenclature": next(iter(LISTS))} if kind == "nomenclature" else {}
        status, told = await office.load(kind, b"\x89PNG\r\n\x1a\n\x00\x00", **asked)
        assert (kind, status) == (kind, 2)
        assert str(office.folder / "feed") in told
        assert "Traceback" not in told
    assert not await office.kept()


async def test_a_file_without_a_record_ends_with_a_sentence_and_no_success(office: Office) -> None:
    empty = {
        "plans": "\n\n",
        "lheo": lheo("<offre-formation/>"),
        "trainees": export().partition("\n")[0],
        "organizations": "SIRET|LIBELLE|REGION|Nouvelle région|convention|date début|date fin\n",
    }
    for kind, content in empty.items():
        status, told = await office.load(kind, content)
        assert (kind, status) == (kind, 2)
        assert "no record that could be read" in told


async def test_an_array_of_plans_is_refused_with_what_to_do(office: Office) -> None:
    for content in (json.dumps([plan_line()]), json.dumps([plan_line()], indent=1)):
        status, told = await office.load("plans", content)
        assert status == 2
        assert "on a line of its own" in told


async def test_lines_that_end_as_on_old_macintoshes_are_read(office: Office) -> None:
    assert (await office.load("trainees", export().replace("\n", "\r")))[1].startswith("1 read, 1 added")


async def test_a_dry_run_writes_no_plan(office: Office) -> None:
    assert (await office.load("plans", jsonl(plan_line()), dry_run=True))[0] == 0
    assert not await office.kept()


async def test_a_rejected_line_is_in_the_report_and_the_status(office: Office) -> None:
    status, _ = await office.load("plans", jsonl(plan_line(), plan_line(id="P-2", startsOn="soon")))
    assert status == 1
    assert "startsOn" in (office.folder / "report.csv").read_text()
    assert len(await office.kept()) == 1


async def test_one_session_has_one_title_however_the_feed_contradicts_itself(office: Office) -> None:
    feed = jsonl(line(0, "Vente"), line(1, "Soudure"), line(2, "Vente"))

    await office.load("plans", feed)
    assert set((await office.titles()).values()) == {"Vente"}
    before = await office.kept()
    assert await office.load("plans", feed) == (0, "3 read, 0 added, 0 changed, 3 unchanged")
    assert await office.kept() == before


async def test_a_later_line_of_another_plan_renames_the_session_of_all(office: Office) -> None:
    await office.load("plans", jsonl(line(0, "Vente"), line(1, "Vente")))
    await office.load("plans", jsonl(line(2, "Soudure")))
    assert set((await office.titles()).values()) == {"Soudure"}
    assert await office.load("plans", jsonl(line(0, "Vente"))) == (0, "1 read, 0 added, 0 changed, 1 unchanged")


async def test_the_offer_that_changes_reaches_the_plans_that_have_its_sessions(office: Office) -> None:
    await office.load("lheo", lheo())
    await office.load("trainees", export())
    assert set((await office.titles()).values()) == {"Vente"}

    await office.load("lheo", lheo(formation_xml(title="Vente en ligne")))

    assert set((await office.titles()).values()) == {"Vente en ligne"}
    assert (await office.load("trainees", export()))[1].endswith("1 changed, 0 unchanged")
    assert set((await office.titles()).values()) == {"Vente en ligne"}


def test_the_schema_of_the_plans_feed_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plans-schema"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(plans_schema()))

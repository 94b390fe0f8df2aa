"""What the pages say of the house is so: links lead somewhere, files are there, arrows are imports."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.test_house import names_imported, rooms

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED = re.compile(r"`((?:[a-z_]+/)+[\w.-]*)`")
WITHOUT_ARROWS = {"domain"}


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_nowhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return not target.exists() or bool(anchor and anchor not in anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text()) if not re.match(r"[a-z]+:", link)]
    assert [link for link in links if leads_nowhere(page, link)] == []


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/house.md"])
def test_every_file_that_a_newcomer_is_sent_to_is_there(page: str) -> None:
    files = NAMED.findall((ROOT / page).read_text())
    assert len(files) > 10
    assert [file for file in files if not (ROOT / file).exists() and not (ROOT / "docs" / file).exists()] == []


def imports() -> dict[str, set[str]]:
    return {
        room: {
            name.partition(".")[0]
            for path in (ROOT / room).rglob("*.py")
            for node in ast.walk(ast.parse(path.read_text()))
            for name in names_imported(node)
        }
        & (rooms() - {room})
        for room in rooms()
    }


def test_the_picture_of_the_house_shows_every_import_between_rooms() -> None:
    house = (ROOT / "docs" / "house.md").read_text()
    drawn = {room: set(known.split(" & ")) for room, known in re.findall(r"^ +(\w+) --> (.+)$", house, re.MULTILINE)}
    there = {room: known - WITHOUT_ARROWS for room, known in imports().items()}
    assert drawn == {room: known for room, known in there.items() if known}


def test_the_house_names_the_rooms_that_do_not_know_the_rules() -> None:
    line = re.search(r"^Without the rules: (.+)\.$", (ROOT / "docs" / "house.md").read_text(), re.MULTILINE)
    assert line
    without = {room for room, known in imports().items() if "domain" not in known} - {"domain"}
    assert set(line[1].split(", ")) == without


@pytest.mark.parametrize("page", ["README.md", "docs/house.md"])
def test_every_room_is_told_of(page: str) -> None:
    told = (ROOT / page).read_text()
    assert {room for room in rooms() if f"`{room}/`" not in told} == set()

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from domain.nomenclature import Code, ListedEntry, NomenclatureName
from feeds.list_loading import load_list
from feeds.nomenclatures import register_of
from feeds.outcome import NotThisFormat
from feeds.rejections import report_file
from feeds.tally import Tally
from tests.feeds.factories import source


class Shelf:
    """Keeps the entries published, and whether what was missing was retired."""

    def __init__(self) -> None:
        self.entries: dict[Code, ListedEntry] = {}
        self.retiring: bool | None = None

    async def lookup(self, codes: Iterable[Code]) -> dict[Code, ListedEntry]:
        return {code: self.entries[code] for code in codes if code in self.entries}

    async def publish(
        self, name: NomenclatureName, entries: Sequence[ListedEntry], *, among: str, retiring: bool
    ) -> int:
        assert among == ""
        self.retiring = retiring
        gone = {code for code in self.entries if retiring} - {(name, entry.code) for entry in entries}
        self.entries |= {(name, entry.code): entry for entry in entries}
        self.entries |= {code: self.entries[code].model_copy(update={"retired": True}) for code in gone}
        return len(gone)


async def load(shelf: Shelf, content: str, folder: Path, *, dry_run: bool = False) -> Tally:
    tally = Tally(dry_run=dry_run)
    with report_file(folder / "report.csv") as report:
        await load_list(source(content), NomenclatureName.ROME, shelf, tally=tally, report=report)
    return tally


async def test_a_list_is_added_then_unchanged_then_loses_an_entry(tmp_path: Path) -> None:
    shelf = Shelf()

    first = await load(shelf, "code;label\nA1101;a\nA1201;c\nA1201;b\n", tmp_path)
    again = await load(shelf, "code;label\nA1101;a\nA1201;b\n", tmp_path)
    later = await load(shelf, "code;label\nA1101;a\n", tmp_path)

    assert (first.read, first.added, first.unchanged, again.unchanged) == (3, 2, 1, 2)
    assert (later.changed, later.unchanged) == (1, 1)
    assert shelf.entries[NomenclatureName.ROME, "A1201"].retired


async def test_a_rejected_row_is_reported_and_nothing_is_retired(tmp_path: Path) -> None:
    shelf = Shelf()

    tally = await load(shelf, "code;label\nA1101;a\nA12;b\n", tmp_path)

    assert (tally.read, tally.added, tally.rejected, tally.exit_status, shelf.retiring) == (2, 1, 1, 1, False)
    assert (tmp_path / "report.csv").exists()


async def test_a_dry_run_publishes_nothing(tmp_path: Path) -> None:
    shelf = Shelf()

    tally = await load(shelf, "code;label\nA1101;a\n", tmp_path, dry_run=True)

    assert (tally.read, tally.added, shelf.entries) == (1, 0, {})


async def test_a_file_without_entries_changes_nothing(tmp_path: Path) -> None:
    shelf = Shelf()

    with pytest.raises(NotThisFormat):
        await load(shelf, "code;label\n", tmp_path)

    assert shelf.retiring is None


@pytest.mark.parametrize(
    ("codes", "name", "expected"),
    [
        (["RNCP1", "RNCP2"], NomenclatureName.CERTIFICATION, "^(?:RNCP)[0-9]"),
        (["80735"], NomenclatureName.CERTIFICATION, "^(?:)[0-9]"),
        (["RS1", "RNCP2"], NomenclatureName.CERTIFICATION, "^(?:RNCP|RS)[0-9]"),
        (["A1101"], NomenclatureName.ROME, ""),
    ],
)
def test_a_list_speaks_for_the_registers_it_has_codes_of(
    codes: list[str], name: NomenclatureName, expected: str
) -> None:
    assert register_of([ListedEntry(code=code, label="a") for code in codes], name) == expected

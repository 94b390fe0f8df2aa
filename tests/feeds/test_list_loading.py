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

    async def offered_codes(self, name: NomenclatureName, *, among: str) -> frozenset[str]:
        assert among == ""
        return frozenset(code for of, code in self.entries if of is name and not self.entries[of, code].retired)

    async def publish(
        self, name: NomenclatureName, entries: Sequence[ListedEntry], *, among: str, retiring: bool
    ) -> int:
        assert among == ""
        self.retiring = retiring
        gone = {code for code in self.entries if retiring} - {(name, entry.code) for entry in entries}
        self.entries |= {(name, entry.code): entry for entry in entries}
        self.entries |= {code: self.entries[code].model_copy(update={"retired": True}) for code in gone}
        return len(gone)


async def load(
    shelf: Shelf, content: str, folder: Path, *, dry_run: bool = False, allow_shrinking: bool = False
) -> Tally:
    tally, name = Tally(dry_run=dry_run), NomenclatureName.ROME
    with report_file(folder / "report.csv") as report:
        await load_list(source(content), name, shelf, tally=tally, report=report, allow_shrinking=allow_shrinking)
    return tally


def rome(*codes: int) -> str:
    return "code_rome;libelle\n" + "".join(f"A{code};Métier {code}\n" for code in codes)


async def test_a_list_is_added_then_unchanged_then_loses_an_entry(tmp_path: Path) -> None:
    shelf = Shelf()

    first = await load(shelf, "code;label\nA1101;a\nA1201;c\nA1201;b\n", tmp_path)
    again = await load(shelf, "code;label\nA1101;a\nA1201;b\n", tmp_path)
    later = await load(shelf, "code;label\nA1101;a\n", tmp_path)

    assert (first.read, first.added, first.unchanged, again.unchanged) == (3, 2, 1, 2)
    assert (later.changed, later.unchanged, later.retired) == (0, 1, 1)
    assert "0 changed, 1 unchanged, 1 retired, 0 rejected" in later.line()
    assert shelf.entries[NomenclatureName.ROME, "A1201"].retired


async def test_a_rejected_row_is_reported_and_nothing_is_retired(tmp_path: Path) -> None:
    shelf = Shelf()

    tally = await load(shelf, "code;label\nA1101;a\nA12;b\n", tmp_path)

    assert (tally.read, tally.added, tally.rejected, tally.exit_status, shelf.retiring) == (2, 1, 1, 1, False)
    assert (tmp_path / "report.csv").exists()


async def test_with_a_rejected_row_nothing_is_foreseen_to_go(tmp_path: Path) -> None:
    shelf = Shelf()
    await load(shelf, rome(*range(1101, 1121)), tmp_path)

    tally = await load(shelf, rome(1101, 1), tmp_path, dry_run=True)

    assert "0 would be added, 0 changed, 1 unchanged, 0 retired, 1 rejected" in tally.line()


@pytest.mark.parametrize("gone", [4, 5])
async def test_a_list_may_lose_a_fifth_of_its_entries(tmp_path: Path, gone: int) -> None:
    shelf = Shelf()
    await load(shelf, rome(*range(1101, 1121)), tmp_path)
    shorter = load(shelf, rome(*range(1101 + gone, 1121)), tmp_path)

    if gone > 20 // 5:
        with pytest.raises(NotThisFormat, match="would retire 5 of the 20"):
            await shorter
    else:
        assert (await shorter).retired == gone


async def test_a_dry_run_publishes_nothing(tmp_path: Path) -> None:
    shelf = Shelf()

    tally = await load(shelf, "code;label\nA1101;a\n", tmp_path, dry_run=True)

    assert (tally.read, tally.added, shelf.entries) == (1, 0, {})


async def test_a_dry_run_tells_what_would_be_changed_and_retired(tmp_path: Path) -> None:
    shelf = Shelf()
    await load(shelf, rome(*range(1101, 1112)), tmp_path)
    before = dict(shelf.entries)

    tally = await load(shelf, rome(*range(1103, 1113)), tmp_path, dry_run=True)

    assert "(dry run): 1 would be added, 0 changed, 9 unchanged, 2 retired" in tally.line()
    assert shelf.entries == before


@pytest.mark.parametrize("dry_run", [False, True])
async def test_a_part_of_a_list_does_not_take_its_place_unless_the_operator_says_so(
    tmp_path: Path,
    dry_run: bool,  # noqa: FBT001 - a parameter of the case
) -> None:
    shelf = Shelf()
    await load(shelf, rome(*range(1101, 1121)), tmp_path)
    before = dict(shelf.entries)

    with pytest.raises(NotThisFormat, match=r"would retire 19 of the 20 entries offered.*--allow-shrinking"):
        await load(shelf, rome(1101), tmp_path, dry_run=dry_run)
    assert shelf.entries == before

    tally = await load(shelf, rome(1101), tmp_path, allow_shrinking=True)
    assert (tally.changed, tally.unchanged, tally.retired) == (0, 1, 19)


async def test_what_a_file_itself_says_retired_counts_too(tmp_path: Path) -> None:
    shelf = Shelf()
    await load(shelf, rome(1101, 1102), tmp_path)

    tally = await load(shelf, "code;label;actif\nA1101;Métier 1101;Oui\nA1102;Métier 1102;Non\n", tmp_path)

    assert (tally.changed, tally.unchanged, tally.retired) == (0, 1, 1)


async def test_a_file_without_entries_changes_nothing(tmp_path: Path) -> None:
    shelf = Shelf()

    with pytest.raises(NotThisFormat):
        await load(shelf, "code;label\n", tmp_path)

    assert shelf.retiring is None


@pytest.mark.parametrize(
    ("codes", "name", "expected"),
    [
        (["RNCP1", "RNCP2"], NomenclatureName.CERTIFICATION, "^(?:RNCP)[0-9]+$"),
        (["80735"], NomenclatureName.CERTIFICATION, "^(?:)[0-9]+$"),
        (["RS1", "RNCP2"], NomenclatureName.CERTIFICATION, "^(?:RNCP|RS)[0-9]+$"),
        (["A1101"], NomenclatureName.ROME, ""),
    ],
)
def test_a_list_speaks_for_the_registers_it_has_codes_of(
    codes: list[str], name: NomenclatureName, expected: str
) -> None:
    assert register_of([ListedEntry(code=code, label="a") for code in codes], name) == expected

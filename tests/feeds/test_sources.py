import bz2
import gzip
import io
import zipfile
from pathlib import Path

import pytest

import feeds.sources
from feeds.outcome import NotThisFormat
from feeds.sources import MAX_LINE, CutShort, opened
from tests.feeds.factories import source

TEXT = b"".join(b"line %d\n" % number for number in range(20_000))


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, TEXT)
    return file.getvalue()


def read(path: Path | str, stdin: bytes = b"") -> bytes:
    with opened(str(path), stdin=io.BytesIO(stdin)) as feed:
        return b"".join(line for _, line in feed.lines())


@pytest.mark.parametrize(
    "content",
    [TEXT, gzip.compress(TEXT), bz2.compress(TEXT), zipped("__MACOSX/x", "feed.jsonl")],
    ids=["plain", "gzip", "bzip2", "zip"],
)
def test_a_file_reads_the_same_however_it_is_compressed_and_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "feed"
    path.write_bytes(content)

    assert read(path) == TEXT


@pytest.mark.parametrize("content", [TEXT, gzip.compress(TEXT), bz2.compress(TEXT)], ids=["plain", "gzip", "bzip2"])
def test_standard_input_is_a_dash_and_may_be_compressed_too(content: bytes) -> None:
    assert read("-", content) == TEXT


def test_a_zip_on_standard_input_is_refused_with_what_to_do() -> None:
    with pytest.raises(NotThisFormat, match="give its path"):
        read("-", zipped("feed.jsonl"))


@pytest.mark.parametrize("names", [(), ("a", "b")])
def test_an_archive_holds_one_file(tmp_path: Path, names: tuple[str, ...]) -> None:
    path = tmp_path / "feed.zip"
    path.write_bytes(zipped(*names) if names else b"PK\x03\x04 not really")

    with pytest.raises(NotThisFormat):
        read(path)


def test_what_cannot_be_opened_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(NotThisFormat, match=r"absent\.jsonl: No such file"):
        read(tmp_path / "absent.jsonl")
    with pytest.raises(NotThisFormat, match="directory"):
        read(tmp_path)


@pytest.mark.parametrize("content", [gzip.compress(TEXT), bz2.compress(TEXT)], ids=["gzip", "bzip2"])
def test_a_truncated_file_gives_its_lines_then_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "feed"
    path.write_bytes(content[: len(content) - 20])

    with pytest.raises((CutShort, NotThisFormat), match="cannot be read to its end"):
        read(path)


def test_a_file_that_swells_without_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds.sources, "_FREE", 1 << 18)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"\n" * (20 << 20)))

    with pytest.raises(CutShort, match="swells"):
        read(path)


def test_lines_are_numbered_as_an_editor_does_and_blank_ones_passed_over() -> None:
    feed = source(b"\xef\xbb\xbfa\r\n\n \nb")

    assert list(feed.lines()) == [(1, b"a\r\n"), (4, b"b")]


def test_a_line_without_end_is_cut_and_the_next_one_keeps_its_number() -> None:
    feed = source(b"x" * (3 * MAX_LINE) + b"\nnext\n")

    assert [(number, len(line)) for number, line in feed.lines()] == [(1, MAX_LINE + 1), (2, 5)]


def test_position_and_total_are_those_of_the_file_as_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "feed.gz"
    path.write_bytes(gzip.compress(TEXT))

    with opened(str(path), stdin=io.BytesIO()) as feed:
        list(feed.lines())

        assert feed.total == feed.position() == path.stat().st_size


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "workbook .xlsx.: save it"),
        (zipped("mimetype", "content.xml"), "workbook .ods.: save it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old spreadsheet"),
        ("a;b\n1;2\n".encode("utf-16"), "UTF-16 or UTF-32: save it as UTF-8"),
        (("a;b\n1;2\n" * 9).encode("utf-16-le"), "UTF-16 or UTF-32: save it as UTF-8"),
        (b"%PDF-1.7\n", "is a PDF"),
        (b"7z\xbc\xaf\x27\x1c", "7z archive: unpack it"),
    ],
    ids=["xlsx", "ods", "xls", "utf-16", "utf-16 without mark", "pdf", "7z"],
)
def test_what_is_taken_for_a_feed_is_refused_with_what_to_do(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "feed"
    path.write_bytes(content)

    with pytest.raises(NotThisFormat, match=what):
        read(path)


def test_carriage_returns_alone_end_lines_too(tmp_path: Path) -> None:
    path = tmp_path / "feed"
    path.write_bytes(TEXT.replace(b"\n", b"\r"))

    assert read(path) == TEXT


@pytest.mark.parametrize(
    "wanted", ["export_fiches_CSV_Standard_2024_10_28.csv", "csv/unix_referentiel_code_rome_v460_utf8.csv"]
)
def test_the_list_in_an_archive_as_published_is_found_among_its_other_tables(tmp_path: Path, wanted: str) -> None:
    path = tmp_path / "feed.zip"
    path.write_bytes(
        zipped("export_fiches_CSV_Rome_2024_10_28.csv", wanted, "unix_referentiel_appellation_v460_utf8.csv")
    )

    assert read(path) == TEXT

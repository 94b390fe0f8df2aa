"""What a feed may cost: nothing grows faster than what is in it."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from feeds.loading import MOST_REJECTED, load
from feeds.outcome import Rejected, Remark
from feeds.progress import progress_on
from feeds.rejections import report_file
from feeds.sources import Source, opened
from feeds.tally import Tally
from outbound.targets import Forbidden, parsed
from storage.agreement import Agreement
from tests.factories import a_person, a_plan, a_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.client import Database


@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b"  \t\n"])
def test_blank_lines_are_passed_over_at_once_and_counted(blank: bytes) -> None:
    source = Source("x", io.BytesIO(blank * 3 + b"first\n" + blank * 200_000 + b" \nlast\n\n\n"), position=int)
    stream, lines = source._stream, 0  # noqa: SLF001 - how often a line is looked for

    class Counting:
        def readline(self, size: int) -> bytes:
            nonlocal lines
            lines += 1
            return stream.readline(size)

        def __getattr__(self, name: str) -> Any:
            return getattr(stream, name)

    source._stream = Counting()  # type: ignore[assignment] # noqa: SLF001 - as above

    assert list(source.lines()) == [(4, b"first\n"), (200_006, b"last\n")]
    assert lines < 200, "as many as there are blocks, not lines"


def test_a_zip_of_line_feeds_is_read_or_given_up(tmp_path: Path) -> None:
    path = tmp_path / "feeds.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("plans.jsonl", b"{}\n" + b"\n" * (32 << 20))
    with opened(str(path), stdin=io.BytesIO()) as source:
        assert list(source.lines()) == [(1, b"{}\n")]


async def test_what_is_no_feed_is_not_read_to_its_end(tmp_path: Path) -> None:
    def parse(_: Source) -> Iterator[Rejected]:
        for line in range(10 * MOST_REJECTED):
            yield Rejected(line + 1, (Remark("", "", "no plan"),))

    tally = Tally()
    with report_file(tmp_path / "report.csv") as report, progress_on(io.StringIO()) as progress:
        source = Source("x", io.BytesIO(b"x"), position=int)
        await load(source, parse, None, tally=tally, report=report, progress=progress)

    assert tally.rejected == MOST_REJECTED + 1
    assert "the rest is not read" in (tmp_path / "report.csv").read_text()


async def test_the_server_is_told_by_which_index_it_finds_those_who_do_not_agree(database: Database) -> None:
    plans = [
        a_plan(f"P-{n}", session=a_session(f"S-{n}"), job_seeker=a_person(f"{1_000_000 + n}A")) for n in range(300)
    ]
    await database["plans"].insert_one({"_id": "P"})
    found = list(Agreement.of(plans).differing())

    for condition, index in found:
        plan: Any = await database["plans"].find({**condition, "_id": {"$nin": ["P-1"]}}, hint=index).explain()
        planner = plan["queryPlanner"]
        assert planner["rejectedPlans"] == []
        assert set(_indexes(planner["winningPlan"])) == {index}
    assert [index for _, index in found] == ["plans_of_session"] * 2 + ["plans_of_person"] * 2


def _indexes(stage: Any) -> Iterator[str]:
    if isinstance(stage, dict):
        if "indexName" in stage:
            yield stage["indexName"]
        for inner in stage.values():
            yield from _indexes(inner)
    elif isinstance(stage, list):
        for inner in stage:
            yield from _indexes(inner)


@pytest.mark.parametrize("port", ["99999999999", "65536", "0", "-1"])
def test_a_port_that_there_is_not_is_refused(port: str) -> None:
    with pytest.raises(Forbidden):
        parsed(f"https://example.org:{port}/")
    assert parsed("https://example.org:65535/").port == 65_535

import csv
import gzip
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

import feeds.progress
from domain.loading import Written
from domain.plan import Plan
from feeds.loading import BATCH, load
from feeds.outcome import NotThisFormat, Remark
from feeds.plans import read_plans
from feeds.progress import progress_on
from feeds.rejections import report_file
from feeds.sources import Source, opened
from feeds.tally import Tally
from tests.feeds.factories import jsonl, plan_line, source


class Shelf:
    """Keeps plans as storage does: the same again is unchanged."""

    def __init__(self) -> None:
        self.plans: dict[str, Plan] = {}
        self.batches: list[int] = []

    async def load(self, plans: Sequence[Plan]) -> Written:
        self.batches.append(len(plans))
        written = Written()
        for plan in plans:
            kept = self.plans.get(plan.id)
            written += Written(
                added=int(kept is None), changed=int(kept not in (None, plan)), unchanged=int(kept == plan)
            )
            self.plans[plan.id] = plan
        return written


class Desk:
    """A shelf, the report beside it, and what was told on the way."""

    def __init__(self, folder: Path) -> None:
        self.shelf = Shelf()
        self.path = folder / "rejections.csv"
        self.told = io.StringIO()

    async def load(self, feed: Source, *, dry_run: bool = False) -> Tally:
        tally = Tally(dry_run=dry_run)
        with report_file(self.path) as report, progress_on(self.told) as progress:
            write = None if dry_run else self.shelf.load
            await load(feed, read_plans, write, tally=tally, report=report, progress=progress)
        return tally

    def rows(self) -> list[list[str]]:
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file, delimiter=";"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def lines(count: int) -> bytes:
    return jsonl(*(plan_line(id=f"P-{number}") for number in range(count)))


async def test_a_feed_loads_in_batches_and_again_changes_nothing(desk: Desk) -> None:
    first = await desk.load(source(lines(BATCH + 1)))
    second = await desk.load(source(lines(BATCH + 1)))

    assert (first.read, first.added, first.rejected, first.exit_status) == (BATCH + 1, BATCH + 1, 0, 0)
    assert (second.added, second.changed, second.unchanged) == (0, 0, BATCH + 1)
    assert desk.shelf.batches == [BATCH, 1, BATCH, 1]
    assert not desk.path.exists()


async def test_heavy_lines_make_smaller_batches(desk: Desk) -> None:
    heavy = jsonl(*(plan_line(id=f"P-{number}", novelty="x" * 900_000) for number in range(20)))

    await desk.load(source(heavy))

    assert desk.shelf.batches == [10, 10]


async def test_a_rejected_line_is_reported_and_the_others_load(desk: Desk) -> None:
    tally = await desk.load(source(lines(1) + b'{"id": "P-9"}\n' + lines(2)))

    assert (tally.read, tally.added, tally.unchanged, tally.rejected, tally.exit_status) == (4, 2, 1, 1, 1)
    assert desk.rows()[0] == ["file", "line", "outcome", "where", "value", "reason"]
    assert desk.rows()[1] == ["the feed", "2", "rejected", "startsOn", "", "required, and absent or blank"]


async def test_a_flag_is_reported_counted_and_does_not_fail_the_load(desk: Desk) -> None:
    funding = {"scheme": "=cmd()", "employmentServiceFunded": False}

    tally = await desk.load(source(jsonl(plan_line(funding=funding))))

    assert (tally.added, tally.flagged, tally.exit_status) == (1, 1, 0)
    assert desk.rows()[1][2:5] == ["flagged", "funding.scheme", "'=cmd()"]
    assert "1 × funding.scheme: unknown dispositif" in tally.summary()


def test_flags_are_counted_by_field_whichever_record_they_are_of() -> None:
    tally = Tally()

    for number in ("AF_1", "AF_2"):
        tally.count_flags((Remark(f"formation[{number}]/SIRET", "1", "odd"), Remark("x", "", "odd")))

    assert tally.flagged == 2
    assert tally.odd == {("formation/SIRET", "odd"): 2, ("x", "odd"): 2}


async def test_a_dry_run_does_everything_but_writing(desk: Desk) -> None:
    tally = await desk.load(source(lines(1) + b"garbage\n"), dry_run=True)

    assert (tally.read, tally.rejected, desk.shelf.plans) == (2, 1, {})
    assert tally.summary() == "2 read, nothing written (dry run), 1 rejected, 0 kept with a flag"
    assert len(desk.rows()) == 2


async def test_another_format_is_refused_before_anything_is_written(desk: Desk) -> None:
    with pytest.raises(NotThisFormat):
        await desk.load(source(b"a;b\n1;2\n"))

    assert desk.shelf.batches == []


async def test_a_file_that_breaks_off_loads_up_to_there_and_fails(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "plans.jsonl.gz"
    path.write_bytes(gzip.compress(lines(3000))[:-12])

    with opened(str(path), stdin=io.BytesIO()) as feed:
        tally = await desk.load(feed)

    assert tally.added == len(desk.shelf.plans) > BATCH
    assert tally.exit_status == 1
    assert "cannot be read to its end" in desk.rows()[1][5]


async def test_what_the_writer_raises_ends_the_load(desk: Desk) -> None:
    async def full(_plans: Sequence[Plan]) -> Written:
        raise ConnectionError

    with report_file(desk.path) as report, progress_on(desk.told) as progress, pytest.raises(ConnectionError):
        await load(source(lines(1)), read_plans, full, tally=Tally(), report=report, progress=progress)


async def test_a_load_tells_where_it_is_in_plain_lines_where_there_is_no_terminal(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds.progress, "EVERY", 100)

    await desk.load(source(b'{"id":1}\n' * 100 + json.dumps(plan_line()).encode()))

    counts = "101 read, 0 added, 0 changed, 0 unchanged, 100 rejected, 0 kept with a flag"
    assert desk.told.getvalue() == f"the feed: {counts}\n"


async def test_a_load_draws_a_bar_on_a_terminal(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    desk.told = Terminal()

    await desk.load(source(lines(3)))

    assert "3 read, 0 rejected" in desk.told.getvalue()
    assert "━" in desk.told.getvalue()

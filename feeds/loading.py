"""Loads a feed in batches: a thread reads the next batch while the last one is being written."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from feeds.outcome import NotThisFormat, Outcome, Rejected, Remark
from feeds.sources import CutShort

if TYPE_CHECKING:
    from domain.loading import Written
    from feeds.progress import Progress
    from feeds.rejections import ReportFile
    from feeds.sources import Source
    from feeds.tally import Tally

T = TypeVar("T")
Parse = Callable[["Source"], Iterator[Outcome[T]]]
Write = Callable[[Sequence[T]], Awaitable["Written"]]

BATCH = 1000
BATCH_BYTES = 8 << 20
MOST_REJECTED = 100_000
"""How many records in a row may be rejected: after them the file is not of the format, and reading it ends."""


async def load(
    source: Source, parse: Parse[T], write: Write[T] | None, *, tally: Tally, report: ReportFile, progress: Progress
) -> None:
    """Read the whole source into batches of at most 1 000 records or 8 MiB and write them in their order.

    Without `write` (a dry run) everything is done but writing. Raises NotThisFormat, before anything is written, for
    a file that is not of the format or has no record, and whatever `write` raises. A load that failed is simply
    started again, as writing the same records twice changes nothing.
    """
    read_before = tally.read
    outcomes = _to_the_end(parse(source))
    writing: asyncio.Task[None] | None = None
    try:
        while batch := await asyncio.to_thread(_batch, outcomes, source, tally, report):
            if writing:
                await writing
            if write:
                writing = asyncio.create_task(_written(write, batch, tally))
            progress.show(source, tally)
        if writing:
            await writing
    finally:
        if writing:
            writing.cancel()
    progress.show(source, tally)
    if tally.read == read_before:
        raise NotThisFormat(f"{source.name} has no record that could be read: nothing was changed.")


async def _written(write: Write[T], batch: Sequence[T], tally: Tally) -> None:
    tally.count(await write(batch))


def note(outcome: Outcome[T], source: Source, tally: Tally, report: ReportFile) -> None:
    """Count an outcome, and write its remarks in the report."""
    tally.read += 1
    if isinstance(outcome, Rejected):
        tally.rejected += 1
        report.add(source.name, outcome.line, "rejected", outcome.reasons)
    elif outcome.flags:
        tally.count_flags(outcome.flags)
        report.add(source.name, outcome.line, "flagged", outcome.flags)


def _batch(outcomes: Iterator[Outcome[T]], source: Source, tally: Tally, report: ReportFile) -> list[T]:
    """Return the next values to write, none at the end of the file; count and report all outcomes up to there."""
    batch: list[T] = []
    size = 0
    for outcome in outcomes:
        note(outcome, source, tally, report)
        if isinstance(outcome, Rejected):
            continue
        batch.append(outcome.value)
        size += outcome.size
        if len(batch) >= BATCH or size >= BATCH_BYTES:
            break
    return batch


def _to_the_end(outcomes: Iterator[Outcome[T]]) -> Iterator[Outcome[T]]:
    """Give the outcomes; end with a rejection where the file breaks off, or is not of the format any more.

    What came before that is loaded.
    """
    line, in_a_row = 0, 0
    try:
        for outcome in outcomes:
            line = outcome.line
            in_a_row = in_a_row + 1 if isinstance(outcome, Rejected) else 0
            if in_a_row > MOST_REJECTED:
                yield Rejected(
                    line, (Remark("", "", f"{MOST_REJECTED} before it were rejected: the rest is not read"),)
                )
                return
            yield outcome
    except CutShort as error:
        yield Rejected(line + 1, (Remark("", "", str(error)),))

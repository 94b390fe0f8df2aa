"""Shows how far a load is: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from rich.progress import TaskID

    from feeds.sources import Source
    from feeds.tally import Tally

EVERY = 50_000


class Progress:
    """Shows the counts while they grow: in a bar on a terminal, elsewhere in a line every 50 000 records."""

    def __init__(self, console: Console, bar: Bar) -> None:
        self._console = console
        self._bar = bar
        self._tasks: dict[str, TaskID] = {}
        self._next = EVERY

    def show(self, source: Source, tally: Tally) -> None:
        """Show the position in the source, and the counts."""
        if self._console.is_terminal:
            self._draw(source, tally)
        elif tally.read >= self._next:
            self._next = tally.read - tally.read % EVERY + EVERY
            self._console.print(f"{source.name}: {tally.line()}", soft_wrap=True, markup=False, highlight=False)

    def _draw(self, source: Source, tally: Tally) -> None:
        if source.name not in self._tasks:
            self._tasks[source.name] = self._bar.add_task(source.name, total=source.total, counts="")
        counts = f"{tally.read} read, {tally.rejected} rejected"
        self._bar.update(self._tasks[source.name], completed=source.position(), counts=counts)


@contextmanager
def progress_on(stream: IO[str]) -> Iterator[Progress]:
    """Show progress on a stream: standard error usually, as standard output is for the summary."""
    console = Console(file=stream)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[counts]}"),
    )
    with Bar(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as bar:
        yield Progress(console, bar)

"""The import command: feeds in, beside a running service too."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from composition import connect, prepare
from feeds.loading import load
from feeds.outcome import NotThisFormat
from feeds.plans import read_plans
from feeds.progress import progress_on
from feeds.rejections import report_file
from feeds.sources import opened
from feeds.tally import Tally
from serving import database_url
from storage.client import close_database
from storage.loading import PlanLoader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from settings import Settings


async def import_plans(settings: Settings, files: Sequence[str], report: Path, *, dry_run: bool) -> int:
    """Load plans feeds; 0, 1 when a line was rejected, 2 when a file is none."""
    async with database_url(settings, shared=True) as url:
        database = connect(settings, url)
        try:
            await prepare(database)
            return await load_plans(PlanLoader(database), files, report, dry_run=dry_run)
        finally:
            close_database(database)


async def load_plans(loader: PlanLoader, files: Sequence[str], report: Path, *, dry_run: bool) -> int:
    """Load plans feeds into an open database."""
    tally = Tally(dry_run=dry_run)
    try:
        with progress_on(sys.stderr) as progress, report_file(report) as rejections:
            for path in files:
                with opened(path, stdin=sys.stdin.buffer) as source:
                    write = None if dry_run else loader.load
                    await load(source, read_plans, write, tally=tally, report=rejections, progress=progress)
    except NotThisFormat as refused:
        sys.stderr.write(f"bilans: {refused}\n")
        return 2
    sys.stdout.write(tally.summary() + "\n")
    if rejections.rows:
        sys.stdout.write(f"See {report} for what was rejected or kept with a flag.\n")
    return tally.exit_status

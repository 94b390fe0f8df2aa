"""The retain command: removes the data whose time of retention is over, and writes it in the trail."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from domain.calendar import paris_day
from domain.retention import Ages, Rule
from domain.trail import DONE, Deed, Origin, TrailEntry
from service.clock import present
from service.composition import connect, prepare
from service.serving import database_url
from setting_values import listed
from storage.client import close_database
from storage.papers import PaperRepository
from storage.retention import Retention
from storage.trail import Trail

if TYPE_CHECKING:
    from settings import Settings

ACCOUNT, ROLE = "service:retention", "SERVICE"
_TOLD = {
    Rule.DRAFTS: "drafts that nobody touched",
    Rule.REPORTS: "transmitted reports, with their plans and papers",
    Rule.COFINANCED_REPORTS: "transmitted reports that Europe co-finances, with their plans and papers",
    Rule.UNREPORTED_PLANS: "plans without a report",
}


def ages(settings: Settings) -> Ages:
    """Return the times of retention in the settings, in months."""
    return Ages(
        drafts=settings.retain_drafts_months,
        reports=settings.retain_reports_years * 12,
        cofinanced_reports=settings.retain_cofinanced_years * 12,
        unreported_plans=settings.retain_unreported_years * 12,
        cofinanced_schemes=tuple(listed(settings.cofinanced_schemes)),
    )


async def retain(settings: Settings, *, dry_run: bool) -> int:
    """Remove the data whose time is over, or count them in a dry run; a service may be running. Return 0."""
    async with database_url(settings, shared=True) as url:
        database = connect(settings, url)
        try:
            await prepare(database)
            retention = Retention(database, ages(settings), paris_day(present()))
            for rule in Rule:
                number = await (retention.count(rule) if dry_run else remove(retention, Trail(database), rule))
                sys.stdout.write(f"{number:>9}  {_TOLD[rule]}\n")
            papers, now = PaperRepository(database), present()
            swept = await (papers.to_sweep(now=now) if dry_run else papers.sweep(now=now))
            if swept:
                sys.stdout.write(f"{swept:>9}  papers that were of no report for a day\n")
        finally:
            await close_database(database)
    if dry_run:
        sys.stdout.write("Nothing was removed: this was a dry run.\n")
    return 0


async def remove(retention: Retention, trail: Trail, rule: Rule) -> int:
    """Remove the data of a rule, in batches, and return their number; each batch is first written in the trail."""
    removed = 0
    async for batch in retention.batches(rule):
        await trail.must_write([TrailEntry(present(), ACCOUNT, ROLE, Deed.ERASE, DONE, tuple(batch), Origin())])
        removed += await retention.remove(rule, batch)
    return removed

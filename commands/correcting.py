"""Corrections that operators make by hand: a plan that should not exist, a person with two identifiers."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from domain.identities import Correspondence
from domain.trail import DONE, Deed, Origin, Seen, TrailEntry
from service.clock import present
from service.composition import connect, prepare
from service.serving import database_url
from storage.client import close_database
from storage.merging import Merging
from storage.trail import Trail

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from settings import Settings
    from storage.client import Database

ROLE = "SERVICE"
_ATTEMPTS = 20


async def withdraw_plan(settings: Settings, plan_id: str, *, bring_back: bool) -> int:
    """Withdraw a plan, or with `bring_back` let feeds bring it again; return 0, or 2 where that is not possible."""
    async with _opened(settings) as database:
        return await (_bring_back(database, plan_id) if bring_back else _withdraw(database, plan_id))


async def merge_identities(settings: Settings, former: str, current: str, *, dry_run: bool) -> int:
    """Give the plans of one identifier (N° DE) to another of the same person; return 0, or 2 if they are the same."""
    if former == current:
        sys.stderr.write("bilans: the two identifiers are the same.\n")
        return 2
    async with _opened(settings) as database:
        merging, pair = Merging(database), Correspondence(former=former, current=current)
        plans = await merging.concerned(pair)
        if dry_run:
            sys.stdout.write(f"{len(plans)} plans would have the other identifier. Nothing was changed.\n")
            return 0
        merged = await merge(database, merging, pair)
        sys.stdout.write(f"{merged[0]} plans have the other identifier now, {merged[1]} were there twice.\n")
    return 0


async def merge(database: Database, merging: Merging, pair: Correspondence) -> tuple[int, int]:
    """Merge two identifiers, after writing it in the trail under both.

    Return how many plans have the other identifier now, and how many were there twice.
    """
    seen = [Seen.of(plan) for plan in await merging.concerned(pair)]
    people = (Seen(pair.former), Seen(pair.current), *(each._replace(person=pair.current) for each in seen))
    await note(database, "service:merge-identities", Deed.MERGE_IDENTITIES, (*seen, *people))
    return await merging.merge(pair)


async def note(database: Database, account: str, deed: Deed, seen: Iterable[Seen]) -> None:
    """Write in the trail what the service itself is about to do; `account` is the command's name."""
    await Trail(database).must_write([TrailEntry(present(), account, ROLE, deed, DONE, tuple(seen), Origin())])


async def _withdraw(database: Database, plan_id: str) -> int:
    merging = Merging(database)
    for _ in range(_ATTEMPTS):
        plan = await merging.find(plan_id)
        if plan is None:
            sys.stderr.write(f"bilans: there is no plan {plan_id}.\n")
            return 2
        if plan.report and plan.report.transmitted_at:
            sys.stderr.write(
                "bilans: the report of this plan was transmitted: its organization may correct it, and retention "
                "removes it. Nothing was changed.\n"
            )
            return 2
        await note(database, "service:withdraw-plan", Deed.WITHDRAW_PLAN, [Seen.of(plan)])
        if await merging.withdraw(plan):
            sys.stdout.write(
                "The plan is withdrawn, whatever feeds go on telling. --bring-back lets them tell it again.\n"
            )
            return 0
    sys.stderr.write("bilans: the plan is being changed all the time: try again.\n")
    return 2


async def _bring_back(database: Database, plan_id: str) -> int:
    merging = Merging(database)
    plan = await merging.find(plan_id)
    if not await merging.bring_back(plan_id):
        sys.stderr.write(f"bilans: the plan {plan_id} was not withdrawn by this command.\n")
        return 2
    await note(database, "service:withdraw-plan", Deed.BRING_PLAN_BACK, [Seen.of(plan)] if plan else [])
    sys.stdout.write("Feeds may tell the plan again: it is there when they next do.\n")
    return 0


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Database]:
    async with database_url(settings, shared=True) as url:
        database = connect(settings, url)
        try:
            await prepare(database)
            yield database
        finally:
            await close_database(database)

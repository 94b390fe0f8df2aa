"""What one account can have kept: what it reads again is told once, and of its previews the latest are there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.trail import DONE, RATE_LIMITED, Deed, Origin, Seen, TrailEntry
from schema.ids import encode_id
from storage.papers import MOST_PREVIEWS
from storage.repeats import MERGED_FOR
from storage.trail import Trail
from tests.factories import a_person, a_plan, staff
from tests.hostile.asking import ACTS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage.client import Database
    from tests.service import Served

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA, BOB = Seen("1A", "P-1"), Seen("1B", "P-2", report=True)


def an_entry(*seen: Seen, at: datetime = NOW, **changes: Any) -> TrailEntry:
    facts = {
        "account": "a",
        "role": "ADVISER",
        "deed": Deed.READ,
        "outcome": DONE,
        "origin": Origin("192.0.2.1", "x"),
    }
    return TrailEntry(at=at, seen=seen, **{**facts, **changes})


async def kept(database: Database, *entries: TrailEntry) -> list[list[str]]:
    """Note entries one by one; tell whom each that was written is of."""
    trail = Trail(database)
    async with trail.running():
        for entry in entries:
            trail.note_once(entry)
    return [[each["person"] for each in found["seen"]] async for found in database["trail"].find().sort("_id", 1)]


async def test_what_was_told_a_moment_ago_is_not_told_again(database: Database) -> None:
    entries = [an_entry(ADA), *[an_entry(ADA, BOB, at=NOW + timedelta(seconds=n)) for n in range(500)]]
    assert await kept(database, *entries) == [["1A"], ["1B"]]


async def test_after_ten_minutes_it_is(database: Database) -> None:
    assert await kept(database, an_entry(ADA), an_entry(ADA, at=NOW + MERGED_FOR)) == [["1A"], ["1A"]]


async def test_another_account_place_deed_or_outcome_is_told(database: Database) -> None:
    others = [
        an_entry(ADA, account="b"),
        an_entry(ADA, origin=Origin("192.0.2.2", "x")),
        an_entry(ADA, deed=Deed.DOCUMENT),
        an_entry(ADA._replace(report=True)),
    ]
    refused = [an_entry(outcome=RATE_LIMITED) for _ in range(100)]
    assert await kept(database, an_entry(ADA), *others, *refused) == [["1A"]] * 5 + [[]]


async def test_acts_on_nothing_are_told_once_and_acts_on_somebody_each_time(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan())
    nothing = " ".join(f"a{n}: {ACTS['withdrawAbsence']}" for n in range(20))
    for plan_id in ("P-none", "P-1"):
        await served.ask(staff(), f"mutation ($id: ID!) {{ {nothing} }}", id=encode_id("TrainingPlan", plan_id))

    person = a_plan().job_seeker.identifier
    assert await database["trail"].count_documents({"outcome": "NOT_FOUND", "seen": []}) == 1
    assert await database["trail"].count_documents({"deed": "WITHDRAW_ABSENCE", "seen.person": person}) == 20


async def test_of_an_account_the_latest_previews_are_kept(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(*(a_plan(f"P-{n}", job_seeker=a_person(f"{1_000_000 + n}A")) for n in range(2)))
    preview = ACTS["previewReport"].replace("__typename", "document { url }")
    many = " ".join(f"a{n}: {preview}" for n in range(MOST_PREVIEWS))
    for n in range(2):
        await served.ask(staff(), f"mutation ($id: ID!) {{ {many} }}", id=encode_id("TrainingPlan", f"P-{n}"))

    plans = [each["plan"]["_id"] async for each in database["previews"].find()]
    assert plans == ["P-1"] * MOST_PREVIEWS

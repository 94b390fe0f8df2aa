"""The trail command: prints what was done and read about a person, or by an account; one JSON object a line."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from domain.calendar import start_of_day, start_of_next_day
from service.composition import connect
from service.serving import database_url
from service.telling import pseudonym_of
from storage.client import close_database
from storage.identities import Identities
from storage.trail import Trail

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import date

    from domain.trail import TrailEntry
    from settings import Settings


async def print_trail(
    settings: Settings,
    *,
    person: str | None = None,
    account: str | None = None,
    pseudonym: str | None = None,
    first: date,
    last: date,
) -> int:
    """Print the trail from the day `first` to the day `last`, both included, in Paris; return 0.

    It is that of a person (for the right of access), or of an account (to see what a breach exposed). An account may
    be named by its pseudonym in logs and metrics; each line has the account's real name.
    """
    start, end = start_of_day(first), start_of_next_day(last)
    async with database_url(settings, shared=True) as url:
        database = connect(settings, url)
        try:
            trail = Trail(database)
            if person is not None:
                people = [*await Identities(database).former(person), person]
                await _print(each for known in people async for each in trail.of_person(known, start, end))
            elif account is not None:
                await _print(trail.of_account(account, start, end))
            elif pseudonym is not None:
                await _print(trail.of_accounts(await _called(trail, pseudonym, settings), start, end))
        finally:
            await close_database(database)
    return 0


async def _called(trail: Trail, wanted: str, settings: Settings) -> list[str]:
    """Return the accounts of the trail that have a pseudonym, made with the present secret or a former one."""
    secrets = (settings.sealing_secret(), *settings.former_sealing_secrets())
    return [each async for each in trail.accounts() if wanted in {pseudonym_of(each, secret) for secret in secrets}]


async def _print(entries: AsyncIterator[TrailEntry]) -> None:
    people, reports, number = set(), set(), 0
    async for entry in entries:
        sys.stdout.write(json.dumps(_line(entry), ensure_ascii=False) + "\n")
        number += 1
        people |= {each.person for each in entry.seen}
        reports |= {each.plan for each in entry.seen if each.report}
    sys.stderr.write(f"{number} entries, {len(people)} people, {len(reports)} reports.\n")


def _line(entry: TrailEntry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(timespec="milliseconds"),
        "account": entry.account,
        "role": entry.role,
        "deed": entry.deed.value,
        "outcome": entry.outcome,
        "seen": [{"person": each.person, "plan": each.plan, "report": each.report} for each in entry.seen],
        "address": entry.origin.address,
        "agent": entry.origin.agent,
    }

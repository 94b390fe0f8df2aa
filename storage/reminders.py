"""The log of reminders: a plan that becomes due, or late, gets the next number, once for its organization.

Every write of a plan that is awaited puts a mark beside its positions (`keys.untold_due`, `keys.untold_late`): its
last day. The loops of the workers read those marks in order, and take each away by a write that compares the mark and
what was told before: so each plan is told once, however many workers look. What became so before anybody listened is
never told, and not read: its marks stay. As with announcements, a number is one
more than the last that is known, under a unique index: a reader that has come to a number has missed nothing.

A plan has its last reminder only: one that is late need not be told any more that it is due.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from domain.reminding import LastTold, Reminder, ReminderKind
from storage.outages import telling_outages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.client import Database, Document

UNTOLD = {ReminderKind.DUE: "keys.untold_due", ReminderKind.LATE: "keys.untold_late"}
"""Where the mark of a plan stands that is still to be looked at."""
_AWAITED = {ReminderKind.DUE: "awaited", ReminderKind.LATE: "owed"}
_NUMBERED: Document = {"reminder.number": {"$gt": 0}}
_WOKEN = "reminders_woken"
_TRIES = 1_000
_DAY = len("2026-11-26")


class Untold(NamedTuple):
    """A plan whose mark stands: whose it is, its last day, and what was told of it before."""

    plan_id: str
    siret: str
    last_day: date
    told: LastTold | None


@telling_outages
class ReminderLog:
    """The plans of the database as those that remind see them."""

    def __init__(self, database: Database) -> None:
        self._plans = database["plans"]
        self._marks = database["marks"]

    async def untold(self, kind: ReminderKind, first: date, before: date, most: int) -> Sequence[Untold]:
        """Return plans to be looked at that ended on a first day or later, and before another; the earliest first."""
        field = UNTOLD[kind]
        wanted = {field: 1, "organization.siret": 1, f"reminded.{kind.value}": 1}
        ended = {field: {"$gte": first.isoformat(), "$lt": before.isoformat()}}
        found = self._plans.find(ended, wanted).sort(field, 1).limit(most)
        return [_untold(document, kind) async for document in found]

    async def pass_over(self, kind: ReminderKind, plans: Sequence[Untold]) -> int:
        """Take the marks of plans away of which nothing is to be told; returns of how many."""
        writes = [UpdateOne(_as_read(kind, plan), {"$unset": {UNTOLD[kind]: ""}}) for plan in plans]
        return (await self._plans.bulk_write(writes, ordered=False)).modified_count if writes else 0

    async def tell(self, kind: ReminderKind, plans: Sequence[Untold], since: Sequence[date], today: date) -> int:
        """Number plans, one after the other; returns how many: what changed meanwhile is for the next time."""
        number, told = await self.head(), 0
        for plan, day in zip(plans, since, strict=True):
            change = {
                f"reminded.{kind.value}": {"siret": plan.siret, "on": today.isoformat()},
                "reminder.siret": plan.siret,
                "reminder.kind": kind.value,
                "reminder.since": day.isoformat(),
            }
            for _ in range(_TRIES):
                numbered = {"$set": {**change, "reminder.number": number + 1}, "$unset": {UNTOLD[kind]: ""}}
                try:
                    result = await self._plans.update_one(_as_read(kind, plan), numbered)
                except DuplicateKeyError:  # somebody else was quicker
                    number = await self.head()
                    continue
                number += result.modified_count
                told += result.modified_count
                break
        return told

    async def head(self) -> int:
        """Return the last number given, 0 before the first; the plan that had it may be gone."""
        found = await self._plans.find_one(_NUMBERED, {"reminder.number": 1}, sort=[("reminder.number", -1)])
        return max(int(found["reminder"]["number"]) if found else 0, await self.woken())

    async def woken(self) -> int:
        """Return up to which number those who are to be told were woken."""
        mark = await self._marks.find_one({"_id": _WOKEN})
        return int(mark["number"]) if mark else 0

    async def mark_woken(self, number: int) -> None:
        """Note it."""
        await self._marks.update_one({"_id": _WOKEN}, {"$max": {"number": number}}, upsert=True)

    async def after(self, number: int, most: int, siret: str | None = None) -> Sequence[Reminder]:
        """Return what was told after a number, in order: to all, or to an organization of plans that are its own."""
        own: Document = {} if siret is None else {"organization.siret": siret, "reminder.siret": siret}
        match = {**own, "reminder.number": {"$gt": number}}
        found = self._plans.find(match, {"reminder": 1, "keys.awaited": 1, "keys.owed": 1})
        return [_reminder(document) async for document in found.sort("reminder.number", 1).limit(most)]


def _as_read(kind: ReminderKind, plan: Untold) -> Document:
    """Select a plan that stands as it was read: nobody has told it, nor changed it, since."""
    return {
        "_id": plan.plan_id,
        UNTOLD[kind]: plan.last_day.isoformat(),
        "organization.siret": plan.siret,
        f"reminded.{kind.value}": plan.told.model_dump() if plan.told else None,
    }


def _untold(document: Document, kind: ReminderKind) -> Untold:
    told = (document.get("reminded") or {}).get(kind.value)
    last_day = date.fromisoformat(document["keys"][UNTOLD[kind].removeprefix("keys.")])
    siret = document["organization"]["siret"]
    return Untold(document["_id"], siret, last_day, LastTold.model_validate(told) if told else None)


def _reminder(document: Document) -> Reminder:
    kind = ReminderKind(document["reminder"]["kind"])
    position = document.get("keys", {}).get(_AWAITED[kind])
    last_day = date.fromisoformat(position[:_DAY]) if position else None
    return Reminder(**{**document["reminder"], "kind": kind}, plan_id=document["_id"], last_day=last_day)

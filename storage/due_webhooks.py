"""Webhooks that have something to send, each held by one worker for a time.

`wanted` is the last announcement that may concern the webhook, `cursor` the last one that was taken
(`reminders_wanted` and `reminded` are the same of reminders, `digested` is the week of the last digest), `due_at` the
next instant at which a worker has to look at it: while it is held, the end of the hold. It is null when there is
nothing to send. Each step is one update of one document, so that a worker may die between any two of them: the event
goes out again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pymongo import ReturnDocument

from domain.access import Role
from domain.calendar import paris_day
from domain.webhook import Webhook, WebhookEvent, WebhookState
from storage.outages import telling_outages
from storage.webhooks import scope_of, sealed_secrets, webhook_of
from supervision.attempts import attempted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from domain.reminding import Reminder
    from domain.webhook import WebhookFailure
    from storage.client import Database, Document

    Place = Mapping[str, int | str]

_ACTIVE = {"state": WebhookState.ACTIVE.value}
_REMINDED = [WebhookEvent.REPORT_DUE.value, WebhookEvent.REPORT_LATE.value]
_TAKEN = {"failures": 0, "last_failure": None, "last_status": None}


@dataclass(frozen=True, slots=True)
class Held:
    """A webhook that is ours for a time: `hold` is the proof, `wanted` what was known to wait when it was read."""

    webhook: Webhook
    hold: str
    wanted: tuple[int, int]
    secrets: list[bytes]


@telling_outages
class DueWebhooks:
    """What waits to be sent, shared among the workers of all machines. `now` is always UTC.

    A webhook that cannot be read is passed over, and `on_passed_over` is told its id and why.
    """

    def __init__(
        self, database: Database, *, on_passed_over: Callable[[str, Exception], None] = lambda *_: None
    ) -> None:
        self._on_passed_over = on_passed_over
        self._webhooks = database["webhooks"]
        self._marks = database["marks"]

    async def woken(self) -> int | None:
        """Return up to which announcement the webhooks were woken; None before the first time."""
        mark = await self._marks.find_one({"_id": "webhooks_woken"})
        return mark["number"] if mark else None

    async def mark_woken(self, number: int) -> None:
        """Note that all webhooks concerned by what was announced up to a number were woken."""
        await self._marks.update_one({"_id": "webhooks_woken"}, {"$max": {"number": number}}, upsert=True)

    async def wake(self, number: int, scopes: Iterable[tuple[Role, str]], *, now: datetime) -> None:
        """Tell the webhooks of some scopes that an announcement waits; those that are held or late stay so."""
        match = {
            "scope": {"$in": [scope_of(*each) for each in scopes]},
            "wanted": {"$lt": number},
            "events": {"$in": [WebhookEvent.REPORT_TRANSMITTED.value, None]},
        }
        due = {"$ifNull": ["$due_at", now]}
        await self._webhooks.update_many(match, [{"$set": {"wanted": number, "due_at": due}}])

    async def listened_to_since(self, event: str) -> date | None:
        """Return since which day anybody listens to an event; None where nobody does."""
        first = await self._webhooks.find_one({"events": event}, {"created_at": 1}, sort=[("created_at", 1)])
        return paris_day(first["created_at"]) if first else None

    async def listening_since(self, event: str, sirets: Iterable[str]) -> dict[str, date]:
        """Return since which day some organization listens to an event, for those that do."""
        scopes = {scope_of(Role.TRAINING_ORGANIZATION, siret): siret for siret in sirets}
        if not scopes:
            return {}
        found = self._webhooks.find({"scope": {"$in": [*scopes]}, "events": event}, {"scope": 1, "created_at": 1})
        latest_first = found.sort("created_at", -1)
        return {scopes[each["scope"]]: paris_day(each["created_at"]) async for each in latest_first}

    async def wake_reminded(self, reminders: Sequence[Reminder], *, now: datetime) -> None:
        """Tell the webhooks of the organizations of some reminders that these wait."""
        scopes = {scope_of(Role.TRAINING_ORGANIZATION, each.siret) for each in reminders}
        number = reminders[-1].number
        match = {
            "scope": {"$in": [*scopes]},
            "events": {"$in": _REMINDED},
            "reminders_wanted": {"$not": {"$gte": number}},
        }
        due = {"$ifNull": ["$due_at", now]}
        await self._webhooks.update_many(match, [{"$set": {"reminders_wanted": number, "due_at": due}}])

    async def wake_for_digest(self, week: str, *, now: datetime) -> int:
        """Have those be looked at that were not sent the digest of a week; returns how many were not yet."""
        match = {**_ACTIVE, "digested": {"$gt": "", "$lt": week}, "due_at": None}
        return (await self._webhooks.update_many(match, {"$set": {"due_at": now}})).modified_count

    async def take(self, hold: str, *, now: datetime, until: datetime) -> Held | None:
        """Hold the webhook that has been due for longest.

        One that cannot be read is left alone until its hold ends.
        """
        change = {"$set": {"due_at": until, "hold": hold}}
        while document := await self._webhooks.find_one_and_update(
            {**_ACTIVE, "due_at": {"$lte": now}},
            change,
            sort=[("due_at", 1)],
            return_document=ReturnDocument.AFTER,
        ):
            if held := attempted(partial(_held, document, now), partial(self._on_passed_over, document["_id"])):
                return held
        return None

    async def taken(self, held: Held, place: Place, *, now: datetime, until: datetime) -> Held | None:
        """Move its place to an event that its receiver took; None when the webhook is no longer ours."""
        change = {"$set": {**_TAKEN, **place, "delivered_at": now, "due_at": until}}
        document = await self._webhooks.find_one_and_update(_ours(held), change, return_document=ReturnDocument.AFTER)
        return _held(document, now) if document else None

    async def passed(self, held: Held, place: Place, *, now: datetime, until: datetime) -> Held | None:
        """Move its place past what cannot be sent to anybody; None when the webhook is no longer ours."""
        change = {"$set": {**place, "due_at": until}}
        document = await self._webhooks.find_one_and_update(_ours(held), change, return_document=ReturnDocument.AFTER)
        return _held(document, now) if document else None

    async def done(self, held: Held, *, now: datetime) -> None:
        """Let go of a webhook that has sent all; due again at once when more was announced since it was read."""
        more = [{"$gt": ["$wanted", held.wanted[0]]}, {"$gt": ["$reminders_wanted", held.wanted[1]]}]
        due = {"$cond": [{"$or": more}, now, None]}
        await self._webhooks.update_one(_ours(held), [{"$set": {"due_at": due}}, {"$unset": "hold"}])

    async def put_back(self, held: Held, *, now: datetime) -> None:
        """Let go of a webhook that has more to send."""
        await self._webhooks.update_one(_ours(held), {"$set": {"due_at": now}, "$unset": {"hold": ""}})

    async def failed(
        self, held: Held, failure: WebhookFailure, status: int | None, *, now: datetime, again_at: datetime | None
    ) -> None:
        """Note a failure, and try again at an instant, or never by ourselves: then it is disabled."""
        change: Document = {"last_failure": failure.value, "last_status": status, "due_at": again_at}
        if again_at is None:
            change |= {"state": WebhookState.DISABLED.value, "disabled_at": now}
        await self._webhooks.update_one(
            _ours(held), {"$set": change, "$inc": {"failures": 1}, "$unset": {"hold": ""}}
        )

    async def next_due(self) -> datetime | None:
        """Return the instant at which to look again, if nothing is announced before."""
        found = await self._webhooks.find_one(
            {**_ACTIVE, "due_at": {"$type": "date"}}, {"due_at": 1}, sort=[("due_at", 1)]
        )
        due: datetime | None = found["due_at"] if found else None
        return due


def _held(document: Document, now: datetime) -> Held:
    wanted = document["wanted"], document.get("reminders_wanted", 0)
    return Held(webhook_of(document), document["hold"], wanted, sealed_secrets(document, now))


def _ours(held: Held) -> Document:
    return {"_id": held.webhook.id, "hold": held.hold}

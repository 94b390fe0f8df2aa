"""Webhooks as their owners see them: registered in one of a few places, found, enabled, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bson import Binary
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from domain.webhook import MOST_WEBHOOKS, PING_EVERY, SECRET_OVERLAP, Webhook, WebhookState, no_more_webhooks
from storage.outages import telling_outages

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from domain.access import Role, Viewer
    from storage.client import Database, Document


def scope_of(role: Role, key: str) -> str:
    """Spell the scope whose events a webhook is sent."""
    return f"{role.value}|{key}"


def webhook_of(document: Document) -> Webhook:
    """Read a webhook, without its secrets."""
    return Webhook.model_validate({**document, "id": document["_id"]})


@telling_outages
class WebhookRepository:
    """A scope has numbered places, each taken once: the unique index counts them, no read does."""

    def __init__(self, database: Database) -> None:
        self._webhooks = database["webhooks"]

    async def add(self, webhook: Webhook, sealed: bytes) -> None:
        """Keep a webhook, due at once; Refused when all places of its scope are taken."""
        scope = scope_of(webhook.role, webhook.key)
        document = webhook.model_dump(exclude={"id"})
        document |= {"_id": webhook.id, "scope": scope, "secret": Binary(sealed), "wanted": webhook.cursor}
        document |= {"reminders_wanted": webhook.reminded}
        while True:
            taken = {each["place"] async for each in self._webhooks.find({"scope": scope}, {"place": 1})}
            free = sorted(set(range(MOST_WEBHOOKS)) - taken)
            if not free:
                raise no_more_webhooks()
            try:
                await self._webhooks.insert_one(document | {"place": free[0]})
            except DuplicateKeyError:
                continue
            return

    async def of(self, viewer: Viewer) -> list[Webhook]:
        """Return the viewer's webhooks, oldest first."""
        found = self._webhooks.find({"scope": scope_of(viewer.role, viewer.key)}).sort("created_at", 1)
        return [webhook_of(document) async for document in found]

    async def find(self, viewer: Viewer, webhook_id: str) -> Webhook | None:
        """Return one of the viewer's webhooks."""
        document = await self._webhooks.find_one(_own(viewer, webhook_id))
        return webhook_of(document) if document else None

    async def remove(self, viewer: Viewer, webhook_id: str) -> bool:
        """Forget a webhook and its secrets; False when the viewer has none of that id."""
        return bool((await self._webhooks.delete_one(_own(viewer, webhook_id))).deleted_count)

    async def rotate(self, viewer: Viewer, webhook_id: str, sealed: bytes, *, now: datetime) -> Webhook | None:
        """Give a new secret; the one before signs too for a day."""
        former = {"secret": "$secret", "until": now + SECRET_OVERLAP}
        return await self._changed(viewer, webhook_id, [{"$set": {"former": former, "secret": Binary(sealed)}}])

    async def enable(self, viewer: Viewer, webhook_id: str, *, now: datetime) -> Webhook | None:
        """Send again from where it stopped, at once; one that waits to be tried again is tried at once too."""
        cleared = {"failures": 0, "last_failure": None, "last_status": None, "disabled_at": None}
        due = {"$cond": [{"$ifNull": ["$hold", None]}, "$due_at", now]}
        return await self._changed(
            viewer, webhook_id, [{"$set": {"state": WebhookState.ACTIVE.value, "due_at": due, **cleared}}]
        )

    async def pinged(self, viewer: Viewer, webhook_id: str, *, now: datetime) -> list[bytes]:
        """Note a test and return the sealed secrets that sign it; none when the last test was a moment ago."""
        match = {**_own(viewer, webhook_id), "pinged_at": {"$not": {"$gt": now - PING_EVERY}}}
        found = await self._webhooks.find_one_and_update(match, {"$set": {"pinged_at": now}})
        return sealed_secrets(found, now) if found else []

    async def reseal(self, reseal: Callable[[bytes], bytes | None]) -> tuple[int, int]:
        """Seal every secret anew; returns how many were, and how many could not be opened and stay as they are."""
        done = left = 0
        async for document in self._webhooks.find({}, {"secret": 1, "former": 1}):
            match: Document = {"_id": document["_id"], "secret": document["secret"]}
            change = {"secret": reseal(bytes(document["secret"]))}
            if former := document.get("former"):
                change["former.secret"] = reseal(bytes(former["secret"]))
            fresh = {name: Binary(sealed) for name, sealed in change.items() if sealed is not None}
            left += len(fresh) < len(change)
            if fresh:
                done += (await self._webhooks.update_one(match, {"$set": fresh})).modified_count
        return done, left

    async def _changed(self, viewer: Viewer, webhook_id: str, change: Document | list[Document]) -> Webhook | None:
        document = await self._webhooks.find_one_and_update(
            _own(viewer, webhook_id), change, return_document=ReturnDocument.AFTER
        )
        return webhook_of(document) if document else None


def sealed_secrets(document: Document, now: datetime) -> list[bytes]:
    """Return the secrets that sign at an instant, the newest first."""
    former = document.get("former")
    return [bytes(document["secret"]), *([bytes(former["secret"])] if former and former["until"] > now else [])]


def _own(viewer: Viewer, webhook_id: str) -> Document:
    return {"_id": webhook_id, "scope": scope_of(viewer.role, viewer.key)}

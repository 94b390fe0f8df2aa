"""Loads plans as feeds tell them: again changes nothing, later updates the plan and never its report."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from domain.loading import Written
from domain.nomenclature import UNKNOWN_LABEL, NomenclatureName
from storage.agreement import Agreement
from storage.documents import from_document, to_document
from storage.nomenclatures import NomenclatureRepository
from storage.outages import telling_outages

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from domain.facts import Session
    from domain.nomenclature import Entry
    from domain.plan import Plan
    from storage.client import Database, Document

_TOLD_BY_FEED = (
    "starts_on",
    "ends_on",
    "own_title",
    "own_carif_number",
    "funding",
    "job_seeker",
    "adviser",
    "organization",
    "session",
    "announced_exit",
)
_WRITTEN_WITH_REASONS = ("recorded_exit", "absences")
"""What an organization wrote goes on with a plan that moves to another, its reasons do not."""
_DUPLICATE = 11000
_ATTEMPTS = 20


@telling_outages
class PlanLoader:
    """Writes batches of plans beside a running service: each plan is compared and swapped like any other change."""

    def __init__(self, database: Database) -> None:
        self._plans = database["plans"]
        self._nomenclatures = NomenclatureRepository(database)
        self._learned: set[tuple[NomenclatureName, str]] = set()

    async def load(self, plans: Sequence[Plan]) -> Written:
        """Write a batch; of two lines with one id the later one counts. Nothing is lost to a concurrent change."""
        await self._learn(plans)
        told = {plan.id: plan for plan in plans}
        written = Written(unchanged=len(plans) - len(told))
        waiting = told
        while waiting:
            waiting, done = await self._write(waiting)
            written += done
        return written

    async def publish(self, sessions: Iterable[Session]) -> None:
        """Tell the plans of these sessions, of whichever organization, what the training offer says of them now."""
        await self._align(Agreement.on(sessions))

    async def _write(self, told: dict[str, Plan]) -> tuple[dict[str, Plan], Written]:
        """Write what can be written now; give back what somebody else changed meanwhile.

        The other plans of a session or a person are told first: a load that breaks off between the two finds the
        same difference again.
        """
        digests = {plan_id: _digest(plan) for plan_id, plan in told.items()}
        known = await self._digests(told)
        fresh = [plan for plan_id, plan in told.items() if known.get(plan_id) != digests[plan_id]]
        agreement = Agreement.of(fresh)
        await self._align(agreement, but=[plan.id for plan in fresh])
        agreed = {plan.id: agreement.applied(plan) for plan in fresh}
        writes: list[InsertOne[Document] | UpdateOne] = [
            InsertOne({**to_document(plan), "_id": plan_id, "revision": 0, "digest": digests[plan_id]})
            for plan_id, plan in agreed.items()
            if plan_id not in known
        ]
        kept = await self._read({"_id": {"$in": [plan_id for plan_id in agreed if plan_id in known]}})
        writes += [_update(plan, agreed[plan.id], digests[plan.id]) for plan in kept]
        added, changed = await self._bulk(writes)
        lost = len(writes) - added - changed
        done = Written(added, changed, len(told) - len(fresh))
        return (await self._unwritten(told, digests) if lost else {}), done

    async def _bulk(self, writes: Sequence[InsertOne[Document] | UpdateOne]) -> tuple[int, int]:
        if not writes:
            return 0, 0
        try:
            result = dict((await self._plans.bulk_write(writes, ordered=False)).bulk_api_result)
        except BulkWriteError as error:
            if any(each["code"] != _DUPLICATE for each in error.details["writeErrors"]):
                raise
            result = dict(error.details)
        return result["nInserted"], result["nModified"]

    async def _digests(self, told: Iterable[str]) -> dict[str, str | None]:
        cursor = self._plans.find({"_id": {"$in": list(told)}}, {"digest": 1})
        return {document["_id"]: document.get("digest") async for document in cursor}

    async def _read(self, condition: Document) -> list[Plan]:
        return [from_document(document) async for document in self._plans.find(condition)]

    async def _unwritten(self, told: dict[str, Plan], digests: dict[str, str]) -> dict[str, Plan]:
        kept = await self._digests(told)
        return {plan_id: plan for plan_id, plan in told.items() if kept.get(plan_id) != digests[plan_id]}

    async def _learn(self, plans: Iterable[Plan]) -> None:
        """Add the codes that sessions bring with their labels to the lists that come from elsewhere."""
        for name, entries in _entries(plans).items():
            fresh = [entry for entry in entries if (name, entry.code) not in self._learned]
            await self._nomenclatures.learn(name, fresh)
            self._learned |= {(name, entry.code) for entry in fresh}

    async def _align(self, agreement: Agreement, *, but: Sequence[str] = ()) -> None:
        """Tell every plan that says otherwise; whoever changes one meanwhile is asked again."""
        for condition in agreement.differing():
            for _ in range(_ATTEMPTS):
                differing = await self._read({**condition, "_id": {"$nin": but}})
                if not differing:
                    break
                await self._bulk([_update(plan, agreement.applied(plan)) for plan in differing])


def _update(kept: Plan, told: Plan, digest: str | None = None) -> UpdateOne:
    """Write what the feed told; the digest is that of the plan's own line, not of what others say of it."""
    merged = kept.model_copy(update={name: getattr(told, name) for name in _TOLD_BY_FEED})
    names: tuple[str, ...] = (*_TOLD_BY_FEED, "keys")
    if told.organization.siret != kept.organization.siret:
        merged = merged.without_written_reasons()
        names = (*names, *_WRITTEN_WITH_REASONS)
    document = to_document(merged)
    changed = {name: document[name] for name in names} | ({"digest": digest} if digest else {})
    return UpdateOne({"_id": kept.id, "revision": kept.revision}, {"$set": changed, "$inc": {"revision": 1}})


def _digest(plan: Plan) -> str:
    """Tell two states of a plan apart without reading the one that is kept."""
    return blake2b(plan.model_dump_json(include=set(_TOLD_BY_FEED)).encode(), digest_size=16).hexdigest()


def _entries(plans: Iterable[Plan]) -> dict[NomenclatureName, list[Entry]]:
    entries: dict[NomenclatureName, dict[str, Entry]] = {}
    for session in {plan.session.id: plan.session for plan in plans if plan.session}.values():
        coded = {
            NomenclatureName.CERTIFICATION: session.certification,
            NomenclatureName.FORMACODE: session.formacode,
            NomenclatureName.ROME: session.rome,
        }
        for name, entry in coded.items():
            if entry and entry.label != UNKNOWN_LABEL:
                entries.setdefault(name, {})[entry.code] = entry
    return {name: list(found.values()) for name, found in entries.items()}

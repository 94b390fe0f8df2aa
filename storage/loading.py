"""Loads plans as feeds tell them: again changes nothing, later updates the plan and never its report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING

from pymongo import InsertOne
from pymongo.errors import BulkWriteError

from domain.loading import Written
from domain.moving import TOLD_BY_FEED, Retold, with_draft_of
from domain.nomenclature import UNKNOWN_LABEL, NomenclatureName
from domain.plan import Withdrawn
from domain.trail import Seen
from storage.agreement import Agreement
from storage.completing import Completion
from storage.documents import OPEN, document_id, from_document, left_id, to_document
from storage.nomenclatures import NomenclatureRepository
from storage.outages import telling_outages
from storage.passing import Passing, given_to, passing
from storage.recognition import Recognition
from storage.registers import differing, register
from storage.successions import Successions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Container, Iterable, Sequence

    from domain.account import Account
    from domain.facts import Session
    from domain.nomenclature import Entry
    from domain.plan import Plan
    from storage.client import Database, Document
    from storage.passing import Write
    from storage.successions import Heir

_DUPLICATE = 11000
_ATTEMPTS = 20
_AT_ONCE = 500


@telling_outages
class PlanLoader:
    """Writes batches of plans beside a running service: each plan is compared and swapped like any other change.

    Changes of SIRET that were declared for a day after `today` do not count yet. `on_withdrawn` is told of plans
    before they are withdrawn.
    """

    def __init__(
        self,
        database: Database,
        *,
        today: date = date.max,
        on_withdrawn: Callable[[Sequence[Seen]], Awaitable[None]] | None = None,
    ) -> None:
        self._plans = database["plans"]
        self._organizations = database["named_organizations"]
        self._advisers = database["named_advisers"]
        self._successions = Successions(database)
        self._recognition = Recognition(database)
        self._today = today
        self._on_withdrawn = on_withdrawn
        self._completion = Completion(database, today)
        self._nomenclatures = NomenclatureRepository(database)
        self._learned: set[tuple[NomenclatureName, str]] = set()

    async def load(self, plans: Sequence[Plan], *, made_up: bool = False) -> Written:
        """Write a batch; of two lines with one id the later one counts. Nothing is lost to a concurrent change.

        Ids that are `made_up` change with what a row says: see Recognition.
        """
        await self._learn(plans)
        told = {plan.id: plan for plan in await self._recognition.known(plans, made_up=made_up)}
        written = Written(unchanged=len(plans) - len(told))
        waiting = told
        while waiting:
            waiting, done = await self._write(waiting)
            written += done
        return written

    async def publish(self, sessions: Iterable[Session]) -> None:
        """Update the plans of these sessions, of all organizations, to what the training offer says now."""
        await self._align(Agreement.on(sessions))

    async def complete_agreements(self, sirets: Iterable[str]) -> None:
        """Tell the plans of these organizations their agreement, as the accounts have it now."""
        await self._complete(await self._completion.lacking_agreement(sirets))

    async def complete_advisers(self, identifiers: Iterable[str]) -> None:
        """Give the plans of these people their present adviser, where the plans feed names none."""
        await self._complete(await self._completion.lacking_adviser(identifiers))

    async def _complete(self, conditions: Iterable[Document]) -> None:
        for condition in conditions:
            for _ in range(_ATTEMPTS):
                lacking = await self._read(condition)
                if not lacking:
                    break
                completed = await self._completion.completed(lacking)
                pairs = zip(lacking, completed, strict=True)
                await self._bulk([Passing(plan, Retold(whole)).write() for plan, whole in pairs])

    async def succeed(self, accounts: Iterable[Account]) -> None:
        """Give organizations all that is kept of those whose place they take by a declared change of SIRET."""
        formers = {each.succession.former_siret for each in accounts if each.succession}
        heirs = await self._successions.heirs(formers, self._today)
        for former, heir in heirs.items():
            theirs = {"organization.siret": former, "withdrawn": {"$ne": Withdrawn.MOVED.value}}
            while plans := await self._read(theirs, _AT_ONCE):
                await self._bulk([Passing(plan, Retold(given_to(heir, plan))).write() for plan in plans])
            await self._give_back(former, heir)

    async def _give_back(self, former: str, heir: Heir) -> None:
        """Give an organization the drafts that the one before it left behind, where it has begun none itself."""
        for left in await self._read({"organization.siret": former, "withdrawn": Withdrawn.MOVED.value}):
            plans = await self._read({"_id": left.id, "organization.siret": heir.siret, "state": OPEN})
            back = [Passing(plan, Retold(with_draft_of(plan, left)), left) for plan in plans]
            await self._bulk([each.write() for each in back])
            await self._forget_left(back)

    async def _write(self, told: dict[str, Plan]) -> tuple[dict[str, Plan], Written]:
        """Write the plans that did not change meanwhile; return the others.

        The other plans of a session or a person are told first: a load that breaks off between the two finds the
        same difference again. What an organization leaves behind is kept before the plan goes from it.
        """
        digests = {plan_id: _digest(plan) for plan_id, plan in told.items()}
        known = await self._digests(told)
        fresh = [plan for plan_id, plan in told.items() if known.get(plan_id) != digests[plan_id]]
        fresh = [plan for plan in fresh if plan.id in known or not plan.withdrawn]
        heirs = await self._heirs(fresh)
        fresh = [given_to(heirs.get(plan.organization.siret), plan) for plan in fresh]
        fresh = await self._completion.completed(fresh)
        agreement = await self._agreed(Agreement.of(plan for plan in fresh if not plan.withdrawn))
        await self._align(agreement, but=[plan.id for plan in fresh])
        await register(self._organizations, agreement.organizations)
        await register(self._advisers, agreement.advisers)
        agreed = {plan.id: agreement.applied(plan) for plan in fresh}
        writes: list[Write] = [
            InsertOne({**to_document(plan), "_id": plan_id, "revision": 0, "digest": digests[plan_id]})
            for plan_id, plan in agreed.items()
            if plan_id not in known
        ]
        retold = await self._passing(agreed, known)
        await self._bulk([each.leave() for each in retold if each.retold.left])
        await self._tell_withdrawn(retold)
        writes += [each.write(digests[each.kept.id]) for each in retold]
        added, changed = await self._bulk(writes)
        await self._forget_left(retold)
        lost = len(writes) - added - changed
        notes = tuple(note for each in retold if (note := each.note))
        done = Written(added, changed, len(told) - len(fresh), notes=notes)
        return (await self._unwritten(told, digests) if lost else {}), done

    async def _agreed(self, agreement: Agreement) -> Agreement:
        """Return the agreement with those who were called otherwise before: their other plans are told so first."""
        organizations = await differing(self._organizations, agreement.organizations)
        advisers = await differing(self._advisers, agreement.advisers)
        return replace(agreement, renamed=frozenset(organizations | advisers))

    async def _tell_withdrawn(self, passed: Iterable[Passing]) -> None:
        seen = [Seen.of(each.kept) for each in passed if each.retold.plan.withdrawn and not each.kept.withdrawn]
        if seen and self._on_withdrawn:
            await self._on_withdrawn(seen)

    async def _heirs(self, plans: Iterable[Plan]) -> dict[str, Heir]:
        return await self._successions.heirs({plan.organization.siret for plan in plans}, self._today)

    async def _passing(self, told: dict[str, Plan], known: Container[str]) -> list[Passing]:
        """Read the plans that a feed sends again, and the reports left behind on those that change organization."""
        kept = await self._read({"_id": {"$in": [plan_id for plan_id in told if plan_id in known]}})
        moved = [plan for plan in kept if plan.organization.siret != told[plan.id].organization.siret]
        if not moved:
            return [passing(plan, told[plan.id], {}, None) for plan in kept]
        ids = [left_id(plan.id, told[plan.id].organization.siret) for plan in moved]
        left = {plan.id: plan for plan in await self._read({"_id": {"$in": ids}})}
        heirs = await self._heirs(moved)
        return [passing(plan, told[plan.id], heirs, left.get(plan.id)) for plan in kept]

    async def _forget_left(self, passed: Iterable[Passing]) -> None:
        """Remove what had been left behind, once the plan that it came back to has it."""
        for each in passed:
            if each.returning is None or each.returning.report is None:
                continue
            version, siret = each.returning.report.version, each.retold.plan.organization.siret
            has_it = {"_id": each.kept.id, "organization.siret": siret, "report.version": version}
            if await self._plans.find_one(has_it, {"_id": 1}):
                await self._plans.delete_one({"_id": document_id(each.returning)})

    async def _bulk(self, writes: Sequence[Write]) -> tuple[int, int]:
        if not writes:
            return 0, 0
        try:
            result = dict((await self._plans.bulk_write(writes, ordered=False)).bulk_api_result)
        except BulkWriteError as error:
            if any(each["code"] != _DUPLICATE for each in error.details["writeErrors"]):
                raise
            result = dict(error.details)
        return result["nInserted"], result["nModified"] + result["nRemoved"]

    async def _digests(self, told: Iterable[str]) -> dict[str, str | None]:
        cursor = self._plans.find({"_id": {"$in": list(told)}}, {"digest": 1})
        return {document["_id"]: document.get("digest") async for document in cursor}

    async def _read(self, condition: Document, most: int = 0, *, index: str | None = None) -> list[Plan]:
        found = self._plans.find(condition, hint=index).limit(most)
        return [from_document(document) async for document in found]

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
        """Update every plan that says otherwise. A plan that changes meanwhile is read again."""
        for condition, index in agreement.differing():
            for _ in range(_ATTEMPTS):
                differing = await self._read({**condition, "_id": {"$nin": but}}, index=index)
                if not differing:
                    break
                await self._bulk([Passing(plan, Retold(agreement.applied(plan))).write() for plan in differing])


def _digest(plan: Plan) -> str:
    """Hash a state of a plan, so that it is compared with the kept one without reading that."""
    return blake2b(plan.model_dump_json(include=set(TOLD_BY_FEED)).encode(), digest_size=16).hexdigest()


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

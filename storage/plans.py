"""Plans: found, listed, counted and changed, always for somebody."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pymongo.errors import DuplicateKeyError

from domain.access import RECIPIENTS, Role, seen
from domain.errors import BadRequest
from domain.moving import has_been_written
from domain.trail import Seen
from storage.accounts import AccountRepository
from storage.documents import TRANSMITTED, document_id, from_document, projection, reader, to_document
from storage.hinted import read_by
from storage.lists import counts_of, read_counts, read_identifiers, read_page, read_pages
from storage.once import Once
from storage.outages import outage_told, telling_outages
from storage.restoring import WHOLE
from storage.rows import read_people, read_rows
from storage.scope import FIELD, concerning, index_of, visible, writable, written_by
from storage.statistics import read_statistics
from storage.together import documents_together
from storage.transmitted import TransmittedReports

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
    from datetime import date

    from domain.access import Viewer
    from domain.listed import ListedPlan
    from domain.pages import Page, PageRequest
    from domain.people import Organization
    from domain.plan import Plan
    from domain.statistics import Statistics, StatisticsFilter
    from storage.client import Database, Document
    from storage.lists import Listing

_FEW = 20
"""People of a search: counting so few again, with one letter more, could single one out."""
_WRITTEN_BY_ORGANIZATION = ("report", "report_version", "earlier_reports", "recorded_exit", "absences")


@telling_outages
class PlanRepository:
    """The plans of the database.

    The viewer is the first argument; a plan that they may not see does not exist for them.
    """

    def __init__(
        self,
        database: Database,
        notice: Callable[[Seen], None] = lambda _: None,
    ) -> None:
        self._plans = database["plans"]
        self._accounts = AccountRepository(database)
        self._transmitted = TransmittedReports(self._plans)
        self._whole = documents_together(self._plans)
        self._once = Once()
        self._notice = notice

    def noted_by(self, notice: Callable[[Seen], None]) -> PlanRepository:
        """Return the same plans, where `notice` is told of every person and plan that is found for a viewer."""
        noted = object.__new__(PlanRepository)
        vars(noted).update(vars(self), _notice=notice)
        return noted

    async def find(self, viewer: Viewer, plan_id: str, unread: frozenset[str] = WHOLE) -> Plan | None:
        """Return a plan, or None when the viewer sees none of that id; whole where it is going to be written."""
        if unread:
            plan = await self._one(viewer, {"_id": plan_id, **visible(viewer)}, unread)
        else:
            plan = await self._find_whole(viewer, plan_id)
        plan = plan or await self._written(viewer, plan_id, unread)
        if plan:
            self._notice(_seen(plan, unread))
        return plan

    async def find_reported(self, viewer: Viewer, plan_id: str) -> Plan | None:
        """Return a whole plan to be shown with its report; one that was transmitted is not fetched again."""
        plan = await self._transmitted.find(viewer, plan_id) or await self._written(viewer, plan_id, WHOLE)
        if plan:
            self._notice(Seen.of(plan))
        return plan

    async def find_with_session(self, viewer: Viewer, session_id: str, unread: frozenset[str] = WHOLE) -> Plan | None:
        """Return a plan of a session of which the viewer sees some."""
        return await self._one(viewer, {"keys.session": session_id, **visible(viewer)}, unread)

    async def find_with_person(self, viewer: Viewer, identifier: str, unread: frozenset[str] = WHOLE) -> Plan | None:
        """Return a plan of a job seeker who concerns the viewer."""
        match = {"$and": [{"job_seeker.identifier": identifier}, concerning(viewer)]}
        plan = await self._one(viewer, match, unread)
        if plan:
            self._notice(_person(plan))
        return plan

    async def find_with_organization(self, viewer: Viewer, siret: str, unread: frozenset[str] = WHOLE) -> Plan | None:
        """Return a plan of an organization of which the viewer sees some."""
        return await self._one(viewer, {"$and": [{"organization.siret": siret}, visible(viewer)]}, unread)

    async def find_with_adviser(self, viewer: Viewer, adviser_id: str, unread: frozenset[str] = WHOLE) -> Plan | None:
        """Return a plan of those that the viewer sees which names an adviser."""
        return await self._one(viewer, {"$and": [{"adviser.id": adviser_id}, visible(viewer)]}, unread)

    async def find_own(self, viewer: Viewer, unread: frozenset[str] = WHOLE) -> Plan | None:
        """Return a plan that concerns the viewer, even one that they may not see: it gives their name."""
        return await self._one(viewer, concerning(viewer), unread)

    async def organization_names(self, viewer: Viewer) -> dict[str, str]:
        """Return the names of the organizations that the viewer works for, by SIRET; of those that are known here.

        One seek for each, however many plans it has: the server jumps in the index.
        """
        siret = FIELD[Role.TRAINING_ORGANIZATION]
        stages: list[Document] = [
            {"$match": {siret: {"$in": list(viewer.organizations)}}},
            {"$sort": {siret: 1, "keys.person": 1, "keys.who": 1}},
            {"$group": {"_id": f"${siret}", "name": {"$first": "$organization.legal_name"}}},
        ]
        found = await read_by(index_of("people", viewer), self._plans, stages)
        names = {each["_id"]: str(each["name"]) for each in found}
        accounts = await self._accounts.of_all(set(viewer.organizations) - names.keys())
        return names | {siret: held[0].legal_name for siret, held in accounts.items()}

    async def own_organization(self, viewer: Viewer) -> Organization | None:
        """Return the organization that the viewer acts for as its account tells it: it may have no plan yet."""
        held = await self._accounts.of(viewer.key) if viewer.role is Role.TRAINING_ORGANIZATION else []
        return held[0].organization if held else None

    async def page(self, listing: Listing, request: PageRequest) -> Page[Plan]:
        """Read a page of a list, in one query; the list says who asks. It is read once for all who wait for it."""
        page = await self._once.of((listing.question, request), partial(self._read, listing, request))
        (count,) = counts_of(self._plans, [listing])
        return self._shown(listing, request, replace(page, count=count))

    async def pages(self, wanted: Sequence[tuple[Listing, PageRequest]]) -> list[Page[Plan] | BadRequest]:
        """Read pages of lists of one kind, in one query; BadRequest in the place of one that is not to be had."""
        pages = await read_pages(self._plans, wanted)
        return [
            page if isinstance(page, BadRequest) else self._shown(*each, page.map(reader(each[1].unread)))
            for each, page in zip(wanted, pages, strict=True)
        ]

    async def rows(self, listing: Listing) -> AsyncGenerator[Sequence[ListedPlan], None]:
        """Read a whole list, batch by batch, with how many plans each item stands for."""
        with outage_told():
            async with aclosing(read_rows(self._plans, listing)) as batches:
                async for rows in batches:
                    self._note(listing, [row.plan for row in rows])
                    yield rows

    async def count_people(self, listing: Listing) -> int:
        """Count whom a whole list shows, each person once."""
        return await read_people(self._plans, listing) if listing.shows != "sessions" else 0

    async def count(self, listings: dict[str, Listing]) -> dict[str, int]:
        """Count lists, in one query; once for all who wait for the same counts."""
        question = tuple((name, listing.question) for name, listing in listings.items())
        return await self._once.of(question, partial(read_counts, self._plans, listings))

    async def statistics(self, viewer: Viewer, wanted: StatisticsFilter, today: date) -> Statistics:
        """Count the plans of the viewer that are over, in one query."""
        return await read_statistics(self._plans, viewer, wanted, today)

    async def replace(self, viewer: Viewer, before: Plan, after: Plan) -> bool:
        """Write a plan changed by its organization; False when it is no longer as it was read.

        One document, compared by revision and swapped, acknowledged by a majority. A transmitted report is replaced
        only once it was announced, so that each has its number.
        """
        match = {"_id": document_id(before), "revision": before.revision, **writable(viewer)}
        if after.withdrawn and not has_been_written(after):
            return bool((await self._plans.delete_one(match)).deleted_count)
        changed = to_document(after, _WRITTEN_BY_ORGANIZATION)
        if changed["state"] == TRANSMITTED:
            changed["to_announce"] = True
            changed["unread"] = dict.fromkeys((role.value for role in RECIPIENTS), True)
        if after.earlier_reports == before.earlier_reports:
            del changed["earlier_reports"]
        else:
            match |= {"to_announce": {"$ne": True}, "sequence": {"$gt": 0}}
        try:
            result = await self._plans.update_one(match, {"$set": changed, "$inc": {"revision": 1}})
        except DuplicateKeyError:  # another report has drawn the same code
            return False
        return bool(result.modified_count)

    async def _read(self, listing: Listing, request: PageRequest) -> Page[Plan]:
        page = await read_page(self._plans, listing, request)
        return page.map(reader(request.unread))

    def _shown(self, listing: Listing, request: PageRequest, page: Page[Plan]) -> Page[Plan]:
        viewer = listing.viewer
        plans = page.map(lambda plan: seen(viewer, plan))
        self._note(listing, plans.items, request.unread)
        return replace(plans, count=partial(self._told_count, listing, page)) if listing.names else plans

    async def _told_count(self, listing: Listing, page: Page[Plan]) -> int:
        """Count the people of a search.

        The few of a short list are noted as seen, since the count could single one out.
        """
        number = await page.count()
        if len(page.items) < number <= _FEW:
            for identifier in await read_identifiers(self._plans, listing, _FEW):
                self._notice(Seen(identifier))
        return number

    def _note(self, listing: Listing, plans: Iterable[Plan], unread: frozenset[str] = WHOLE) -> None:
        if listing.shows != "sessions":
            for plan in plans:
                self._notice(_seen(plan, unread) if listing.shows == "plans" else _person(plan))

    async def _find_whole(self, viewer: Viewer, plan_id: str) -> Plan | None:
        document = await self._whole.of({"_id": plan_id, **visible(viewer)})
        return seen(viewer, from_document(document)) if document else None

    async def _written(self, viewer: Viewer, plan_id: str, unread: frozenset[str]) -> Plan | None:
        """Return a plan that another organization has now, with what the viewer's own wrote on it."""
        if viewer.role is not Role.TRAINING_ORGANIZATION:
            return None
        plan = await self._one(viewer, written_by(viewer, plan_id), unread)
        return plan if plan is None or plan.withdrawn else plan.without_reasons()

    async def _one(self, viewer: Viewer, match: Document, unread: frozenset[str]) -> Plan | None:
        document = await self._plans.find_one(match, projection(unread) or None)
        return seen(viewer, from_document(document, unread)) if document else None


def _seen(plan: Plan, unread: frozenset[str]) -> Seen:
    shown = "report" not in unread and plan.report is not None
    return Seen(plan.job_seeker.identifier, plan.id, shown)


def _person(plan: Plan) -> Seen:
    return Seen(plan.job_seeker.identifier)

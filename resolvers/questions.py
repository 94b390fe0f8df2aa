"""What is asked of the desk: counters and lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.filters import PlanFilter, ReportFilter, SessionFilter
from domain.lateness import late_filter
from domain.listed import ListName
from domain.report import UNSENT
from storage import listings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from domain.access import Viewer
    from domain.errors import BadRequest
    from domain.filters import AwaitedFilter
    from domain.listed import AskedList
    from domain.nomenclature import ListedEntry, NomenclatureName
    from domain.pages import Days, Page, PageRequest
    from domain.plan import Plan
    from resolvers.services import Services
    from storage.lists import Listing


@dataclass(frozen=True, slots=True)
class Dashboard:
    """How many stand in each of the lists of the desk; `late` are those of the first three, and drafts."""

    funded_sessions: int
    other_sessions: int
    unreferenced_plans: int
    drafts: int
    late: int


async def report_dashboard(
    services: Services, viewer: Viewer, *, ends: Days, created: Days, today: date
) -> Dashboard:
    """Count the lists of the desk, each with the very listing that it shows, in one query."""
    late = late_filter(True, today, services.late_after_days)  # noqa: FBT003 - a filter
    counts = await services.plans.count(
        {
            "funded_sessions": listings.sessions(viewer, SessionFilter(funded=True, ends=ends), today),
            "other_sessions": listings.sessions(viewer, SessionFilter(funded=False, ends=ends), today),
            "unreferenced_plans": listings.pending_plans(viewer, PlanFilter(referenced=False, ends=ends), today),
            "drafts": listings.drafts(viewer, ReportFilter(created)),
            "late": listings.pending_plans(viewer, PlanFilter(ends=ends, statuses=UNSENT, late=late), today),
        }
    )
    return Dashboard(
        funded_sessions=counts["funded_sessions"],
        other_sessions=counts["other_sessions"],
        unreferenced_plans=counts["unreferenced_plans"],
        drafts=counts["drafts"],
        late=counts["late"],
    )


async def sessions(
    services: Services, viewer: Viewer, wanted: SessionFilter, request: PageRequest, *, today: date
) -> Page[Plan]:
    """List sessions, each by one of its plans."""
    return await services.plans.page(listings.sessions(viewer, wanted, today), request)


async def pending_plans(
    services: Services, viewer: Viewer, wanted: PlanFilter, request: PageRequest, *, today: date
) -> Page[Plan]:
    """List plans whose report is to be entered."""
    return await services.plans.page(listings.pending_plans(viewer, wanted, today), request)


async def training_plans(
    services: Services, viewer: Viewer, wanted: PlanFilter, request: PageRequest, *, today: date
) -> Page[Plan]:
    """List plans of the viewer's organization, wherever their reports stand."""
    return await services.plans.page(listings.training_plans(viewer, wanted, today), request)


async def awaited_plans(
    services: Services, viewer: Viewer, wanted: AwaitedFilter, request: PageRequest, *, today: date
) -> Page[Plan]:
    """List plans whose report the viewer is to receive."""
    return await services.plans.page(listings.awaited(viewer, wanted, today), request)


async def draft_reports(services: Services, viewer: Viewer, wanted: ReportFilter, request: PageRequest) -> Page[Plan]:
    """List plans with a draft."""
    return await services.plans.page(listings.drafts(viewer, wanted), request)


async def transmitted_reports(
    services: Services, viewer: Viewer, wanted: ReportFilter, request: PageRequest
) -> Page[Plan]:
    """List plans with a transmitted report."""
    return await services.plans.page(listings.transmitted(viewer, wanted), request)


async def job_seekers(services: Services, viewer: Viewer, search: str, request: PageRequest) -> Page[Plan]:
    """List job seekers, each by one of their plans."""
    return await services.plans.page(listings.people(viewer, search), request)


async def plans_of(
    services: Services, viewer: Viewer, asked: Sequence[tuple[AskedList, PageRequest]], *, today: date
) -> list[Page[Plan] | BadRequest]:
    """List the plans of several sessions, or of several job seekers, in one query."""
    found = {each: (_plans_of(viewer, each[0], today), each[1]) for each in dict.fromkeys(asked)}
    pages = dict(zip(found, await services.plans.pages([*found.values()]), strict=True))
    return [pages[each] for each in asked]


def _plans_of(viewer: Viewer, asked: AskedList, today: date) -> Listing:
    of = listings.plans_of_session if asked.name is ListName.PLANS_OF_SESSION else listings.plans_of_person
    return of(viewer, asked.key or "", asked.statuses, today)


async def pending_counts(
    services: Services, viewer: Viewer, wanted: Sequence[PlanFilter], *, today: date
) -> list[int]:
    """Count the plans to enter of several sessions, in one query."""
    named = {str(rank): listings.pending_plans(viewer, each, today) for rank, each in enumerate(wanted)}
    counts = await services.plans.count(named)
    return [counts[name] for name in named]


async def nomenclature(
    services: Services, name: NomenclatureName, search: str | None, first: int
) -> Sequence[ListedEntry]:
    """List the entries offered for new answers."""
    return await services.nomenclatures.offered(name, search, first)

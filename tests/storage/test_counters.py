"""The counters of the desk count what its lists list."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from domain.filters import PlanFilter, ReportFilter, SessionFilter
from domain.lateness import late_filter
from domain.pages import Days
from domain.report import UNSENT
from storage import listings
from storage.plans import PlanRepository
from tests.factories import counsellor, staff
from tests.storage import oracle
from tests.storage.drawn import PLANS
from tests.storage.worlds import FIRST, SIRETS, TODAY

if TYPE_CHECKING:
    from tests.storage.worlds import World


async def test_the_counters_of_the_desk_count_what_its_lists_list(world: World) -> None:
    viewer, ends, created = staff(SIRETS[0]), Days(FIRST, TODAY - timedelta(9)), Days(None, TODAY - timedelta(20))
    funded, other = SessionFilter(funded=True, ends=ends), SessionFilter(funded=False, ends=ends)
    unreferenced = PlanFilter(referenced=False, ends=ends)
    late = PlanFilter(ends=ends, statuses=UNSENT, late=late_filter(wanted=True, today=TODAY, after_days=30))
    counted = await PlanRepository(world.database).count(
        {
            "funded": listings.sessions(viewer, funded, TODAY),
            "other": listings.sessions(viewer, other, TODAY),
            "unreferenced": listings.pending_plans(viewer, unreferenced, TODAY),
            "drafts": listings.drafts(viewer, ReportFilter(created)),
            "late": listings.pending_plans(viewer, late, TODAY),
            "nothing": listings.drafts(counsellor(), ReportFilter(created)),
        }
    )
    expected = {
        "funded": len(oracle.pending_sessions(PLANS, viewer, funded, TODAY)),
        "other": len(oracle.pending_sessions(PLANS, viewer, other, TODAY)),
        "unreferenced": len(oracle.pending_plans(PLANS, viewer, unreferenced, TODAY)),
        "drafts": len(oracle.drafts(PLANS, viewer, created, None)),
        "late": len(oracle.pending_plans(PLANS, viewer, late, TODAY)),
        "nothing": 0,
    }
    assert counted == expected
    assert min(count for name, count in expected.items() if name != "nothing") > 0

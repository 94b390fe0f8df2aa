"""Tableau de bord: counters of the reports to write and of the drafts, and which to write first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.tables import period

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit


async def shown(visit: Visit) -> Response:
    """Show the counters, each under its own filter of days."""
    ends, begun = period(visit, "plan"), period(visit, "brouillon")
    data = await visit.ask("Dashboard", planEndsOn=ends.asked, draftCreatedOn=begun.asked)
    counters = data["reportDashboard"]
    return visit.page(
        "dashboard.html",
        title="Bilans de formation",
        status=422 if ends.problems or begun.problems else 200,
        ends=ends,
        begun=begun,
        counters=counters,
        nothing=not any(
            counters[name] for name in ("fundedSessions", "otherSessions", "unreferencedPlans", "drafts", "late")
        ),
        drafts=data["draftReports"]["nodes"],
        sessions=data["pendingSessions"]["nodes"],
    )

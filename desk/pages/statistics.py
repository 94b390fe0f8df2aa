"""Statistiques: what became of the plans that are over, for the organization, a course or a period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.stopping import Stopped
from desk.tables import export, period

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit

PERIODS = {"mois": ("MONTH", "Mois"), "trimestre": ("QUARTER", "Trimestre"), "annee": ("YEAR", "Année")}
LONGEST_TITLE = 300


async def shown(visit: Visit) -> Response:
    """Show the figures, or give them as a table; by month unless the address names another period.

    Raises Stopped (404) for a person without an organization.
    """
    ends, course = period(visit), visit.query("formation")[:LONGEST_TITLE]
    by = visit.query("par") if visit.query("par") in PERIODS else "mois"
    asked = {"planEndsOn": ends.asked, "course": course or None, "by": PERIODS[by][0]}
    if table := await export(visit, "ExportStatistics", **asked):
        return table
    data = await visit.ask("Statistics", **asked, narrowed=bool(course))
    found = data["statistics"]
    if found is None:
        raise Stopped.absent()
    titles = [each["title"] for each in (data.get("all") or found)["courses"]]
    return visit.page(
        "statistics.html",
        title="Statistiques",
        status=422 if ends.problems else 200,
        ends=ends,
        course=course,
        courses=sorted({*titles, *([course] if course else [])}, key=str.casefold),
        by=by,
        periods=PERIODS,
        found=found,
        late_after=data["lateAfterDays"],
        filtered=bool(course or ends.asked),
    )

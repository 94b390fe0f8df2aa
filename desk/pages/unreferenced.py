"""DE inscrits sur formation sans référencement: the list behind the third counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.tables import export, only_late, pager, period, person_search, search_again, turned

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit


async def shown(visit: Visit) -> Response:
    """Show a page of the list, or give the whole of it as a table."""
    ends, search, late = period(visit), person_search(visit), only_late(visit)
    asked = {"planEndsOn": ends.asked, "late": late, "search": search or None}
    if table := await export(visit, "ExportUnreferencedPlans", lambda data: data["list"]["export"], **asked):
        return table
    data = await visit.ask("UnreferencedPlans", **asked, **turned(visit))
    page = pager(visit, data["pendingPlans"])
    title = "DE inscrits sur formation sans référencement"
    return visit.page(
        "unreferenced.html",
        title=title,
        tab=f"{title}{page.in_title}",
        status=422 if ends.problems else 200,
        ends=ends,
        search=search,
        late=late,
        plans=data["pendingPlans"]["nodes"],
        pager=page,
        filtered=bool(search or ends.asked or late),
    )


async def searched(visit: Visit) -> Response:
    """Search by name or identifier."""
    return search_again(visit)

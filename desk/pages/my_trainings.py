"""« 2 formations dans mon suivi »: the trainings of a job seeker, laid out for a phone first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.tables import list_page, turned

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit


async def shown(visit: Visit) -> Response:
    """Show the trainings that go on, and those that are over."""
    data = await visit.ask("MyTrainings", **turned(visit))
    person = data["viewer"]["jobSeeker"]
    nothing: dict[str, Any] = {"totalCount": 0, "nodes": [], "pageInfo": {"hasNextPage": False}}
    plans = person["plans"] if person else nothing
    count = plans["totalCount"]
    title = (
        f"{count} formation{'s' if count > 1 else ''} dans mon suivi" if count else "Aucune formation dans mon suivi"
    )
    return list_page(visit, "my_trainings.html", plans, title=title, plans=plans["nodes"])

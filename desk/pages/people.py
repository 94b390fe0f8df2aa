"""Demandeurs d'emploi: finds a person, and shows their reports to do and done (parcours de formation)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.roles import ADVISER
from desk.stopping import Stopped
from desk.tables import list_page, person_search, search_again, turned

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit


async def shown(visit: Visit) -> Response:
    """Show the people who match the search; nobody without one."""
    search = person_search(visit)
    found: dict[str, Any] = {"totalCount": 0, "nodes": [], "pageInfo": {"hasNextPage": False}}
    if search:
        found = (await visit.ask("People", search=search, **turned(visit)))["jobSeekers"]
    return list_page(visit, "people.html", found, title="Demandeurs d’emploi", search=search, people=found["nodes"])


async def searched(visit: Visit) -> Response:
    """Search by name or identifier."""
    return search_again(visit)


async def one(visit: Visit) -> Response:
    """Show a person's plans: reports to do, reports done."""
    person = (await visit.node("PersonPlans", visit.part("id")))["node"]
    if not person.get("identifier"):
        raise Stopped.absent()
    following = visit.session is not None and visit.session.role == ADVISER
    return visit.page(
        "person.html", title="Parcours de formation", tab="Parcours de formation", person=person, following=following
    )

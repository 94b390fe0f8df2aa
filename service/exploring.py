"""Puts the explorer together: where it may be shown, and in whose name it may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.people import on_this_machine
from service.clock import present
from service.desk import people_of
from web.exploring import Explored, explorer_routes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.routing import Route

    from service.demonstration import Character
    from settings import Settings


def explorer(settings: Settings, public_url: str, people: Sequence[Character] = ()) -> list[Route]:
    """Return its routes; none where EXPLORER is off. Tokens of the demonstration are for this machine alone."""
    if not settings.explored:
        return []
    offered_people = people_of(settings, people)
    url = settings.public_url or public_url

    def offered(request: Request) -> list[Explored]:
        if not on_this_machine(request, url):
            return []
        return [Explored(person.name, person.what, person.token(present())[0]) for person in offered_people]

    return explorer_routes(offered, settings.path_prefix)

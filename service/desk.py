"""Puts the desk together: the pages for people, over the HTTP door of the service."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from credentials.keys import KeySet
from credentials.sessions import Sessions
from credentials.signing_in import OpenIDProvider
from credentials.tokens import DevelopmentTokens
from desk.application import desk_routes, failed_page, open_paths, shown_menus, unknown_page
from desk.asking import Door
from desk.assets import Assets
from desk.file_places import FilePlaces
from desk.headers import page_headers
from desk.page_turns import PageTurns
from desk.people import Person
from desk.visit import Desk
from service.clock import present
from transport.viewer import ACCOUNT
from web.observation import observed_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from starlette.routing import Route
    from starlette.types import ASGIApp

    from service.demonstration import Character
    from service.telling import Teller
    from settings import Settings

_WORKING_DAY = timedelta(hours=10)


def desk(
    settings: Settings,
    door: ASGIApp,
    operations: Mapping[str, str],
    public_url: str,
    people: Sequence[Character] = (),
    *,
    on_worked: Callable[[str, float], None],
) -> Desk:
    """Return the desk at the public address of the service; `people` may sign in there in development.

    `on_worked` is told an account, and how many seconds of processor were spent on a page for it.
    """
    assets = Assets()
    url = (settings.public_url or public_url).rstrip("/")
    return Desk(
        door=Door(door, operations, account=ACCOUNT),
        sessions=Sessions(settings.sealing_secret(), settings.former_sealing_secrets()),
        assets=assets,
        said={
            "asset": assets.address,
            "employment_service": settings.employment_service,
            "menus": shown_menus(),
            "open_pages": open_paths(),
        },
        headers=page_headers(tls=url.startswith("https://")),
        public_url=url,
        now=present,
        turns=PageTurns(on_worked),
        file_places=FilePlaces(),
        prefix=settings.path_prefix,
        providers=_providers(settings),
        people=people_of(settings, people),
    )


def _providers(settings: Settings) -> tuple[OpenIDProvider, ...]:
    """Return the providers at which the desk is a client."""
    return tuple(
        OpenIDProvider(each, KeySet(each.jwks_url, time.monotonic), time.time)
        for each in settings.providers()
        if each.client_id
    )


def served_pages(routes: list[Route], at: Desk | None, teller: Teller) -> ASGIApp:
    """Serve pages and links, and tell of each; those of the desk show what failed, and what is not there."""
    if at is None:
        return observed_pages(routes, teller.page, teller.fault)
    shown = [*routes, *desk_routes(at)]
    return observed_pages(shown, teller.page, teller.fault, failed=failed_page(at), unknown=unknown_page(at))


def people_of(settings: Settings, people: Sequence[Character]) -> tuple[Person, ...]:
    """Return the people to choose from in development; none where there are identity providers."""
    if settings.production:
        return ()
    tokens = DevelopmentTokens(settings.development_secret())

    def person(number: int, character: Character) -> Person:
        def token(now: datetime) -> tuple[str, float]:
            made = tokens.issue(
                character.role, character.subject, now=now, lifetime=_WORKING_DAY, name=character.name
            )
            return made, (now + _WORKING_DAY).timestamp()

        return Person(str(number), character.name, character.what, token)

    return tuple(person(number, character) for number, character in enumerate(people, 1))

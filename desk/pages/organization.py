"""Choisir un organisme: a person who works for several organizations chooses for which one they act."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desk.entering import keep_session
from desk.pages.signing_in import known
from desk.stopping import Stopped

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit


async def shown(visit: Visit) -> Response:
    """Show the organizations that the token names."""
    organizations = (await visit.ask("Viewer"))["viewer"]["organizations"]
    return visit.page("organization.html", title="Choisir un organisme", organizations=organizations)


async def chosen(visit: Visit) -> Response:
    """Act for one of them from now on; raises Stopped (404) for any other organization."""
    wanted, session = visit.form.text("organisme"), visit.session
    organizations = (await visit.ask("Viewer"))["viewer"]["organizations"]
    if session is None or wanted not in {each["siret"] for each in organizations}:
        raise Stopped.absent()
    response = visit.go("/")
    keep_session(visit, response, await known(visit, replace(session, organization=wanted)))
    return response

"""Signing in and out: at an identity provider, or as a person of the demonstration on this machine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from credentials.sessions import SignedIn
from credentials.signing_in import NotSignedIn, Tokens
from desk.entering import drop_session, keep_session
from desk.forms import own_path
from desk.people import on_this_machine
from desk.roles import HOME
from desk.stopping import Stopped

if TYPE_CHECKING:
    from starlette.responses import Response

    from desk.visit import Visit

_KEPT_FOR_SECONDS = 600
_LONGEST_NAME = 120


async def home(visit: Visit) -> Response:
    """Redirect to the first page of the person's role, or to sign in."""
    return visit.go(HOME[visit.session.role] if visit.session else "/connexion")


async def shown(visit: Visit) -> Response:
    """Show a button for each provider, or the people of the demonstration."""
    return _choice(visit, own_path(visit.query("retour")))


def _choice(visit: Visit, back: str, problem: str = "", status: int = 200) -> Response:
    people = visit.desk.people if _demonstration(visit) else ()
    title = "Choisir une personne de la démonstration" if people else "Se connecter"
    return visit.page(
        "signing_in.html",
        title=title,
        status=status,
        people=people,
        providers=visit.desk.providers,
        back=back,
        problem=problem,
    )


async def chosen(visit: Visit) -> Response:
    """Sign in as a person of the demonstration; raises Stopped (404) where that is not allowed."""
    person = next((each for each in visit.desk.people if each.key == visit.form.text("personne")), None)
    if person is None or not _demonstration(visit):
        raise Stopped.absent()
    token, expires_at = person.token(visit.desk.now())
    return await _come_in(visit, Tokens(token, expires_at, f"demonstration:{person.key}"), visit.form.text("retour"))


async def sent_to_provider(visit: Visit) -> Response:
    """Redirect to a provider; what is needed on the way back (state, nonce, …) is kept in an encrypted cookie."""
    provider = visit.desk.provider(visit.part("provider"))
    if provider is None:
        raise Stopped.absent()
    try:
        address, kept = await provider.begin(_back_at(visit, provider.name))
    except NotSignedIn as problem:
        return _choice(visit, "/", str(problem), 503)
    response = visit.go(address)
    sealed = visit.desk.sessions.seal(f"sign-in:{provider.name}", [kept, own_path(visit.query("retour"))])
    response.set_cookie(
        _cookie(visit), sealed, max_age=_KEPT_FOR_SECONDS, secure=visit.desk.tls, httponly=True, samesite="lax"
    )
    return response


async def back_from_provider(visit: Visit) -> Response:
    """Sign in with the code that the provider sent back; the browser must be the one that was sent there."""
    provider = visit.desk.provider(visit.part("provider"))
    if provider is None:
        raise Stopped.absent()
    opened = visit.desk.sessions.open(f"sign-in:{provider.name}", visit.request.cookies.get(_cookie(visit), ""))
    if not isinstance(opened, list):
        return _choice(visit, "/", "Cette connexion a été commencée ailleurs, ou il y a trop longtemps.", 400)
    kept, back = opened
    try:
        tokens = await provider.finish(kept, f"{_back_at(visit, provider.name)}?{visit.request.url.query}")
    except NotSignedIn as problem:
        return _choice(visit, back, str(problem), 403)
    response = await _come_in(visit, tokens, back, provider.name)
    response.delete_cookie(_cookie(visit), secure=visit.desk.tls, httponly=True, samesite="lax")
    return response


async def _come_in(visit: Visit, tokens: Tokens, back: str, provider: str = "") -> Response:
    visit.session = SignedIn(
        token=tokens.access,
        expires_at=tokens.expires_at,
        account=tokens.account,
        role="",
        name="",
        provider=provider,
        refresh=tokens.refresh,
        id_token=tokens.id_token,
    )
    session = await known(visit, visit.session)
    wanted = own_path(back)
    response = visit.go(HOME[session.role] if wanted == "/" else wanted)
    keep_session(visit, response, session)
    return response


async def known(visit: Visit, session: SignedIn) -> SignedIn:
    """Return the session completed from the schema's `viewer`: role, name, organization or agency."""
    visit.session = session
    viewer = (await visit.ask("Viewer"))["viewer"]
    acting = next((each for each in viewer["organizations"] if each["actedFor"]), None)
    place = (viewer["organization"] or acting or {}).get("legalName") or ""
    if viewer["adviser"]:
        place = f"agence {viewer['adviser']['agency']}"
    several = len(viewer["organizations"]) > 1
    return replace(
        session,
        role=viewer["role"],
        name=viewer["name"][:_LONGEST_NAME],
        place=place[:_LONGEST_NAME],
        organization=acting["siret"] if several and acting else "",
    )


async def signed_out(visit: Visit) -> Response:
    """Say that the session is over."""
    return visit.page("signed_out.html", title="Vous êtes déconnecté", onward=None)


async def signing_out(visit: Visit) -> Response:
    """End the session here, then at the provider: the page leads there after 0 seconds, and has a link."""
    session, onward = visit.session, None
    if session and (provider := visit.desk.provider(session.provider)):
        onward = await provider.farewell(session.id_token, f"{visit.desk.public_url}/deconnexion")
    visit.session = visit.fresh = None
    if onward:
        headers = {"Refresh": f"0; url={onward}"}
        response = visit.page("signed_out.html", title="Vous êtes déconnecté", headers=headers, onward=onward)
    else:
        response = visit.go("/deconnexion")
    drop_session(visit, response)
    return response


def _demonstration(visit: Visit) -> bool:
    return bool(visit.desk.people) and on_this_machine(visit.request, visit.desk.public_url)


def _back_at(visit: Visit, name: str) -> str:
    return f"{visit.desk.public_url}/connexion/{quote(name)}/retour"


def _cookie(visit: Visit) -> str:
    return f"{visit.desk.cookie}-connexion"

"""The session of a person: read from the cookie, renewed before its token expires, set and removed as a cookie."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from credentials.sessions import SignedIn
    from desk.visit import Desk, Visit

RENEWED_BEFORE_SECONDS = 60


def session_of(desk: Desk, request: Request) -> SignedIn | None:
    """Return the session in the cookie; None where there is none, or where it has expired."""
    return desk.sessions.session(desk.cookie, request.cookies, now=desk.now().timestamp())


async def renew(visit: Visit) -> None:
    """Ask the provider for a new access token in the last minute of the present one.

    Where the provider does not answer, the present token serves until it expires.
    """
    session, desk = visit.session, visit.desk
    if session is None or not session.refresh or session.expires_at - desk.now().timestamp() > RENEWED_BEFORE_SECONDS:
        return
    provider = desk.provider(session.provider)
    tokens = await provider.renewed(session.refresh) if provider else None
    if tokens:
        visit.session = visit.fresh = replace(
            session,
            token=tokens.access,
            expires_at=tokens.expires_at,
            refresh=tokens.refresh or session.refresh,
            id_token=tokens.id_token or session.id_token,
        )


def keep_session(visit: Visit, response: Response, session: SignedIn) -> None:
    """Set the session's cookie, which expires with its token."""
    desk = visit.desk
    seconds = max(int(session.expires_at - desk.now().timestamp()), 1)
    cookies = desk.sessions.cookies(desk.cookie, session)
    _drop(visit, response, [name for name in desk.sessions.names(desk.cookie) if name not in cookies])
    for name, value in cookies.items():
        response.set_cookie(name, value, max_age=seconds, secure=desk.tls, httponly=True, samesite="lax")


def drop_session(visit: Visit, response: Response) -> None:
    """Remove the session's cookie."""
    _drop(visit, response, visit.desk.sessions.names(visit.desk.cookie))


def _drop(visit: Visit, response: Response, names: list[str]) -> None:
    for name in names:
        if name in visit.request.cookies:
            response.delete_cookie(name, secure=visit.desk.tls, httponly=True, samesite="lax")

"""Access tokens: the viewer that each names, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import jwt

from credentials.claims import BadToken, viewer_from
from credentials.providers import People

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from domain.access import Role, Viewer

ALGORITHM = "HS256"
LEEWAY_SECONDS = 30
LONGEST_TOKEN = 8192
OURS = People()
"""The claims of development tokens."""
FOREIGN_KEYS = ("jwk", "jku", "x5u")
"""Headers in which a token brings the key to be verified with."""


class NoKeys(Exception):  # noqa: N818 - what is the case
    """The provider's keys could not be had, now or before: no token can be verified for now."""


class Verifier(Protocol):
    """Reads a token."""

    async def viewer(self, token: str) -> Viewer:
        """Return the viewer of the token; raise BadToken."""
        ...


class DevelopmentTokens:
    """Tokens signed with a shared secret (HS256), for development; a `former` one is good until it is not given."""

    def __init__(self, secret: bytes, former: Sequence[bytes] = ()) -> None:
        self._secret = secret
        self._secrets = (secret, *former)

    async def viewer(self, token: str) -> Viewer:
        """Return the viewer of the token; BadToken when its signature, dates or claims will not do."""
        readable_header(token)
        return viewer_from(self._claims(token), OURS)

    def _claims(self, token: str) -> dict[str, Any]:
        for secret in self._secrets:
            try:
                return self._signed_with(secret, token)
            except jwt.InvalidSignatureError as error:
                wrong = error
            except jwt.InvalidTokenError as error:
                raise BadToken(reason(error)) from None
        raise BadToken(reason(wrong)) from None

    def _signed_with(self, secret: bytes, token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "sub"], "verify_aud": False},
        )
        return claims

    def issue(self, role: Role, subject: str, *, now: datetime, lifetime: timedelta, name: str | None = None) -> str:
        """Make a token for a SIRET, an identifier or an adviser's id."""
        claims = {
            "sub": subject,
            "name": name or subject,
            "role": role.value.lower(),
            OURS.claims.key(role): subject,
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
        }
        return jwt.encode(claims, self._secret, ALGORITHM)


def readable_header(token: str) -> dict[str, Any]:
    """Read the header of a token; BadToken for a token that is not to be tried at all.

    Too long, no token, a key brought along (RFC 8725, 3.5), or an extension that must be understood (`crit`).
    """
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise BadToken("The token is too long, or is none.")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, RecursionError):
        raise BadToken("The token is not valid.") from None
    if "crit" in header or any(name in header for name in FOREIGN_KEYS):
        raise BadToken("The token brings a key or an extension that is not accepted.")
    return header


def reason(error: jwt.InvalidTokenError) -> str:
    """Say why a token is refused, without a word of what is in it."""
    if isinstance(error, jwt.ExpiredSignatureError):
        return "The token has expired."
    if isinstance(error, jwt.ImmatureSignatureError):
        return "The token is not valid yet."
    if isinstance(error, jwt.MissingRequiredClaimError):
        return f"The token has no `{error.claim}`."
    return "The token is not valid."

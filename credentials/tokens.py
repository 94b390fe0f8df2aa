"""Access tokens: who bears one, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import jwt

from domain.access import Role, Viewer

if TYPE_CHECKING:
    from datetime import datetime, timedelta

ALGORITHM = "HS256"
LEEWAY_SECONDS = 30
LONGEST_CLAIM = 200
LONGEST_TOKEN = 8192
FOREIGN_KEYS = ("jwk", "jku", "x5u")
"""Headers in which a token brings the key to be verified with."""
KEY_CLAIM = {
    Role.TRAINING_ORGANIZATION: "organization",
    Role.JOB_SEEKER: "job_seeker",
    Role.ADVISER: "adviser",
}


class BadToken(Exception):  # noqa: N818 - a refusal, not a fault
    """The token does not say who asks; a sentence that may be shown to whoever sent it."""


class NoKeys(Exception):  # noqa: N818 - what is the case
    """The provider's keys could not be had, now or before: no token can be verified for now."""


class Verifier(Protocol):
    """Reads a token."""

    async def viewer(self, token: str) -> Viewer:
        """Return who bears the token; raise BadToken."""
        ...


class DevelopmentTokens:
    """Tokens signed with a shared secret (HS256), for development."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    async def viewer(self, token: str) -> Viewer:
        """Return who bears the token; BadToken when its signature, dates or claims will not do."""
        readable_header(token)
        try:
            claims = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "sub"], "verify_aud": False},
            )
        except jwt.InvalidTokenError as error:
            raise BadToken(reason(error)) from None
        return viewer_of(claims)

    def issue(self, role: Role, subject: str, *, now: datetime, lifetime: timedelta, name: str | None = None) -> str:
        """Make a token for a SIRET, an identifier or an adviser's id."""
        claims = {
            "sub": subject,
            "name": name or subject,
            "role": role.value.lower(),
            KEY_CLAIM[role]: subject,
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
        }
        return jwt.encode(claims, self._secret, ALGORITHM)


def readable_header(token: str) -> dict[str, Any]:
    """Read what a token says of its own signature; BadToken for what is not to be tried at all.

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


def viewer_of(claims: dict[str, Any]) -> Viewer:
    """Read the claims of a verified token; BadToken when one is missing or odd."""
    try:
        role = Role(str(claims.get("role")).upper())
    except ValueError:
        raise BadToken("The token's `role` is none of training_organization, job_seeker, adviser.") from None
    subject, key = _text(claims, "sub"), _text(claims, KEY_CLAIM[role])
    name = claims.get("name")
    return Viewer(
        role=role,
        key=key,
        name=name[:LONGEST_CLAIM] if isinstance(name, str) and name.strip() else subject,
        account=f"{role.value.lower()}:{subject}",
        expires_at=float(claims["exp"]),
    )


def reason(error: jwt.InvalidTokenError) -> str:
    """Say why a token is refused, without a word of what is in it."""
    if isinstance(error, jwt.ExpiredSignatureError):
        return "The token has expired."
    if isinstance(error, jwt.ImmatureSignatureError):
        return "The token is not valid yet."
    if isinstance(error, jwt.MissingRequiredClaimError):
        return f"The token has no `{error.claim}`."
    return "The token is not valid."


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_CLAIM or "\x00" in value:
        raise BadToken(f"The token's `{name}` is missing or is no text.")
    return value

"""Access tokens of OpenID Connect providers: signed with a key of theirs, for us, by one of them, now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jwt

from credentials.claims import BadToken, viewer_from
from credentials.tokens import LEEWAY_SECONDS, readable_header, reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from credentials.keys import KeySet
    from credentials.providers import IdentityProvider
    from domain.access import Role, Viewer

ALGORITHMS = ("RS256", "ES256", "EdDSA")
_REQUIRED = ["exp", "iat", "iss", "aud", "sub"]


@dataclass(frozen=True, slots=True)
class Demand:
    """Roles that must have authenticated strongly, and the values of `acr` or `amr` that say so."""

    roles: frozenset[Role] = field(default_factory=frozenset)
    methods: frozenset[str] = frozenset({"mfa", "eidas2", "eidas3"})

    def check(self, viewer: Viewer, claims: Mapping[str, Any]) -> None:
        """Raise BadToken when the role must be strongly authenticated and the token does not say it is."""
        if viewer.role in self.roles and not (_acr(claims) | _amr(claims)) & self.methods:
            raise BadToken("This role must sign in with a strong authentication.")


@dataclass(frozen=True, slots=True)
class Issuer:
    """A provider with its keys. `demand` is that of the settings, for the roles that it names."""

    provider: IdentityProvider
    keys: KeySet
    demand: Demand = Demand()

    def is_named_by(self, claims: Mapping[str, Any]) -> bool:
        """Whether a token that nobody verified yet says that it comes from this provider, for us."""
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        return claims.get("iss") == self.provider.issuer and self.provider.audience in audiences

    def check(self, viewer: Viewer, claims: Mapping[str, Any]) -> None:
        """Raise BadToken when its people, or those of this role, must have signed in more strongly."""
        self.demand.check(viewer, claims)
        acr, amr = self.provider.acr, self.provider.amr
        if (acr and not _acr(claims) & set(acr)) or (amr and not _amr(claims) & set(amr)):
            raise BadToken("People of this provider must sign in with a strong authentication.")


class ProviderTokens:
    """Verifies with the public keys of the provider that a token names."""

    def __init__(self, issuers: Sequence[Issuer]) -> None:
        self._issuers = issuers

    async def viewer(self, token: str) -> Viewer:
        """Return the viewer of the token; BadToken, or NoKeys when nothing can be verified for now."""
        for each in self._issuers:
            each.keys.renew()
        header = readable_header(token)
        kid, algorithm = header.get("kid"), header.get("alg")
        if algorithm not in ALGORITHMS:
            raise BadToken(f"The token must be signed with one of {', '.join(ALGORITHMS)}.")
        if not isinstance(kid, str):
            raise BadToken("The token does not say with which key it is signed (`kid`).")
        issuer = self._issuer(token)
        key = await issuer.keys.find(kid)
        if key is None or key.algorithm_name != algorithm:
            raise BadToken("The token is signed with a key that its issuer does not publish.")
        claims = _verified(token, key, issuer.provider)
        viewer = viewer_from(claims, issuer.provider)
        issuer.check(viewer, claims)
        return viewer

    def _issuer(self, token: str) -> Issuer:
        try:
            said = jwt.decode(token, options={"verify_signature": False})
        except (jwt.InvalidTokenError, RecursionError):
            raise BadToken("The token is not valid.") from None
        found = next((each for each in self._issuers if each.is_named_by(said)), None)
        if found is None:
            raise BadToken("The token's `iss` and `aud` name no provider that is accepted here.")
        return found


def _verified(token: str, key: jwt.PyJWK, provider: IdentityProvider) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=[key.algorithm_name],
            leeway=LEEWAY_SECONDS,
            issuer=provider.issuer,
            audience=provider.audience,
            options={"require": _REQUIRED},
        )
    except jwt.InvalidTokenError as error:
        raise BadToken(reason(error)) from None
    return claims


def _acr(claims: Mapping[str, Any]) -> set[str]:
    value = claims.get("acr")
    return {value} if isinstance(value, str) else set()


def _amr(claims: Mapping[str, Any]) -> set[str]:
    values = claims.get("amr")
    return {value for value in values if isinstance(value, str)} if isinstance(values, list) else set()

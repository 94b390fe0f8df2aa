"""Access tokens of an OpenID Connect provider: signed with one of its keys, for us, by it, now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jwt

from credentials.tokens import LEEWAY_SECONDS, BadToken, readable_header, reason, viewer_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credentials.keys import KeySet
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
        if viewer.role not in self.roles:
            return
        methods = claims.get("amr")
        said = [claims.get("acr"), *(methods if isinstance(methods, list) else ())]
        if not any(isinstance(each, str) and each in self.methods for each in said):
            raise BadToken("This role must sign in with a strong authentication.")


class ProviderTokens:
    """Verifies with the provider's public keys; the issuer and the audience are compared as they are written."""

    def __init__(self, keys: KeySet, issuer: str, audience: str, demand: Demand | None = None) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._demand = demand or Demand()

    async def viewer(self, token: str) -> Viewer:
        """Return who bears the token; BadToken, or NoKeys when nothing can be verified for now."""
        self._keys.renew()
        header = readable_header(token)
        kid, algorithm = header.get("kid"), header.get("alg")
        if algorithm not in ALGORITHMS:
            raise BadToken(f"The token must be signed with one of {', '.join(ALGORITHMS)}.")
        if not isinstance(kid, str):
            raise BadToken("The token does not say with which key it is signed (`kid`).")
        key = await self._keys.find(kid)
        if key is None or key.algorithm_name != algorithm:
            raise BadToken("The token is signed with a key that its issuer does not publish.")
        viewer, claims = self._read(token, key)
        self._demand.check(viewer, claims)
        return viewer

    def _read(self, token: str, key: jwt.PyJWK) -> tuple[Viewer, dict[str, Any]]:
        try:
            claims = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm_name],
                leeway=LEEWAY_SECONDS,
                issuer=self._issuer,
                audience=self._audience,
                options={"require": _REQUIRED},
            )
        except jwt.InvalidTokenError as error:
            raise BadToken(reason(error)) from None
        return viewer_of(claims), claims

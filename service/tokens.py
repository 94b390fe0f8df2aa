"""Finds the viewer of an access token: of the identity providers, or of development."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from credentials.claims import BadToken
from credentials.remembering import RememberedTokens
from credentials.tokens import DevelopmentTokens, NoKeys
from domain.access import Role, acting_for
from setting_values import listed
from transport import Caller, Unauthenticated
from transport.refusals import refusal

if TYPE_CHECKING:
    from credentials.providers import IdentityProvider
    from domain.access import Viewer
    from settings import Settings
    from transport.viewer import Authenticate

logger = structlog.get_logger()


def authenticator(settings: Settings) -> Authenticate[Viewer]:
    """Return what finds the viewer of a token, acting for the organization that the caller names."""
    tokens = verifier(settings)

    async def authenticate(token: str | None, caller: Caller) -> Viewer:
        if token is None:
            raise Unauthenticated("A token is needed: Authorization: Bearer …")
        try:
            viewer = await tokens.viewer(token)
        except BadToken as bad:
            raise Unauthenticated(str(bad)) from None
        except NoKeys:
            message = "Tokens cannot be verified for now: try again later."
            raise refusal(message, "UNAVAILABLE", 503, {"Retry-After": "5"}) from None
        return _acting(viewer, caller)

    return authenticate


def _acting(viewer: Viewer, caller: Caller) -> Viewer:
    """Act for the organization that the caller names; 403 when the token does not name it."""
    if caller.organization is None or viewer.role is not Role.TRAINING_ORGANIZATION:
        return viewer
    acting = acting_for(viewer, caller.organization)
    if acting is None:
        raise refusal("Bilans-Organization names none of the organizations of the token.", "FORBIDDEN", 403)
    return acting


def verifier(settings: Settings) -> RememberedTokens:
    """Return what reads access tokens: those of the providers, or those made with the development secret."""
    providers = settings.providers()
    if not providers:
        return RememberedTokens(
            DevelopmentTokens(settings.development_secret(), settings.former_development_secrets()), time.time
        )
    from credentials.keys import KeySet  # noqa: PLC0415 - an HTTP client that development does without
    from credentials.oidc import Demand, Issuer, ProviderTokens  # noqa: PLC0415 - as above

    def keys_of(provider: IdentityProvider) -> KeySet:
        def unfetched(error: str) -> None:
            logger.warning("keys not fetched", provider=provider.id, error=error)

        return KeySet(provider.jwks_url, time.monotonic, on_error=unfetched)

    strong = frozenset(Role(name.upper()) for name in listed(settings.oidc_strong_roles))
    demand = Demand(strong, frozenset(listed(settings.oidc_strong_methods)))
    issuers = [Issuer(provider, keys_of(provider), demand) for provider in providers]
    remembered = RememberedTokens(ProviderTokens(issuers), time.time)
    for issuer in issuers:
        issuer.keys.on_change = remembered.forget
    return remembered


async def keys_problem(provider: IdentityProvider) -> str | None:
    """Ask a provider for its keys; return why they cannot be had."""
    from credentials.keys import KeySet  # noqa: PLC0415 - as above

    errors: list[str] = []
    with suppress(NoKeys):
        await KeySet(provider.jwks_url, time.monotonic, on_error=errors.append).find("")
    return errors[0] if errors else None

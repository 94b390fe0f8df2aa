"""Signing people in at an OpenID Connect provider: authorization code, PKCE, `state`, `nonce`; and out again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import httpx
import jwt
import orjson
from authlib.common.security import generate_token
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.parameters import (
    parse_authorization_code_response,
    prepare_grant_uri,
    prepare_token_request,
)
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from credentials.oidc import ALGORITHMS
from credentials.providers import require_private
from credentials.tokens import LEEWAY_SECONDS, NoKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from ssl import SSLContext

    from credentials.keys import KeySet
    from credentials.providers import IdentityProvider

ANSWER_SECONDS = 8.0
LARGEST_ANSWER = 128 * 1024
DISCOVERED_FOR_SECONDS = 3600.0
ASKED_AGAIN_SECONDS = 5.0
"""After a provider did not describe itself, however many want to sign in meanwhile."""
AWAY = "Le service d’identité ne répond pas pour le moment. Réessayez dans quelques instants."
REFUSED = "Le service d’identité n’a pas confirmé votre connexion. Recommencez."
CANCELLED = "Vous avez renoncé à vous connecter, ou le service d’identité l’a refusé."
_ENDPOINTS = ("authorization_endpoint", "token_endpoint")


@cache
def authorities() -> SSLContext:
    """Read the certificates that are trusted, once: that takes twenty milliseconds, in which nobody is answered."""
    return httpx.create_ssl_context()


class NotSignedIn(Exception):  # noqa: N818 - what is the case
    """The provider did not sign the person in; a French sentence."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a provider: one to ask the schema with, and those that renew and end it."""

    access: str
    expires_at: float
    account: str
    refresh: str = ""
    id_token: str = ""


class OpenIDProvider:
    """One provider, as its discovery document describes it. `now` gives seconds since 1970."""

    def __init__(self, provider: IdentityProvider, keys: KeySet, now: Callable[[], float]) -> None:
        self._provider = provider
        self._keys = keys
        self._now = now
        self._document: dict[str, Any] = {}
        self._known_until = self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    @property
    def name(self) -> str:
        """Its name in addresses."""
        return self._provider.id

    @property
    def label(self) -> str:
        """What its button says."""
        return self._provider.button

    async def begin(self, back: str) -> tuple[str, dict[str, str]]:
        """Return where to send the browser, and what to keep until it comes back; NotSignedIn."""
        document = await self._discovered()
        kept = {"state": generate_token(), "nonce": generate_token(), "verifier": generate_token(64), "back": back}
        audience = self._provider.audience
        more = {"resource": audience} if urlsplit(audience).scheme else {}
        address = prepare_grant_uri(
            document["authorization_endpoint"],
            self._provider.client_id,
            "code",
            redirect_uri=back,
            scope=self._provider.scope,
            state=kept["state"],
            nonce=kept["nonce"],
            code_challenge=create_s256_code_challenge(kept["verifier"]),
            code_challenge_method="S256",
            **more,
        )
        return address, kept

    async def finish(self, kept: Mapping[str, str], address: str) -> Tokens:
        """Take what the browser brings back at `address`; NotSignedIn."""
        said = parse_qs(urlsplit(address).query)
        if "error" in said:
            raise NotSignedIn(CANCELLED)
        if said.get("iss", [self._provider.issuer]) != [self._provider.issuer]:  # RFC 9207
            raise NotSignedIn(REFUSED)
        try:
            found = parse_authorization_code_response(address, kept["state"])
        except OAuth2Error:
            raise NotSignedIn(REFUSED) from None
        body = prepare_token_request(
            "authorization_code", redirect_uri=kept["back"], code=found["code"], code_verifier=kept["verifier"]
        )
        answer = await self._asked(body)
        claims = await self._verified(str(answer.get("id_token")), kept["nonce"])
        return self._tokens(answer, str(claims["sub"]))

    async def renewed(self, refresh: str) -> Tokens | None:
        """Return newer tokens; None where the provider gives no more."""
        try:
            return self._tokens(await self._asked(prepare_token_request("refresh_token", refresh_token=refresh)), "")
        except NotSignedIn:
            return None

    async def farewell(self, id_token: str, back: str) -> str | None:
        """Return where to send the browser to sign out there too; None where there is no such place."""
        try:
            place = (await self._discovered()).get("end_session_endpoint")
        except NotSignedIn:
            return None
        if not isinstance(place, str) or not _is_private(place):
            return None
        said = {
            "post_logout_redirect_uri": back,
            "client_id": self._provider.client_id or "",
            "id_token_hint": id_token,
        }
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{place}{'&' if '?' in place else '?'}{query}"

    def _tokens(self, answer: Mapping[str, Any], subject: str) -> Tokens:
        access, seconds = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(access, str) or not isinstance(seconds, int | float) or isinstance(seconds, bool):
            raise NotSignedIn(REFUSED)
        return Tokens(
            access,
            self._now() + seconds,
            f"{self.name}:{subject}",
            str(answer.get("refresh_token") or ""),
            str(answer.get("id_token") or ""),
        )

    async def _verified(self, id_token: str, nonce: str) -> dict[str, Any]:
        """Return the claims of an ID token made for us, for this very sign-in; NotSignedIn."""
        try:
            header = jwt.get_unverified_header(id_token)
            key = await self._keys.find(str(header.get("kid")))
            if key is None or key.algorithm_name not in ALGORITHMS:
                raise NotSignedIn(REFUSED)
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key.key,
                algorithms=[key.algorithm_name],
                leeway=LEEWAY_SECONDS,
                issuer=self._provider.issuer,
                audience=self._provider.client_id,
                options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
            )
        except jwt.InvalidTokenError:
            raise NotSignedIn(REFUSED) from None
        except NoKeys:
            raise NotSignedIn(AWAY) from None
        if claims["nonce"] != nonce:
            raise NotSignedIn(REFUSED)
        return claims

    async def _asked(self, body: str) -> dict[str, Any]:
        document = await self._discovered()
        secret = self._provider.client_secret
        identity = None
        if secret is None:
            body += "&" + urlencode({"client_id": self._provider.client_id})
        else:
            identity = (quote_plus(self._provider.client_id or ""), quote_plus(secret.get_secret_value()))
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return await _answer("POST", document["token_endpoint"], content=body, headers=headers, auth=identity)

    async def _discovered(self) -> dict[str, Any]:
        async with self._asking:  # many who come at once ask once
            if self._now() >= self._known_until:
                if self._now() - self._asked_at < ASKED_AGAIN_SECONDS:
                    raise NotSignedIn(AWAY)
                try:
                    await self._discover()
                finally:
                    self._asked_at = self._now()
        return self._document

    async def _discover(self) -> None:
        address = f"{self._provider.issuer.rstrip('/')}/.well-known/openid-configuration"
        document = await _answer("GET", address)
        places = [document.get(name) for name in _ENDPOINTS]
        if document.get("issuer") != self._provider.issuer or not all(map(_is_private, places)):
            raise NotSignedIn(AWAY)
        self._document, self._known_until = document, self._now() + DISCOVERED_FOR_SECONDS


def _is_private(url: object) -> bool:
    try:
        require_private(str(url))
    except ValueError:
        return False
    return True


async def _answer(method: str, url: str, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - httpx's own arguments
    """Ask the provider, within bounds; NotSignedIn for anything but a JSON object and a success."""
    body = b""
    try:
        async with (
            httpx.AsyncClient(timeout=ANSWER_SECONDS, follow_redirects=False, verify=authorities()) as client,
            client.stream(method, url, **asked) as response,
        ):
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise NotSignedIn(AWAY)
    except httpx.HTTPError:
        raise NotSignedIn(AWAY) from None
    if response.is_client_error:
        raise NotSignedIn(REFUSED)
    try:
        content = orjson.loads(body)
    except ValueError:
        content = None
    if not response.is_success or not isinstance(content, dict):
        raise NotSignedIn(AWAY)
    return content

from __future__ import annotations

import base64
import hmac
import json
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credentials.claims import BadToken
from credentials.keys import KeySet
from credentials.oidc import Demand, Issuer, ProviderTokens
from credentials.providers import ONLY, IdentityProvider
from domain.access import Role
from tests.credentials.provider import (
    AUDIENCE,
    EC_KEY,
    ED_KEY,
    ISSUER,
    OTHER_RSA_KEY,
    RSA_KEY,
    ec_jwk,
    rsa_jwk,
    signed,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.credentials.provider import Provider


def tokens_of(provider: Provider, demand: Demand | None = None) -> ProviderTokens:
    only = IdentityProvider(id=ONLY, issuer=ISSUER, audience=AUDIENCE, jwks_url=provider.url)
    return ProviderTokens([Issuer(only, KeySet(provider.url, time.monotonic), demand or Demand())])


def forged(header: dict[str, Any], payload: dict[str, Any], secret: bytes = b"") -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, payload)]
    signature = hmac.new(secret, b".".join(parts), sha256).digest() if secret else b""
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


@pytest.mark.parametrize(
    "key", [(), (EC_KEY, "ES256", "e1"), (ED_KEY, "EdDSA", "d1")], ids=["RS256", "ES256", "EdDSA"]
)
async def test_a_token_signed_with_a_published_key_says_who_bears_it(
    provider: Provider, key: tuple[Any, ...]
) -> None:
    viewer = await tokens_of(provider).viewer(signed(*key))

    assert (viewer.role, viewer.key, viewer.account) == (Role.ADVISER, "A-7", "adviser:claire")
    assert viewer.expires_at is not None


async def test_an_audience_among_several_is_enough(provider: Provider) -> None:
    assert await tokens_of(provider).viewer(signed(aud=["other", AUDIENCE]))


async def test_a_token_that_expired_a_moment_ago_is_still_good(provider: Provider) -> None:
    assert await tokens_of(provider).viewer(signed(exp=int(time.time()) - 10))


def confused() -> str:
    """Sign with the public key as if it were a shared secret."""
    public = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return forged({"alg": "HS256", "kid": "r1"}, json.loads(_payload(signed())), public)


def altered() -> str:
    head, _, signature = signed().split(".")
    payload = json.loads(_payload(signed())) | {"adviser": "A-9"}
    return f"{head}.{base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip('=')}.{signature}"


def _payload(token: str) -> bytes:
    part = token.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def in_seconds(seconds: int) -> int:
    """An instant from now on: the suite may have begun long ago."""
    return int(time.time()) + seconds


REFUSED: dict[str, Callable[[], str]] = {
    "expired": lambda: signed(exp=in_seconds(-60)),
    "not valid yet": lambda: signed(nbf=in_seconds(600)),
    "issued in the future": lambda: signed(iat=in_seconds(600)),
    "without exp": lambda: signed(exp=None),
    "without iss": lambda: signed(iss=None),
    "without aud": lambda: signed(aud=None),
    "without sub": lambda: signed(sub=None),
    "without iat": lambda: signed(iat=None),
    "another issuer": lambda: signed(iss="https://elsewhere.example.fr"),
    "the issuer with a slash more": lambda: signed(iss=ISSUER + "/"),
    "another audience": lambda: signed(aud="payroll"),
    "another's signature": lambda: signed(OTHER_RSA_KEY),
    "an altered payload": altered,
    "unknown kid": lambda: signed(kid="r9"),
    "no kid": lambda: signed(kid=None),
    "the kid of another kind of key": lambda: signed(kid="e1"),
    "alg none": lambda: forged({"alg": "none", "kid": "r1"}, json.loads(_payload(signed()))),
    "alg None": lambda: forged({"alg": "nOnE", "kid": "r1"}, json.loads(_payload(signed()))),
    "public key as a secret": confused,
    "RS512": lambda: signed(algorithm="RS512"),
    "PS256": lambda: signed(algorithm="PS256"),
    "embedded jwk": lambda: signed(OTHER_RSA_KEY, headers={"jwk": rsa_jwk("r1", OTHER_RSA_KEY)}),
    "embedded jku": lambda: signed(headers={"jku": "https://evil.example/jwks"}),
    "embedded x5u": lambda: signed(headers={"x5u": "https://evil.example/cert"}),
    "crit": lambda: signed(headers={"crit": ["exp"]}),
    "oversized": lambda: signed(padding="x" * 9000),
    "no token": lambda: "no token",
    "two parts": lambda: "a.b",
    "not ASCII": lambda: "é.é.é",
    "deep header": lambda: base64.urlsafe_b64encode(b"[" * 6000).decode() + ".e30.AA",
    "header that is a number": lambda: forged(7, {}),  # type: ignore[arg-type]
    "unknown role": lambda: signed(role="minister"),
    "no key for the role": lambda: signed(adviser=None),
    "key that is no text": lambda: signed(adviser={"$gt": ""}),
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED.keys())
async def test_any_other_token_is_refused(provider: Provider, make: Callable[[], str]) -> None:
    with pytest.raises(BadToken):
        await tokens_of(provider).viewer(make())


async def test_a_key_is_only_good_for_its_own_algorithm(provider: Provider) -> None:
    provider.publish(rsa_jwk("r1", alg="PS256"), ec_jwk("e1"))

    with pytest.raises(BadToken):
        await tokens_of(provider).viewer(signed())


STRONG = Demand(frozenset({Role.ADVISER}))


@pytest.mark.parametrize(
    "said", [{"acr": "eidas2"}, {"amr": ["pwd", "mfa"]}, {"role": "job_seeker", "job_seeker": "1"}]
)
async def test_a_strong_authentication_is_demanded_of_some_roles(provider: Provider, said: dict[str, Any]) -> None:
    assert await tokens_of(provider, STRONG).viewer(signed(**said))


@pytest.mark.parametrize("said", [{}, {"amr": ["pwd"]}, {"amr": "mfa"}, {"acr": ["eidas2"]}, {"amr": [["mfa"]]}])
async def test_a_weak_authentication_is_refused_to_them(provider: Provider, said: dict[str, Any]) -> None:
    with pytest.raises(BadToken, match="strong"):
        await tokens_of(provider, STRONG).viewer(signed(**said))

"""However many want to sign in at once, a provider is asked once how it is to be asked."""

from __future__ import annotations

import asyncio
import ssl

import orjson
import pytest

from credentials.keys import KeySet
from credentials.providers import IdentityProvider
from credentials.signing_in import ASKED_AGAIN_SECONDS, NotSignedIn, OpenIDProvider
from tests.credentials.provider import AUDIENCE, Provider
from tests.credentials.test_keys import Clock


def of(provider: Provider, clock: Clock) -> OpenIDProvider:
    issuer = provider.url.removesuffix("/jwks")
    described = {"issuer": issuer, "authorization_endpoint": f"{issuer}/in", "token_endpoint": f"{issuer}/token"}
    provider.body = orjson.dumps(described)
    table = IdentityProvider(id="p", issuer=issuer, audience=AUDIENCE, jwks_url=provider.url, client_id="desk")
    return OpenIDProvider(table, KeySet(provider.url, clock), clock)


async def test_three_hundred_who_want_to_sign_in_at_once_cost_one_question(provider: Provider) -> None:
    at = of(provider, Clock())

    begun = await asyncio.gather(*(at.begin("https://desk.example/retour") for _ in range(300)))

    assert len({kept["state"] for _, kept in begun}) == 300
    assert provider.asked == 1


async def test_a_provider_that_does_not_describe_itself_is_asked_again_after_a_while(provider: Provider) -> None:
    clock = Clock()
    at = of(provider, clock)
    provider.status = 503

    refused = await asyncio.gather(*(at.begin("https://d.example/") for _ in range(300)), return_exceptions=True)

    assert all(isinstance(each, NotSignedIn) for each in refused)
    assert provider.asked == 1
    provider.status = 200
    with pytest.raises(NotSignedIn):
        await at.begin("https://d.example/")
    clock.seconds += ASKED_AGAIN_SECONDS
    assert await at.begin("https://d.example/")
    assert provider.asked == 2


async def test_certificates_are_read_once_and_not_for_each_who_comes_back(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, read = Clock(), list[object]()
    at = of(provider, clock)
    _, kept = await at.begin("https://d.example/")
    load = ssl.SSLContext.load_verify_locations
    monkeypatch.setattr(
        ssl.SSLContext, "load_verify_locations", lambda *given, **named: read.append(load(*given, **named))
    )

    for _ in range(20):
        with pytest.raises(NotSignedIn):
            await at.finish(kept, f"https://d.example/?code=made-up&state={kept['state']}")

    assert provider.asked == 21
    assert read == []

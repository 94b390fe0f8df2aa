from __future__ import annotations

import asyncio

import orjson
import pytest

from credentials.keys import KeySet, Pace, usable_keys
from credentials.tokens import NoKeys
from tests.credentials.provider import (
    OTHER_RSA_KEY,
    WEAK_RSA_KEY,
    Provider,
    ec_jwk,
    ed_jwk,
    publishing,
    rsa_jwk,
)


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(provider: Provider, clock: Clock) -> KeySet:
    return KeySet(provider.url, clock, pace=Pace(at_most_every=30, anew_every=600))


async def test_keys_are_asked_for_once(keys: KeySet, provider: Provider) -> None:
    found = await asyncio.gather(*(keys.find(kid) for kid in ("r1", "e1", "d1") * 20))

    assert all(found)
    assert provider.asked == 1


async def test_an_unknown_key_is_asked_for_when_keys_rotate(keys: KeySet, provider: Provider, clock: Clock) -> None:
    await keys.find("r1")
    provider.publish(rsa_jwk("r1"), rsa_jwk("r2", OTHER_RSA_KEY))
    clock.seconds += 31

    assert await keys.find("r2")


async def test_many_unknown_keys_cost_one_request(keys: KeySet, provider: Provider) -> None:
    assert [await keys.find(f"made-up-{number}") for number in range(50)] == [None] * 50
    assert provider.asked == 1


async def test_keys_stay_good_while_the_provider_is_down(keys: KeySet, provider: Provider, clock: Clock) -> None:
    await keys.find("r1")
    provider.status = 503
    clock.seconds += 31

    assert await keys.find("r9") is None
    assert await keys.find("r1")


async def test_without_any_answer_nothing_can_be_verified(keys: KeySet, provider: Provider) -> None:
    provider.status = 500

    with pytest.raises(NoKeys):
        await keys.find("r1")


async def test_a_provider_that_cannot_be_reached_is_told_once_and_no_fault() -> None:
    told: list[str] = []
    async with publishing() as gone:
        url = gone.url
    keys = KeySet(url, Clock(), on_error=told.append)

    with pytest.raises(NoKeys):
        await keys.find("r1")
    with pytest.raises(NoKeys):
        await keys.find("r2")
    assert told == ["ConnectError"]


async def test_a_key_that_is_withdrawn_is_noticed_without_anybody_waiting(
    keys: KeySet, provider: Provider, clock: Clock
) -> None:
    changed = asyncio.Event()
    keys.on_change = changed.set
    await keys.find("r1")
    provider.publish(ec_jwk("e1"), ed_jwk("d1"))
    clock.seconds += 601

    keys.renew()

    await asyncio.wait_for(changed.wait(), 5)
    assert await keys.find("r1") is None


async def test_a_redirection_is_not_followed(keys: KeySet, provider: Provider) -> None:
    provider.status = 302

    with pytest.raises(NoKeys):
        await keys.find("r1")


async def test_a_set_without_end_is_not_read_to_its_end(keys: KeySet, provider: Provider) -> None:
    provider.body = orjson.dumps({"keys": [rsa_jwk("r1")], "more": "x" * 10_000_000})

    with pytest.raises(NoKeys):
        await keys.find("r1")


def test_only_public_signing_keys_of_the_three_algorithms_are_kept() -> None:
    secret = {"kty": "oct", "kid": "s1", "k": "c2VjcmV0", "alg": "HS256"}
    odd = [
        secret,
        rsa_jwk("weak", WEAK_RSA_KEY),
        rsa_jwk("enc", use="enc"),
        rsa_jwk("wrap", key_ops=["wrapKey"]),
        rsa_jwk("ops", key_ops=7),
        rsa_jwk("rs512", alg="RS512"),
        rsa_jwk("private", d="AQAB"),
        {**ec_jwk("p384"), "crv": "P-384"},
        {**ec_jwk("off the curve"), "x": "AAAA"},
        {"kty": "RSA", "kid": "empty"},
        {name: value for name, value in rsa_jwk("").items() if name != "kid"},
        "text",
        None,
    ]

    kept = usable_keys(orjson.dumps({"keys": [*odd, rsa_jwk("good")]}))

    assert list(kept) == ["good"]


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b'{"keys": 7}', b'{"keys": []}', b"<html>"])
def test_what_is_no_set_of_keys_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        usable_keys(body)

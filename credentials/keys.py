"""The public keys of an identity provider: fetched, kept, and fetched again when they rotate."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from credentials.tokens import NoKeys

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_SET = 256 * 1024
FETCH_SECONDS = 5.0
LEAST_RSA_BITS = 2048
ALGORITHMS = {("RSA", None): "RS256", ("EC", "P-256"): "ES256", ("OKP", "Ed25519"): "EdDSA"}
"""The one algorithm for each kind of key (`kty`, `crv`): a key never verifies anything else."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often keys are asked for, in seconds."""

    at_most_every: float = 30.0
    """Between two fetches, however many unknown keys are named."""
    anew_every: float = 600.0
    """After which known keys are asked for again, so that a key withdrawn is noticed."""


class KeySet:
    """Keys by their `kid`. Keys that were fetched stay good while the provider does not answer.

    `now` gives seconds on any clock; `on_error` is told why a fetch failed, `on_change` that keys went or changed.
    """

    def __init__(
        self,
        url: str,
        now: Callable[[], float],
        *,
        pace: Pace | None = None,
        on_error: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._url = url
        self._now = now
        self._pace = pace or Pace()
        self._on_error = on_error
        self.on_change: Callable[[], None] = lambda: None
        self._keys: dict[str, jwt.PyJWK] | None = None
        self._asked_at = float("-inf")
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, kid: str) -> jwt.PyJWK | None:
        """Return a key, asking for the set again when it is not known; NoKeys when there never was a set."""
        if self._keys is None or kid not in self._keys:
            await self._fetched()
        if self._keys is None:
            raise NoKeys
        return self._keys.get(kid)

    def renew(self) -> None:
        """Ask for the keys again, without waiting, when those that are known are old."""
        if self._now() - self._asked_at > self._pace.anew_every:
            self._begin()

    async def _fetched(self) -> None:
        """Wait for the fetch under way, or for a new one unless the last is too recent."""
        if self._fetching is None and self._now() - self._asked_at >= self._pace.at_most_every:
            self._begin()
        if self._fetching is not None:
            await asyncio.shield(self._fetching)

    def _begin(self) -> None:
        if self._fetching is None:
            self._asked_at = self._now()
            self._fetching = asyncio.create_task(self._fetch())

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                fresh = usable_keys(await _get(self._url))
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            self._on_error(type(error).__name__)
        else:
            known, self._keys = self._keys, fresh
            if known and any(kid not in fresh or not _same(key, fresh[kid]) for kid, key in known.items()):
                self.on_change()
        finally:
            self._fetching = None


def usable_keys(body: bytes) -> dict[str, jwt.PyJWK]:
    """Read a JWK set; ValueError when it is none or has no key of ours.

    Secret keys, keys for encryption, other curves, RSA under 2048 bits and keys without `kid` are left out.
    """
    content = orjson.loads(body)
    listed = content.get("keys") if isinstance(content, dict) else None
    keys = {}
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict) and (key := _usable(each)):
            keys[str(each["kid"])] = key
    if not keys:
        raise ValueError("no usable key")
    return keys


def _usable(data: dict[str, Any]) -> jwt.PyJWK | None:
    algorithm = ALGORITHMS.get((str(data.get("kty")), data.get("crv") if isinstance(data.get("crv"), str) else None))
    purposes = data.get("key_ops", ["verify"])
    verifies = data.get("use", "sig") == "sig" and isinstance(purposes, list) and "verify" in purposes
    if algorithm is None or not verifies or data.get("alg", algorithm) != algorithm:
        return None
    if not isinstance(data.get("kid"), str) or "d" in data:
        return None
    try:
        key = jwt.PyJWK(data, algorithm)
    except (jwt.PyJWTError, ValueError, KeyError, TypeError):
        return None
    if isinstance(key.key, RSAPublicKey) and key.key.key_size < LEAST_RSA_BITS:
        return None
    return key


def _same(one: jwt.PyJWK, other: jwt.PyJWK) -> bool:
    return bool(one.key == other.key)


async def _get(url: str) -> bytes:
    body = b""
    async with (
        httpx.AsyncClient(timeout=FETCH_SECONDS, follow_redirects=False) as client,
        client.stream("GET", url, headers={"Accept": "application/jwk-set+json, application/json"}) as response,
    ):
        if response.status_code != httpx.codes.OK:
            raise ValueError(f"status {response.status_code}")
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > LARGEST_SET:
                raise ValueError("too large")
    return body

"""An identity provider of its own: keys, tokens signed with them, and a real server that publishes them."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ISSUER = "https://login.example.fr/realms/formation"
AUDIENCE = "bilans"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WEAK_RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - to be left out
EC_KEY = ec.generate_private_key(ec.SECP256R1())
ED_KEY = ed25519.Ed25519PrivateKey.generate()


def rsa_jwk(kid: str, key: rsa.RSAPrivateKey = RSA_KEY, **more: Any) -> dict[str, Any]:
    return {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, **more}


def ec_jwk(kid: str) -> dict[str, Any]:
    return {**ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True), "kid": kid, "alg": "ES256", "use": "sig"}


def ed_jwk(kid: str) -> dict[str, Any]:
    return {**OKPAlgorithm.to_jwk(ED_KEY.public_key(), as_dict=True), "kid": kid}


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "claire",
        "role": "adviser",
        "adviser": "A-7",
        "name": "Claire Dubois",
        "iat": now,
        "exp": now + 300,
        **changed,
    }


def signed(key: Any = RSA_KEY, algorithm: str = "RS256", kid: str | None = "r1", **changed: Any) -> str:
    headers = changed.pop("headers", {}) | ({} if kid is None else {"kid": kid})
    content = {name: value for name, value in claims(**changed).items() if value is not None}
    return jwt.encode(content, key, algorithm, headers)


class Provider:
    """What the server answers with, and how often it was asked."""

    def __init__(self) -> None:
        self.body = b""
        self.status = 200
        self.asked = 0
        self.url = ""
        self.publish(rsa_jwk("r1"), ec_jwk("e1"), ed_jwk("d1"))

    def publish(self, *keys: dict[str, Any]) -> None:
        self.body = orjson.dumps({"keys": keys})

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        head = f"HTTP/1.1 {self.status} .\r\nContent-Length: {len(self.body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + self.body)
        try:
            await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def publishing() -> AsyncIterator[Provider]:
    provider = Provider()
    server = await asyncio.start_server(provider.answer, "127.0.0.1", 0)
    async with server:
        provider.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks"
        yield provider

"""The sessions of people at the desk: sealed into cookies, so that any worker reads them and none keeps them."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from hashlib import sha256
from secrets import token_bytes
from typing import TYPE_CHECKING

import orjson

from credentials.sealing import Seals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LARGEST_COOKIE = 3800
"""Browsers keep 4096 bytes, name and attributes included."""
MOST_COOKIES = 5
_PAD = 16


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who signed in: the provider's tokens, and what every page shows of them.

    `account` tells people of all providers apart. `expires_at` is the end of `token`, in seconds since 1970.
    """

    token: str
    expires_at: float
    account: str
    role: str
    name: str
    place: str = ""
    provider: str = ""
    refresh: str = ""
    id_token: str = ""
    organization: str = ""
    """The SIRET that the person acts for, where they work for several organizations."""

    @property
    def acts_as(self) -> str:
        """The account and its organization, for which pages are made."""
        return f"{self.account} {self.organization}" if self.organization else self.account


class Sessions:
    """Seals sessions, the values that pages keep for a person, and the proof that a form comes from our page.

    What was sealed or proved with a `former` secret is good too, until it is no longer given.
    """

    def __init__(self, secret: bytes, former: Sequence[bytes] = ()) -> None:
        self._box = Seals("desk", secret, former)
        self._keys = [sha256(b"desk-forms:" + each).digest() for each in (secret, *former)]

    def cookies(self, name: str, session: SignedIn) -> dict[str, str]:
        """Return the cookies that hold a session: one, or several where the provider's tokens are long."""
        sealed = self._box.seal(orjson.dumps(asdict(session)).decode()).decode()
        pieces = [sealed[at : at + LARGEST_COOKIE] for at in range(0, len(sealed), LARGEST_COOKIE)]
        return {_piece(name, number): piece for number, piece in enumerate(pieces)}

    def session(self, name: str, cookies: Mapping[str, str], *, now: float) -> SignedIn | None:
        """Read the session back; None when there is none of ours, or its token is over."""
        pieces = [cookies.get(_piece(name, number), "") for number in range(MOST_COOKIES)]
        text = self._box.open("".join(pieces).encode())
        session = SignedIn(**orjson.loads(text)) if text else None
        return session if session and session.expires_at > now else None

    def names(self, name: str) -> list[str]:
        """Return all cookies that a session may have, to be taken back."""
        return [_piece(name, number) for number in range(MOST_COOKIES)]

    def seal(self, purpose: str, content: object) -> str:
        """Encrypt what a page keeps for later: in its address, in a field, in a cookie."""
        return self._box.seal(orjson.dumps([purpose, content]).decode()).decode()

    def open(self, purpose: str, sealed: str) -> object | None:
        """Read it back; None when it is not ours, or was sealed for something else."""
        text = self._box.open(sealed.encode("utf-8", "replace"))
        if text is None:
            return None
        sealed_for, content = orjson.loads(text)
        return content if sealed_for == purpose else None

    def form_token(self, account: str) -> str:
        """Make the proof that a form must bring back: other bytes each time, so that compression reveals nothing."""
        pad = token_bytes(_PAD)
        return urlsafe_b64encode(pad + _xor(pad, _proof(self._keys[0], account))).decode()

    def is_form_token(self, account: str, token: str) -> bool:
        """Whether the form was made for that account."""
        try:
            given = urlsafe_b64decode(token.encode("utf-8", "replace"))
        except ValueError:
            return False
        proof = _xor(given[:_PAD], given[_PAD:])
        return any(hmac.compare_digest(proof, _proof(key, account)) for key in self._keys)


def _proof(key: bytes, account: str) -> bytes:
    return hmac.digest(key, account.encode(), sha256)[:_PAD]


def _piece(name: str, number: int) -> str:
    return f"{name}-{number}" if number else name


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))

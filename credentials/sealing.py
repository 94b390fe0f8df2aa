"""Keeps secrets that must be read again encrypted where they are stored."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

if TYPE_CHECKING:
    from collections.abc import Sequence


class Seals:
    """Seals and opens texts for one purpose, with keys made from the service's sealing secret.

    What was sealed with a `former` secret is opened too, until it is no longer given.
    """

    def __init__(self, purpose: str, secret: bytes, former: Sequence[bytes] = ()) -> None:
        self._box = box(purpose, secret, former)

    def seal(self, text: str) -> bytes:
        """Encrypt and sign."""
        return self._box.encrypt(text.encode())

    def open(self, sealed: bytes) -> str | None:
        """Return the text; None when it was sealed with another secret."""
        try:
            return self._box.decrypt(sealed).decode()
        except InvalidToken:
            return None


def box(purpose: str, secret: bytes, former: Sequence[bytes] = ()) -> MultiFernet:
    """Return the cipher of a secret; it decrypts with the former ones too."""
    keys = (sha256(purpose.encode() + b":" + each).digest() for each in (secret, *former))
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])

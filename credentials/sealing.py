"""Keeps secrets that must be read again encrypted where they are stored."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken


class Seals:
    """Seals and opens texts for one purpose, with keys made from the service's sealing secret."""

    def __init__(self, purpose: str, secret: bytes) -> None:
        self._box = Fernet(urlsafe_b64encode(sha256(purpose.encode() + b":" + secret).digest()))

    def seal(self, text: str) -> bytes:
        """Encrypt and sign."""
        return self._box.encrypt(text.encode())

    def open(self, sealed: bytes) -> str | None:
        """Return the text; None when it was sealed with another secret."""
        try:
            return self._box.decrypt(sealed).decode()
        except InvalidToken:
            return None

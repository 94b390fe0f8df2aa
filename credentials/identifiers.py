"""Seals identifiers and cursors, so that no number of a person or an organization can be read out of them."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

KEY_BYTES = 32
_PURPOSE = [b"bilans: identifiers"]


class SealedIdentifiers:
    """AES-SIV (RFC 5297): the same text gives the same bytes under the same key, and other bytes open to nothing."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)

    def seal(self, text: str) -> bytes:
        """Encrypt and authenticate."""
        return self._cipher.encrypt(text.encode(), _PURPOSE)

    def open(self, sealed: bytes) -> str | None:
        """Return the text; None for what this key has not sealed."""
        try:
            return self._cipher.decrypt(sealed, _PURPOSE).decode()
        except (InvalidTag, ValueError):
            return None

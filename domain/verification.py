"""The code printed on a report, with which anybody may check that the report was transmitted."""

from __future__ import annotations

import re
from datetime import datetime

from domain.text import cleaned_code
from domain.values import Value

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U."""
RANDOM_BITS = 55
_RANDOM_CHARACTERS = 11
_GROUP = 4
_CODE = re.compile(f"[{ALPHABET}]{{{_RANDOM_CHARACTERS + 1}}}")
_FOLDED = str.maketrans("OIL", "011", " -\u2010\u2011\u00a0\u202f.")
_HASH = re.compile("[0-9a-f]{64}")


class Transmission(Value):
    """What a code tells: that a report was transmitted, and nothing about the person or the course.

    `replaced_at` is when a corrected report took its place; `sha256` that of the PDF kept, in hexadecimal.
    """

    organization_name: str
    siret: str
    transmitted_at: datetime
    replaced_at: datetime | None = None
    sha256: str


class Verified(Value):
    """A transmission, and whether the document that was asked about is the one kept; None when none was."""

    transmission: Transmission
    document_matches: bool | None = None


def code_of(number: int) -> str:
    """Return the code of a number of 55 bits: 11 characters, and one that checks them."""
    characters = [ALPHABET[number >> shift & 31] for shift in range(50, -1, -5)]
    body = "".join(characters)
    return body + ALPHABET[_remainder(body + ALPHABET[0])]


def grouped(code: str) -> str:
    """Return a code as it is printed: ABCD-EFGH-JKMN."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def read_code(typed: str) -> str | None:
    """Return the code that was typed, whatever its case, spaces and hyphens; None for what can be no code."""
    code = (cleaned_code(typed) or "").upper().translate(_FOLDED)
    return code if _CODE.fullmatch(code) and not _remainder(code) else None


def same_hash(typed: str, sha256: str) -> bool:
    """Whether a SHA-256 as somebody typed it, with spaces or colons, is that one."""
    compact = re.sub(r"[\s:]", "", cleaned_code(typed) or "").lower()
    return bool(_HASH.fullmatch(compact)) and compact == sha256


def _remainder(characters: str) -> int:
    """Read characters as a polynomial over GF(32), modulo x⁵ + x² + 1; 0 for a code that is whole.

    One wrong character, or two that changed places, never leaves 0: each place weighs another power of a
    primitive element.
    """
    remainder = 0
    for character in characters:
        remainder = remainder << 1 ^ (0b100101 if remainder & 16 else 0)
        remainder ^= ALPHABET.index(character)
    return remainder

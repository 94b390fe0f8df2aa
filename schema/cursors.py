"""Cursors of announcements: their numbers, made opaque."""

from domain.errors import BadRequest
from schema.ids import encode_id, key_of

_KIND = "Announcement"
_LONGEST = 18
"""Digits: what MongoDB counts with ends after 18 of them."""


def encode_number(number: int) -> str:
    """Make a number opaque."""
    return encode_id(_KIND, str(number))


def decode_number(cursor: str) -> int:
    """Read a number back; BadRequest for what is no cursor of ours."""
    digits = key_of(cursor, _KIND)
    if not digits.isascii() or not digits.isdigit() or len(digits) > _LONGEST:
        raise BadRequest("Ce curseur n'en est pas un : reprenez celui du dernier événement reçu.")
    return int(digits)

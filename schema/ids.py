"""Global identifiers: opaque to clients, stable for ever."""

from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from functools import lru_cache

import strawberry

from domain.global_id import global_id as encoded


@lru_cache(maxsize=8_192)  # a page of a list shows one session and one organization many times
def encode_id(kind: str, key: str) -> strawberry.ID:
    """Make the identifier of an object of a GraphQL type."""
    return strawberry.ID(encoded(kind, key))


def decode_id(global_id: str) -> tuple[str, str]:
    """Return the type and the key; empty strings for what is no identifier of ours."""
    try:
        text = urlsafe_b64decode(global_id.encode() + b"=" * (-len(global_id) % 4)).decode()
    except (Base64Error, UnicodeError, ValueError):
        return "", ""
    kind, _, key = text.partition(":")
    return (kind, key) if encode_id(kind, key) == global_id else ("", "")


def key_of(global_id: str, kind: str) -> str:
    """Return the key of an object of that type, or an empty string, which no object has."""
    found, key = decode_id(global_id)
    return key if found == kind else ""

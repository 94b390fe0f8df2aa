"""Global identifiers: opaque to clients, stable for ever."""

from base64 import urlsafe_b64decode
from binascii import Error as Base64Error

import strawberry

from domain.global_id import global_id as encoded
from domain.global_id import read_opaque


def encode_id(kind: str, key: str) -> strawberry.ID:
    """Make the identifier of an object of a GraphQL type."""
    return strawberry.ID(encoded(kind, key))


def decode_id(global_id: str) -> tuple[str, str]:
    """Return the type and the key; empty strings for what is no identifier of ours."""
    kind, _, key = (read_opaque(global_id) or _named_by_feed(global_id)).partition(":")
    return kind, key


def key_of(global_id: str, kind: str) -> str:
    """Return the key of an object of that type, or an empty string, which no object has."""
    found, key = decode_id(global_id)
    return key if found == kind else ""


def _named_by_feed(given: str) -> str:
    """Read an identifier made of the plan's id in the plans feed, as its sender knows it; empty for any other.

    It is base64 of `TrainingPlan:` and that id, the form that identifiers had before they were sealed. It is read and
    never given: it opens no more than the identifier does.
    """
    try:
        text = urlsafe_b64decode(given.encode() + b"=" * (-len(given) % 4)).decode()
    except (Base64Error, UnicodeError, ValueError):
        return ""
    return text if text.startswith(_PLAN) and text.isprintable() else ""


_PLAN = "TrainingPlan:"

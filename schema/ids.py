"""Global identifiers: opaque to clients, stable for ever."""

import strawberry

from domain.global_id import global_id as encoded
from domain.global_id import read_opaque


def encode_id(kind: str, key: str) -> strawberry.ID:
    """Make the identifier of an object of a GraphQL type."""
    return strawberry.ID(encoded(kind, key))


def decode_id(global_id: str) -> tuple[str, str]:
    """Return the type and the key; empty strings for what is no identifier of ours."""
    kind, _, key = (read_opaque(global_id) or "").partition(":")
    return kind, key


def key_of(global_id: str, kind: str) -> str:
    """Return the key of an object of that type, or an empty string, which no object has."""
    found, key = decode_id(global_id)
    return key if found == kind else ""

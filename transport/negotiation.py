"""Which media types a client sends and accepts (GraphQL over HTTP specification, sections 5 and 6)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

GRAPHQL_JSON = "application/graphql-response+json"
PLAIN_JSON = "application/json"
EVENT_STREAM = "text/event-stream"

READ_AS = {
    GRAPHQL_JSON: GRAPHQL_JSON,
    PLAIN_JSON: PLAIN_JSON,
    "application/*": PLAIN_JSON,
    "*/*": PLAIN_JSON,
    EVENT_STREAM: EVENT_STREAM,
    "text/*": EVENT_STREAM,
}


class Acceptable(NamedTuple):
    """What the client can read: a JSON media type for results, and whether it can read an event stream."""

    json: str | None
    events: bool


@lru_cache(maxsize=256)
def accepted(accept: str | None) -> Acceptable:
    """Choose by quality, then by order; application/json for a client that names nothing."""
    if not accept or not accept.strip():
        return Acceptable(PLAIN_JSON, events=False)
    best, best_quality, events = None, 0.0, False
    for part in accept.split(","):
        media_type, *parameters = (piece.strip().lower() for piece in part.split(";"))
        readable, quality = READ_AS.get(media_type), _quality(parameters)
        if readable == EVENT_STREAM:
            events = events or quality > 0
        elif readable and quality > best_quality:
            best, best_quality = readable, quality
    return Acceptable(best, events)


@lru_cache(maxsize=256)
def is_json(content_type: str | None) -> bool:
    """Whether a body is said to be JSON in UTF-8.

    Neither form nor plain text: what a foreign page may send without asking first (CSRF) is refused.
    """
    if not content_type:
        return False
    media_type, *parameters = (piece.strip().lower() for piece in content_type.split(";"))
    charsets = [value.strip('"') for name, _, value in _pairs(parameters) if name == "charset"]
    return media_type == PLAIN_JSON and all(charset in ("utf-8", "utf8") for charset in charsets)


def _quality(parameters: list[str]) -> float:
    for name, _, value in _pairs(parameters):
        if name == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0


def _pairs(parameters: list[str]) -> list[tuple[str, str, str]]:
    return [parameter.partition("=") for parameter in parameters]

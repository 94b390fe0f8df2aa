"""An answer in bytes, bounded while it is written: what is larger is given up before it is in memory as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from graphql import GraphQLError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.operation import OperationKind

MOST_BYTES = 4 * 1024 * 1024
AT_ONCE = 1000
"""Points of an operation up to which its answer is written at once, and measured afterwards."""
PARTS = 16
"""A list of as many items is written in so many parts. Points count each item alike, so no part is large."""
MOST_FIELD_ERRORS = 100
"""The error beside the data; every other error is left out."""

_GIVEN_UP = {
    "query": "The answer is larger than {} bytes: ask for smaller pages.",
    "mutation": "What was asked for is done, but its answer is larger than {} bytes: read what changed by a query.",
    "subscription": "An event is larger than {} bytes: select less of it.",
}
_NESTING = frozenset((dict, list))


class AnswerTooLarge(Exception):  # noqa: N818 - a refusal, not a fault
    """The answer has more bytes than an answer may have."""


def too_large(kind: OperationKind) -> GraphQLError:
    """Make the error that stands for the data."""
    return GraphQLError(_GIVEN_UP[kind].format(MOST_BYTES), extensions={"code": "TOO_LARGE"})


def written(payload: Mapping[str, Any], points: int, most: int = MOST_BYTES) -> bytes:
    """Write JSON; raises AnswerTooLarge. `points` is what the operation may cost."""
    if points <= AT_ONCE:
        body = orjson.dumps(payload)
        if len(body) > most:
            raise AnswerTooLarge
        return body
    size, pieces = 0, []
    for piece in _pieces(payload):
        size += len(piece)
        if size > most:
            raise AnswerTooLarge
        pieces.append(piece)
    return b"".join(pieces)


def _pieces(value: Any) -> Iterator[bytes]:  # noqa: ANN401 - JSON
    if value.__class__ is list and value:
        yield from _pieces_of_list(value)
    elif value.__class__ is dict and not _NESTING.isdisjoint(map(type, value.values())):
        before = b"{"
        for key, inner in value.items():
            yield before + orjson.dumps({key: 0})[1:-2]
            yield from _pieces(inner)
            before = b","
        yield b"}"
    else:
        yield orjson.dumps(value)


def _pieces_of_list(value: list[Any]) -> Iterator[bytes]:
    before = b"["
    if len(value) >= PARTS:
        some = -(-len(value) // PARTS)
        for start in range(0, len(value), some):
            yield before + orjson.dumps(value[start : start + some])[1:-1]
            before = b","
    else:
        for each in value:
            yield before
            yield from _pieces(each)
            before = b","
    yield b"]"

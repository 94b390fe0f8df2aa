"""The errors of a refusal: few, each once, each short, and never with a value that was sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphql import GraphQLError

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_ERRORS = 20
"""Told of one request; graphql-core is told to look for no more."""
MOST_LOCATIONS = 5
MOST_CHARACTERS = 300

_VARIABLE = re.compile(r"(?:Variable '\$\w+' has invalid (?:default )?value(?: at [^:]*)?: )?")
_QUOTED = [
    (re.compile(r", but encountered error .*", re.DOTALL), ""),
    (re.compile(r",? [Ff]ound: .*", re.DOTALL), ""),
    (re.compile(r" (value|represent|represent an? \w+): .*", re.DOTALL), r" \1"),
    (re.compile(r"\bValue .* does not exist in ", re.DOTALL), "Value does not exist in "),
    (re.compile(r"unknown field '(?![_A-Za-z]\w{0,63}'(?:\.|$)).*", re.DOTALL | re.ASCII), "unknown field"),
    (re.compile(r"\b(String|BlockString|Int|Float) ['\"].*", re.DOTALL), r"\1"),
]
"""The phrases that graphql-core and strawberry write around a value, and what replaces them."""


def told(errors: Iterable[GraphQLError]) -> list[GraphQLError]:
    """Return the errors of a refusal that are told: the first ones, equal ones once."""
    once: dict[tuple[str, tuple[str | int, ...]], GraphQLError] = {}
    for error in errors:
        once.setdefault((error.message, tuple(error.path or ())), error)
        if len(once) == MOST_ERRORS:
            break
    return [_short(error) for error in once.values()]


def without_values(errors: Iterable[GraphQLError]) -> list[GraphQLError]:
    """Word anew what graphql-core says of values and texts, which quotes them."""
    return [_without_value(error) for error in errors]


def _without_value(error: GraphQLError) -> GraphQLError:
    message = without_value(error.message)
    return error if message == error.message else _reworded(error, message, None)


def without_value(message: str) -> str:
    """Cut the value out of a sentence about it."""
    start = _VARIABLE.match(message)
    about = message[: start.end()] if start else ""
    said = rest = message[len(about) :]
    for quoted, left in _QUOTED:
        rest = quoted.sub(left, rest)
    return message if rest == said else about + rest + ("" if rest.endswith((".", "?")) else ".")


def _short(error: GraphQLError) -> GraphQLError:
    message = error.message
    if len(message) <= MOST_CHARACTERS and len(error.positions or ()) <= MOST_LOCATIONS:
        return error
    return _reworded(error, message if len(message) <= MOST_CHARACTERS else f"{message[:MOST_CHARACTERS]}…", error)


def _reworded(error: GraphQLError, message: str, cause: GraphQLError | None) -> GraphQLError:
    return GraphQLError(
        message,
        source=error.source,
        positions=list(error.positions or ())[:MOST_LOCATIONS] or None,
        path=error.path,
        original_error=cause and cause.original_error,
        extensions=error.extensions,
    )

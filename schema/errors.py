"""Shows errors to clients: a code for programs, and no more than they may know."""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from domain.errors import BadRequest, Busy, TooManyTries, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

RETRY_AFTER_SECONDS = 2

_CODES: dict[type[Exception], str] = {
    BadRequest: "BAD_REQUEST",
    Busy: "BUSY",
    TooManyTries: "RATE_LIMITED",
    Unavailable: "UNAVAILABLE",
}
CODES_AS_TOLD = {kind.__name__: code for kind, code in _CODES.items()}
"""The code that a client is told, by the name of the exception."""


def error_formatter(
    on_fault: Callable[[str, Exception], None],
) -> Callable[[GraphQLError], dict[str, Any]]:
    """Return how errors are shown. A fault is masked; `on_fault` gets its reference and the exception."""

    def shown(error: GraphQLError) -> dict[str, Any]:
        formatted: dict[str, Any] = dict(error.formatted)
        cause = error.original_error
        if cause is None or isinstance(cause, GraphQLError):
            extensions: dict[str, Any] = {"code": "BAD_REQUEST"} | (error.extensions or {})
        elif type(cause) in _CODES:
            extensions = {"code": _CODES[type(cause)]}
            if isinstance(cause, Unavailable):
                extensions["retryAfter"] = RETRY_AFTER_SECONDS
            if isinstance(cause, TooManyTries):
                extensions["retryAfter"] = cause.seconds
        else:
            reference = token_hex(8)
            on_fault(reference, cause)
            formatted["message"] = f"Une erreur est survenue. Référence : {reference}."
            extensions = {"code": "INTERNAL", "reference": reference}
        return formatted | {"extensions": extensions}

    return shown

"""How the doors say no: GraphQL errors with a code, a sentence and an HTTP status."""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING

from graphql import GraphQLError

from engine.operation import RequestRefused
from transport.viewer import Unauthenticated

if TYPE_CHECKING:
    from transport.observation import Record

_LATER = {"Retry-After": "5"}
"""With a time that was over: asked again at once, it would be over again."""


def refusal(
    message: str, code: str = "BAD_REQUEST", status: int = 400, headers: dict[str, str] | None = None
) -> RequestRefused:
    """One error with its code in the extensions."""
    return RequestRefused([GraphQLError(message, extensions={"code": code})], status, headers)


class TimedOut(Exception):  # noqa: N818 - a refusal, not a fault
    """The operation took longer than the limits allow and was cancelled."""


def refusal_of(error: Exception, record: Record) -> RequestRefused:
    """Turn whatever stopped an operation into what its caller is told, and note it in the record.

    A bug, or a part of the service that is down, is masked: the caller gets a reference to the record.
    """
    match error:
        case RequestRefused():
            refused, record.outcome = error, "refused"
        case GraphQLError(original_error=None):
            refused, record.outcome = RequestRefused([error]), "refused"
        case Unauthenticated():
            refused = refusal(str(error), "UNAUTHENTICATED", 401, {"WWW-Authenticate": "Bearer"})
            record.outcome = "unauthenticated"
        case TimedOut():
            refused, record.outcome = refusal(str(error), "TIMEOUT", 504, _LATER), "timeout"
        case _:
            refused, record.outcome = _masked(error, record), "fault"
    record.carries(refused.errors)
    return refused


def _masked(fault: Exception, record: Record) -> RequestRefused:
    record.fault, record.reference = fault, token_hex(8)
    message = f"The service failed. Quote the reference {record.reference} when you report it."
    extensions = {"code": "INTERNAL", "reference": record.reference}
    return RequestRefused([GraphQLError(message, extensions=extensions)], 500)

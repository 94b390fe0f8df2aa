"""Why a page is not shown: an answer of the door, or a rule of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_STATUSES = {
    "UNAUTHENTICATED": 401,
    "RATE_LIMITED": 429,
    "TOO_MANY_CONNECTIONS": 429,
    "UNAVAILABLE": 503,
    "BUSY": 503,
    "TIMEOUT": 503,
    "INTERNAL": 500,
}


class Stopped(Exception):  # noqa: N818 - what is the case
    """The page is not shown; `status` (HTTP) chooses the page that is shown instead.

    `message` is a French sentence, the schema's where it gave one. `seconds` is the time until another try may
    succeed, 0 where it is not known. `reference` is that of a fault in the log.
    """

    def __init__(self, status: int, message: str = "", *, seconds: int = 0, reference: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.seconds = seconds
        self.reference = reference

    @classmethod
    def absent(cls) -> Self:
        """404, for what does not exist and, likewise, for what this person may not see."""
        return cls(404)

    @classmethod
    def away(cls) -> Self:
        """503: something that the service needs does not answer now; it may in 10 seconds."""
        return cls(503, seconds=10)


def stopped_by(status: int, headers: Mapping[str, str], errors: Sequence[Mapping[str, Any]]) -> Stopped:
    """Turn the errors of a GraphQL answer into the one that stops the page: the one with the highest HTTP status."""
    extensions: list[Mapping[str, Any]] = [error.get("extensions") or {} for error in errors]
    statuses = [_STATUSES.get(str(each.get("code")), max(status, 400)) for each in extensions]
    gravest = statuses.index(max(statuses))
    seconds = extensions[gravest].get("retryAfter") or headers.get("retry-after") or 0
    return Stopped(
        statuses[gravest],
        str(errors[gravest]["message"]),
        seconds=int(seconds),
        reference=str(extensions[gravest].get("reference", "")),
    )

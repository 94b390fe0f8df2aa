"""The record of an operation, told once it is over: for logs, metrics and traces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import GraphQLError

    from engine.operation import Operation, OperationKind
    from transport.viewer import Caller, Viewer

Outcome = Literal["ok", "field_errors", "refused", "unauthenticated", "timeout", "cancelled", "fault"]
NAME_LENGTH = 64


@dataclass(slots=True)
class Record:
    """One operation, or one request that never became one. Never a variable, a token or a document."""

    caller: Caller
    viewer: Viewer | None = None
    kind: OperationKind | None = None
    name: str | None = None
    """As the document names it: letters, digits and `_`, cut at 64."""
    cost: int = 0
    outcome: Outcome = "ok"
    codes: tuple[str, ...] = ()
    """`extensions.code` of the errors, each once."""
    status: int = 0
    """HTTP status, or the code with which a WebSocket was closed; 0 for an operation over a WebSocket."""
    bytes_sent: int = 0
    events: int = 0
    """Results sent: more than one for a subscription only."""
    seconds: float = 0.0
    reference: str | None = None
    """Shown to the caller in place of a fault."""
    fault: Exception | None = None
    started: float = field(default_factory=perf_counter)

    def names(self, operation: Operation) -> None:
        """Keep what is told of the operation."""
        self.kind = operation.kind
        self.name = operation.name and operation.name[:NAME_LENGTH]
        self.cost = operation.cost

    def carries(self, errors: Sequence[GraphQLError]) -> None:
        """Add the codes of the errors that were sent."""
        codes = (str((error.extensions or {}).get("code") or _code(error)) for error in errors)
        self.codes = tuple(dict.fromkeys((*self.codes, *codes)))

    def succeeded(self, errors: Sequence[GraphQLError]) -> None:
        """Note a result that was sent."""
        self.events += 1
        if errors:
            self.outcome = "field_errors"
            self.carries(errors)


def _code(error: GraphQLError) -> str:
    """Tell what GraphQL itself refused from what a resolver raised, by the name of its class."""
    cause = error.original_error
    return "BAD_REQUEST" if cause is None or type(cause) is type(error) else type(cause).__name__


Observe = Callable[[Record], None]
"""Told once per operation. It must not block, and must not raise."""

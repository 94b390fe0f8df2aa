"""What an executor takes and gives: a request, a prepared operation, a response in bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, runtime_checkable

from engine.refused_errors import told

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence

    from graphql import GraphQLError

OperationKind = Literal["query", "mutation", "subscription"]
Taken_contra = TypeVar("Taken_contra", contravariant=True)
Given_co = TypeVar("Given_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Request:
    """The parameters of a GraphQL request, already decoded and of the right JSON types.

    `document_id` (in JSON `documentId` or `id`) names a document instead of `query`; so may the extension
    `persistedQuery`.
    """

    query: str | None = None
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """A whole execution result as JSON bytes, with the errors it carries (already in the bytes).

    `kept` says that the client may keep it, and ask later whether it is still current.
    """

    body: bytes
    errors: Sequence[GraphQLError] = ()
    kept: bool = False


class RequestRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """The request cannot be executed; nothing was. `errors` are GraphQL errors, ready to be sent: few and short.

    `status` and `headers` are those of the HTTP answer; a WebSocket sends an `error` message instead.
    """

    def __init__(
        self, errors: Sequence[GraphQLError], status: int = 400, headers: Mapping[str, str] | None = None
    ) -> None:
        self.errors = told(errors)
        super().__init__("; ".join(error.message for error in self.errors))
        self.status = status
        self.headers = headers or {}


class Taker(Protocol[Taken_contra]):
    """Takes an event at once, in the turn of the event loop in which it became known."""

    def has_room(self) -> bool:
        """Whether an event can be taken now. This is asked first, so that no answer is made or settled in vain."""
        ...

    def take(self, event: Taken_contra, /) -> bool:
        """Take an event; False where it has to come as the next of the stream."""
        ...


@runtime_checkable
class HandsOver(Protocol[Given_co]):
    """A stream that offers what it has at once."""

    def hand_to(self, taker: Taker[Given_co]) -> None:
        """Offer `taker` each event that somebody waits for; what it takes does not come as the next."""
        ...


class Stream(HandsOver[Given_co], Protocol[Given_co]):
    """Events, in turn by `async for`, or at once by `hand_to`. Each station on the way of an event is one.

    docs/engine.md names the stations.
    """

    def __aiter__(self) -> AsyncIterator[Given_co]: ...

    def __anext__(self) -> Awaitable[Given_co]: ...

    def aclose(self) -> Awaitable[None]:
        """End it."""
        ...


class Operation(Protocol):
    """One operation with its variables, parsed, validated, costed, coerced: ready to run once."""

    @property
    def kind(self) -> OperationKind: ...

    @property
    def name(self) -> str | None: ...

    @property
    def cost(self) -> int:
        """Upper bound of the nodes it may return."""
        ...

    async def execute(self, context: object) -> Response:
        """Run a query or a mutation. Field errors are in the response; nothing is raised for them."""
        ...

    async def subscribe(self, context: object) -> Stream[Response]:
        """Open a subscription; raises RequestRefused when its source stream cannot be opened."""
        ...


class Executor(Protocol):
    """Prepares operations for one schema."""

    def prepare(self, request: Request) -> Operation:
        """Raise RequestRefused for whatever the GraphQL specification calls a request error."""
        ...

    def render_errors(self, errors: Sequence[GraphQLError]) -> bytes:
        """`{"errors": [...]}` without `data`, for a request that was refused."""
        ...

"""The caller as the network shows it, and the viewer that its token names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    from starlette.types import Scope

Transport = Literal["http", "ws", "sse"]
USER_AGENT_LENGTH = 200
TRACEPARENT_LENGTH = 55
ORGANIZATION = "bilans-organization"
"""The header, or the field of `connection_init`, that says for whom somebody acts."""
ORGANIZATION_LENGTH = 64
ACCOUNT = "bilans.account"
"""The extension of a scope by which who asks from within the process is told whose token it was."""


class Viewer(Protocol):
    """What the transport needs to know of the person or program behind a token."""

    @property
    def account(self) -> str:
        """Connections are counted by it."""
        ...

    @property
    def expires_at(self) -> float | None:
        """End of the token, in seconds since 1970; subscriptions end then."""
        ...


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from."""

    transport: Transport
    address: str | None
    user_agent: str | None
    traceparent: str | None = None
    """Of a trace that the request is part of (W3C Trace Context); ours to read, and nobody's secret."""
    organization: str | None = None
    """For which of their organizations somebody says that they act."""


class Unauthenticated(Exception):  # noqa: N818 - a refusal, not a fault
    """There is no token, or it is not good; the message is shown to the caller."""


V = TypeVar("V", bound=Viewer)

Authenticate = Callable[[str | None, Caller], Awaitable[V]]
"""Takes the bearer token, None without one; raises Unauthenticated, or RequestRefused."""

ContextFor = Callable[[V, Caller], object]
"""Makes the context that the executor gives to resolvers, once per operation."""


def caller_of(scope: Scope, transport: Transport) -> Caller:
    """Read the address of the connection: a server behind a proxy is told which proxies to trust."""
    client, headers = scope.get("client"), dict(scope["headers"])
    agent, trace = headers.get(b"user-agent"), headers.get(b"traceparent")
    organization = headers.get(ORGANIZATION.encode())
    return Caller(
        transport,
        client[0] if client else None,
        agent and agent[:USER_AGENT_LENGTH].decode("latin-1"),
        trace and trace[:TRACEPARENT_LENGTH].decode("latin-1"),
        organization and organization[:ORGANIZATION_LENGTH].decode("latin-1").strip(),
    )


def bearer(authorization: str | None) -> str | None:
    """Take the token out of `Bearer …` (RFC 6750, scheme in any case); None when there is no credential."""
    if not authorization or not authorization.strip():
        return None
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("The Authorization header must read: Bearer, a space, a token.")
    return token.strip()

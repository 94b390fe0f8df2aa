"""A toy schema whose resolvers wait, fail and stream on demand, and a real server in front of it."""

from __future__ import annotations

import asyncio
import socket  # noqa: TC003 - strawberry resolves annotations of this module
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence  # noqa: TC003 - as above
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import strawberry
import uvicorn
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.types import ASGIApp  # noqa: TC002 - as above

from engine.executors import core_executor
from engine.operation import RequestRefused
from service.listening import server_config
from transport import Caller, GraphQLDoors, Limits, Record, Unauthenticated

TOKENS = {"ada": "account-1", "bob": "account-2"}


@dataclass(frozen=True)
class Person:
    account: str
    expires_at: float | None = None


@dataclass
class Signals:
    """What a test awaits or sets instead of sleeping."""

    started: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    taken: int = 0


@dataclass
class Context:
    viewer: Person
    caller: Caller
    signals: Signals


Info = strawberry.Info[Context, None]


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"Hello {name}"

    @strawberry.field
    def me(self, info: Info) -> str:
        return info.context.viewer.account

    @strawberry.field
    def broken(self) -> str | None:
        raise ValueError("broken")

    @strawberry.field
    def large(self, info: Info, size: int) -> str:
        info.context.signals.started.set()
        return "x" * size

    @strawberry.field
    async def waits(self, info: Info) -> str:
        info.context.signals.started.set()
        try:
            await info.context.signals.go.wait()
        finally:
            info.context.signals.stopped.set()
        return "went"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def echo(self, text: str) -> str:
        return text

    @strawberry.mutation
    async def write(self, info: Info, text: str) -> str:
        info.context.signals.started.set()
        await info.context.signals.go.wait()
        return text


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int = 3) -> AsyncGenerator[int, None]:
        for number in range(to):
            yield number

    @strawberry.subscription
    async def beats(self, info: Info) -> AsyncGenerator[str, None]:
        """One at once, one at the signal, then silence."""
        signals = info.context.signals
        try:
            yield "first"
            signals.started.set()
            await signals.go.wait()
            yield "second"
            await asyncio.Event().wait()
        finally:
            signals.stopped.set()

    @strawberry.subscription
    async def floods(self, info: Info, size: int) -> AsyncGenerator[str, None]:
        """As much as is asked for, counted as it is taken."""
        while True:
            info.context.signals.taken += 1
            yield "x" * size

    @strawberry.subscription
    async def refused(self) -> AsyncGenerator[int, None]:
        """A coroutine: it is refused before there is a stream."""
        raise GraphQLError("Not for you", extensions={"code": "NOT_ALLOWED"})

    @strawberry.subscription
    async def withdrawn(self) -> AsyncGenerator[int, None]:
        yield 1
        raise GraphQLError("No longer for you", extensions={"code": "NOT_ALLOWED"})

    @strawberry.subscription
    async def breaks(self) -> AsyncGenerator[int, None]:
        yield 1
        raise ValueError("broken")


SCHEMA = strawberry.Schema(Query, Mutation, Subscription)._schema  # noqa: SLF001 - as main does


@dataclass
class World:
    """An application, what was told of it, and its clock."""

    limits: Limits = field(default_factory=Limits)
    allowed_origins: tuple[str, ...] = ()
    records: list[Record] = field(default_factory=list)
    signals: Signals = field(default_factory=Signals)
    now: float = 1000.0
    working: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext()
    told: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    def __post_init__(self) -> None:
        self.doors = GraphQLDoors(
            core_executor(SCHEMA),
            self.authenticate,
            lambda viewer, caller: Context(viewer, caller, self.signals),
            self.observe,
            limits=self.limits,
            allowed_origins=self.allowed_origins,
            now=lambda: self.now,
            working=self.working,
        )
        self.app: ASGIApp = Starlette(routes=self.doors.routes())

    async def authenticate(self, token: str | None, _caller: Caller) -> Person:
        if token is None:
            raise Unauthenticated("A token is needed.")
        name, _, expires_in = token.partition("+")
        if token == "down":
            raise ConnectionRefusedError("secret host name")
        if token == "greedy":
            error = GraphQLError("Too many requests.", extensions={"code": "RATE_LIMITED"})
            raise RequestRefused([error], 429, {"Retry-After": "30"})
        if name not in TOKENS:
            raise Unauthenticated("The token is not good.")
        return Person(TOKENS[name], self.now + float(expires_in) if expires_in else None)

    def observe(self, record: Record) -> None:
        self.records.append(record)
        self.told.set()

    async def record(self, number: int = 1) -> Record:
        """Wait for the n-th record."""
        while len(self.records) < number:
            self.told.clear()
            await self.told.wait()
        return self.records[number - 1]


class Server(uvicorn.Server):
    """Says when it listens, and lets the doors close before it cuts connections."""

    def __init__(self, config: uvicorn.Config, doors: GraphQLDoors) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self._doors = doors

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._doors.close()
        await super().shutdown(sockets)


@asynccontextmanager
async def served(world: World, *, proxies: Sequence[str] = (), **settings: Any) -> AsyncIterator[World]:
    """Serve on a free port of the loopback interface; the world then knows its address."""
    config = server_config(world.app, world.limits, trusted_proxies=proxies, host="127.0.0.1", port=0, **settings)
    server = Server(config, world.doors)
    serving = asyncio.create_task(server.serve())
    await server.ready.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    world.url = f"http://127.0.0.1:{port}/graphql"
    try:
        yield world
    finally:
        server.should_exit = True
        await serving

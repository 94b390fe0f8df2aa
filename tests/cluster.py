"""A replica set of three real mongods on the loopback interface, to be killed, frozen and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from storage.embedded import DIE_WITH_PARENT, find_mongod

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

START_SECONDS = 60
PAUSE_SECONDS = 0.05
IN_A_SET = ("--replSet", "trio")
OPTIONS = (
    *("--bind_ip", "127.0.0.1", "--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "100"),
    *("--quiet", "--setParameter", "diagnosticDataCollectionEnabled=false"),
    *("--setParameter", "oplogNetworkTimeoutBufferSeconds=1"),  # as docs/production.md says
)


@dataclass
class Member:
    """One mongod; killed, it may be started again on its data."""

    port: int
    directory: Path
    process: subprocess.Popen[bytes] | None = None
    options: tuple[str, ...] = (*OPTIONS, *IN_A_SET)
    query: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What its process has besides."""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        self.directory.mkdir(exist_ok=True)
        wrapper = (sys.executable, "-I", "-S", "-c", DIE_WITH_PARENT, str(os.getpid()))
        self.process = subprocess.Popen(  # noqa: S603 - our own command line, no shell
            (
                *wrapper,
                str(find_mongod()),
                "--dbpath",
                self.directory,
                "--port",
                str(self.port),
                *self.options,
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, **self.environment},
        )

    def signal(self, number: signal.Signals) -> None:
        if self.process:
            self.process.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.signal(signal.SIGKILL)
        if self.process:
            self.process.wait()


@dataclass
class Cluster:
    members: list[Member] = field(default_factory=list)

    @property
    def url(self) -> str:
        hosts = ",".join(member.address for member in self.members)
        return f"mongodb://{hosts}/?replicaSet=trio"

    async def primary(self) -> Member:
        """Wait for the member that takes writes."""
        async with asyncio.timeout(START_SECONDS):
            while True:
                for member in self.members:
                    if await _hello(member, "isWritablePrimary"):
                        return member
                await asyncio.sleep(PAUSE_SECONDS)

    async def whole(self) -> Member:
        """Wait until one is primary and the others follow it; gives the primary."""
        primary = await self.primary()
        async with asyncio.timeout(START_SECONDS):
            for member in self.members:
                await _until(member, "isWritablePrimary" if member is primary else "secondary")
        return await self.primary()


@asynccontextmanager
async def cluster(
    directory: Path, *, election_ms: int = 1_000, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Cluster]:
    """Run three members for the time of the block; a primary that is not heard of is replaced after `election_ms`."""
    places = [directory / str(number) for number in range(3)]
    trio = Cluster([Member(_free_port(), place, environment=environment or {}) for place in places])
    try:
        for member in trio.members:
            member.start()
        await _initiate(trio, election_ms)
        await trio.whole()
        yield trio
    finally:
        for member in trio.members:
            member.kill()


@asynccontextmanager
async def lone_member(directory: Path, *options: str, query: str = "") -> AsyncIterator[str]:
    """Run one mongod that nobody has initiated; gives its address. `query` is what its URL needs, for TLS."""
    member = Member(_free_port(), directory, options=(*OPTIONS, *options), query=query)
    try:
        member.start()
        async with asyncio.timeout(START_SECONDS):
            await _until(member, "ok")
        yield member.address
    finally:
        member.kill()


async def _initiate(trio: Cluster, election_ms: int) -> None:
    first = trio.members[0]
    async with asyncio.timeout(START_SECONDS):
        for member in trio.members:
            await _until(member, "ok")
    settings = {"electionTimeoutMillis": election_ms, "heartbeatIntervalMillis": 200}
    members = [{"_id": number, "host": member.address} for number, member in enumerate(trio.members)]
    config = {"_id": "trio", "members": members, "settings": settings}
    client: MongoClient[dict[str, Any]]
    with MongoClient(f"mongodb://{first.address}/?directConnection=true") as client:
        await asyncio.to_thread(client.admin.command, "replSetInitiate", config)


async def _until(member: Member, what: str) -> None:
    while not await _hello(member, what):  # noqa: ASYNC110 - another process has no event of ours
        await asyncio.sleep(PAUSE_SECONDS)


async def _hello(member: Member, what: str) -> object:
    """Ask one member; None when it does not answer."""
    return await asyncio.to_thread(_hello_of, member, what)


def _hello_of(member: Member, what: str) -> object:
    options = ["directConnection=true", "serverSelectionTimeoutMS=500", "socketTimeoutMS=500"]
    url = f"mongodb://{member.address}/?{'&'.join([*options, *filter(None, [member.query])])}"
    client: MongoClient[dict[str, Any]]
    try:
        with MongoClient(url) as client:
            return client.admin.command("hello").get(what)
    except PyMongoError:
        return None


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])

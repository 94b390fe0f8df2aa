"""An embedded server in a folder, and what the system says of its process."""

import asyncio
import contextlib
import os
import stat
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import AutoReconnect, ServerSelectionTimeoutError

from storage.embedded import embedded_server

Answer = TypeVar("Answer")


@contextlib.asynccontextmanager
async def running(data_dir: Path) -> AsyncGenerator[AsyncMongoClient[dict[str, Any]]]:
    client: AsyncMongoClient[dict[str, Any]]
    async with embedded_server(data_dir) as url, AsyncMongoClient(url) as client:
        yield client


async def refused(data_dir: Path) -> None:
    async with embedded_server(data_dir):
        pytest.fail("the server started")


async def plans(client: AsyncMongoClient[dict[str, Any]]) -> list[int]:
    return sorted([plan["_id"] async for plan in client.bilans.plans.find()])


async def pid_of(client: AsyncMongoClient[dict[str, Any]]) -> int:
    return int((await client.admin.command("serverStatus"))["pid"])


async def answered(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Ask until the server answers: the driver asks again once, and the new server may be slower."""
    while True:
        with contextlib.suppress(AutoReconnect, ServerSelectionTimeoutError):
            return await ask()


async def ended(pid: int) -> None:
    """Wait for the kernel's word that a process, ours or not, has ended."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    end = asyncio.Event()
    asyncio.get_running_loop().add_reader(process, end.set)
    await end.wait()
    asyncio.get_running_loop().remove_reader(process)
    os.close(process)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def tcp_sockets_of(pid: int) -> set[str]:
    descriptors = set()
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # mongod closed it meanwhile: a listening socket stays
            descriptors.add(str(one.readlink()))
    tcp = (Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()).splitlines()
    return descriptors & {f"socket:[{line.split()[9]}]" for line in tcp}

"""The field: each contender a process on the service's core, all running, one loaded at a time."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

HOUSE = Path(__file__).resolve().parent.parent
PEERS = Path(__file__).parent / "peers"
START_SECONDS = 120
PYTHON = {
    "compiled": ([sys.executable, "main.py", "serve", "--port"], {}),
    "pymongo": ([sys.executable, "main.py", "serve", "--port"], {"BILANS_DRIVER": "pymongo"}),
    "plain": ([sys.executable, "main.py", "serve", "--port"], {"BILANS_COMPILED": "false"}),
    "stations": ([sys.executable, "-m", "bench.stations", "serve"], {"BILANS_DRIVER": "pymongo"}),
    "2 workers": ([sys.executable, "main.py", "serve", "--workers", "2", "--port"], {}),
    "strawberry": ([sys.executable, "-m", "bench.contender", "strawberry", "--port"], {}),
    "bare": ([sys.executable, "-m", "bench.contender", "bare", "--port"], {}),
}
NAMES = (*(name for name in PYTHON if name != "stations"), "mercurius")


@dataclass(frozen=True, slots=True)
class Contender:
    """Where it listens, and which process it is."""

    name: str
    port: int
    process: int


@asynccontextmanager
async def running(
    name: str, cores: tuple[int, int], environment: Mapping[str, str], *, seconds: float = START_SECONDS
) -> AsyncIterator[Contender]:
    """Run a contender on the first core, two workers on both; the caller stays on the second."""
    port = _free_port()
    command, extra = PYTHON.get(name) or _mercurius()
    os.sched_setaffinity(0, {*cores} if name == "2 workers" else {cores[0]})
    try:
        process = await asyncio.create_subprocess_exec(
            *command, str(port), cwd=HOUSE, env={**os.environ, **environment, **extra}, stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
    finally:
        os.sched_setaffinity(0, {cores[1]})
    try:
        await _listening(port, process, seconds)
        yield Contender(name, port, process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def present(name: str) -> bool:
    """Whether it can run here; installs the packages of the lock file where npm is."""
    if name != "mercurius":
        return True
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        return False
    if not (PEERS / "node_modules").is_dir():
        subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=PEERS, check=True)  # noqa: S603
    return True


def _mercurius() -> tuple[list[str], dict[str, str]]:
    return ["node", str(PEERS / "mercurius.js")], {"NODE_ENV": "production"}


async def _listening(port: int, process: asyncio.subprocess.Process, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
    raise RuntimeError("A contender ended before it listened: run it by hand to see why.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

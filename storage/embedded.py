"""The database that comes with the service: a real mongod, a child of this process, on a Unix socket."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from storage.data_directory import DataDirectory, NoServer, held_directory, socket_of
from storage.set_of_one import REPLICA_SET, address_of, configured, is_primary, listens
from supervision.loops import Loops

__all__ = ["NoServer", "embedded_server", "find_mongod", "shared_server"]

START_SECONDS = 60  # the recovery after a crash on a slow disk is in it
STOP_SECONDS = 15
PAUSE_SECONDS = 0.2  # before a server that ended is started again

# Runs between fork and mongod, and mongod keeps its pid. The kernel kills mongod when the thread that started
# it ends (a parent already gone is seen by getppid). SIGKILL, as what was acknowledged is in the journal.
DIE_WITH_PARENT = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""

OPTIONS = (
    *("--replSet", REPLICA_SET, "--port", "27017"),  # the port only names the socket: nothing listens on TCP
    *("--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "990"),
    *("--quiet", "--slowms", "2147483647"),  # a logged slow command would show what people wrote
    *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=0"),  # no other member to hand over to
)


def find_mongod() -> Path | None:
    """The mongod to run: the one on PATH, else the one of the wheel, else None."""
    if on_path := shutil.which("mongod"):
        return Path(on_path)
    of_wheel = Path(sysconfig.get_path("purelib"), "fiftyone/db/bin/mongod")
    return of_wheel if os.access(of_wheel, os.X_OK) else None


@asynccontextmanager
async def embedded_server(data_dir: Path, loops: Loops | None = None) -> AsyncGenerator[str]:
    """Run mongod on `data_dir` for the time of the block; gives the MongoDB URL, for any process.

    To be entered on the main thread, as mongod ends with the thread that started it. Mongod that ends meanwhile is
    started again, as often as it takes: what was acknowledged is in its journal, and clients find it on the same
    socket. Raises NoServer when it cannot run; creates `data_dir` where it is absent.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("mongod would end with this thread: start it on the main one")
    mongod = find_mongod()
    if mongod is None or sys.platform != "linux":
        raise NoServer(
            "There is no mongod for this platform (the bundled one needs Linux on x86-64): install "
            "MongoDB 6 or later so that `mongod` is on PATH, or set BILANS_MONGODB_URL to a replica set."
        )
    path = await asyncio.to_thread(data_dir.resolve)
    async with held_directory(path) as directory, _running(mongod, directory, loops or Loops()):
        yield f"{address_of(directory.socket)}&replicaSet={REPLICA_SET}"


@asynccontextmanager
async def shared_server(data_dir: Path) -> AsyncGenerator[str]:
    """Use the server that a service already runs on `data_dir`, or run one for the time of the block.

    Raises NoServer like `embedded_server`, which it is where nothing runs.
    """
    socket = await asyncio.to_thread(socket_of, data_dir)
    if socket.exists() and await listens(socket) and await is_primary(socket):
        yield f"{address_of(socket)}&replicaSet={REPLICA_SET}"
        return
    async with embedded_server(data_dir) as url:
        yield url


@asynccontextmanager
async def _running(mongod: Path, directory: DataDirectory, loops: Loops) -> AsyncGenerator[None]:
    process = _start(mongod, directory)

    async def keep() -> None:
        nonlocal process
        await _ended(process)
        await asyncio.sleep(PAUSE_SECONDS)
        if loss := directory.loss():  # nothing is made anew: what was acknowledged is in what was moved
            raise NoServer(loss)
        process = _start(mongod, directory)
        await _ready(process, directory)

    try:
        await _ready(process, directory)
        async with loops.running("embedded server", keep, longest_pause=30):
            yield
    finally:
        _stop(process)


def _start(mongod: Path, directory: DataDirectory) -> subprocess.Popen[bytes]:
    """Start mongod, in a session of its own, so that Ctrl-C reaches the service only."""
    wrapper = (sys.executable, "-I", "-S", "-c", DIE_WITH_PARENT, str(os.getpid()))
    socket = ("--unixSocketPrefix", directory.socket.parent, "--bind_ip", directory.socket)
    with directory.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own command line, no shell
            (*wrapper, mongod, "--dbpath", directory.data, *socket, *OPTIONS),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(directory.lock,),
            start_new_session=True,
        )


async def _ended(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a process without a thread."""
    if process.poll() is not None:  # reaped: the number may be another's by now
        return
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    descriptor = os.pidfd_open(process.pid)
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
    process.poll()


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Let mongod write its checkpoint and go; after STOP_SECONDS the journal has to do."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def _ready(process: subprocess.Popen[bytes], directory: DataDirectory) -> None:
    """Return once our own mongod takes writes as the primary of its set; raises NoServer when it does not."""

    async def until(answer: Callable[[Path], Awaitable[bool]]) -> None:
        while not await answer(directory.socket):
            if process.poll() is not None:
                raise NoServer(_cause_of_death(process.returncode, directory))
            await asyncio.sleep(0.01)

    try:
        async with asyncio.timeout(START_SECONDS):
            await until(listens)
            await until(partial(configured, process.pid))
            await until(is_primary)
    except TimeoutError as error:
        raise NoServer(
            f"mongod was not ready within {START_SECONDS} s: start again on a quieter machine, or see why in "
            f"{directory.log} ({directory.complaints()})."
        ) from error


def _cause_of_death(status: int, directory: DataDirectory) -> str:
    if status == -signal.SIGILL:
        return (
            "This processor lacks AVX, which MongoDB 5 and later need: "
            "set BILANS_MONGODB_URL to a replica set on another machine."
        )
    if "No space left on device" in directory.said():
        return f"The disk of {directory.data} is full: make room, or set BILANS_DATA_DIR to another disk."
    return (
        f"mongod stopped at its start with status {status}: mend what its log {directory.log} says, "
        f"or set BILANS_MONGODB_URL to a replica set ({directory.complaints()})."
    )

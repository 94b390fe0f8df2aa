"""Serves the application: one process, or several behind one socket, over the database of the settings."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import signal
import socket
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

import structlog
import uvloop

from service.composition import connect, service
from service.door_server import BACKLOG, door_server
from service.execution import require_documents
from service.measuring import forget_worker, metrics_served
from service.observing import start_logging
from service.printing import require_seal
from service.processes import die_with_parent, open_many_files
from service.refusals import require_sense
from service.telling import Teller, WorkerEnded
from service.version import VERSION
from settings import WrongSetting
from storage.client import close_database
from storage.embedded import embedded_server, shared_server
from storage.migrating import migrate, require_shape, shape_of, waiting
from storage.restore import finish_restore
from storage.servers import require_server
from supervision.loops import Finished, Loops

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from multiprocessing.context import SpawnProcess
    from multiprocessing.synchronize import Event

    from service.demonstration import Character, Demonstration
    from settings import Settings

    Work = tuple[Settings, str, socket.socket, str, Sequence[Character]]

logger = structlog.get_logger()
LAST_WORDS_SECONDS = 2.0


@asynccontextmanager
async def database_url(settings: Settings, *, shared: bool = False, loops: Loops | None = None) -> AsyncIterator[str]:
    """Give the database of the settings, or run the embedded one; `shared` uses one that runs already."""
    if settings.mongodb_url is not None:
        url = settings.mongodb_url.get_secret_value()
        await require_server(url)
        yield url
        return
    server = shared_server(settings.data_dir) if shared else embedded_server(settings.data_dir, loops)
    async with server as url:
        yield url


def serve(parsed: argparse.Namespace, settings: Settings, demonstration: Demonstration) -> int:
    """Serve until told to stop; WrongSetting where it cannot be."""
    require_sense(settings, parsed.host, demo=parsed.demo)
    require_seal(settings)
    require_documents(settings)
    start_logging(settings.log_format)
    open_many_files()
    listener = open_listener(parsed.host, parsed.port)
    host = f"[{parsed.host}]" if ":" in parsed.host else parsed.host
    address = f"http://{host}:{listener.getsockname()[1]}"
    with (
        metrics_served(settings.metrics_address),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_serve(parsed, settings, demonstration, listener, address))
    return 0


async def _serve(
    parsed: argparse.Namespace,
    settings: Settings,
    demonstration: Demonstration,
    listener: socket.socket,
    address: str,
) -> None:
    welcome = demonstration.welcome(settings, address) if parsed.demo else f"Listening on {address}/graphql\n"
    loops = Loops(Teller(b"").loop_failed)
    async with database_url(settings, loops=loops) as url:
        await _come_up_to_date(settings, url)
        if parsed.demo:
            await demonstration.load(settings, url, address)
        if parsed.workers == 1:
            await _work(settings, url, listener, address, demonstration.people, lambda: _tell(welcome))
        else:
            _tell(welcome)
            await _supervise(parsed.workers, (settings, url, listener, address, demonstration.people), loops)


async def _come_up_to_date(settings: Settings, url: str) -> None:
    """Migrate the embedded database, on which no other release can be; NoServer for another that needs it."""
    database = connect(settings, url)
    try:
        await finish_restore(database)
        if settings.mongodb_url is None:
            for migration in waiting(await shape_of(database)):
                await migrate(database, migration)
        await require_shape(database)
    finally:
        await close_database(database)


async def _work(
    settings: Settings,
    url: str,
    listener: socket.socket,
    address: str,
    people: Sequence[Character],
    on_ready: Callable[[], None],
) -> None:
    async with service(settings, url, address, people=people) as running:
        _spare_what_stays()
        logger.info("started", version=VERSION)
        await door_server(running, on_ready, last_words=LAST_WORDS_SECONDS).serve(sockets=[listener])


def _spare_what_stays() -> None:
    """Let the collector pass over what the start has made, and come less often: a page of a list makes thousands."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _worker(
    settings: Settings, url: str, listener: socket.socket, address: str, people: Sequence[Character], serves: Event
) -> None:
    die_with_parent()
    listener.set_inheritable(False)  # a process that prints would keep it open after us
    start_logging(settings.log_format)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(settings, url, listener, address, people, serves.set))


async def _supervise(workers: int, work: Work, loops: Loops) -> None:
    """Keep workers alive until told to stop; one that ends is replaced, after pauses that grow if they all do."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    spawning = multiprocessing.get_context("spawn")
    alive: dict[SpawnProcess, _Worker] = {}

    async def keep_one() -> None:
        if stopping.is_set():
            raise Finished
        serves = spawning.Event()
        process = spawning.Process(target=_worker, args=(*work, serves))
        process.start()
        ended = asyncio.create_task(asyncio.to_thread(process.join))
        alive[process] = _Worker(serves, ended)
        try:
            await asyncio.shield(ended)
        finally:
            await ended
            del alive[process]
            forget_worker(process.pid)
        if not stopping.is_set():
            raise WorkerEnded(f"status {process.exitcode}")

    async with AsyncExitStack() as stack:
        for _ in range(workers):
            await stack.enter_async_context(loops.running("worker", keep_one))
        await stopping.wait()
        await _stop(alive, work[2])


class _Worker(NamedTuple):
    serves: Event
    ended: asyncio.Task[None]


async def _stop(workers: Mapping[SpawnProcess, _Worker], listener: socket.socket) -> None:
    """Stop those that still start, and when they are gone the others, who close the door behind the last client.

    One that starts holds the door open, and accepts nobody: who came to it last would be reset when it ends.
    """
    starting = [process for process, worker in workers.items() if not worker.serves.is_set()]
    gone = [workers[process].ended for process in starting]
    serving = [process for process in workers if process not in starting]
    for process in starting:
        process.terminate()
    await asyncio.gather(*gone)
    listener.close()  # ours: while it is open, a new client would wait for an answer that no worker gives
    for process in serving:
        process.terminate()


def _tell(welcome: str) -> None:
    sys.stdout.write(welcome)
    sys.stdout.flush()


def open_listener(host: str, port: int) -> socket.socket:
    """Listen; WrongSetting where that address is not to be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise WrongSetting(
            f"cannot listen on {host}:{port} ({error.strerror}): choose another with --host and --port."
        ) from None
    listener.listen(BACKLOG)
    return listener

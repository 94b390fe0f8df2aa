"""The embedded database on the real mongod: what it promises about start, end, place and data."""

import asyncio
import contextlib
import os
import shutil
import signal
import stat
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import AutoReconnect, ServerSelectionTimeoutError

from storage.data_directory import SOCKET_PATH_LIMIT
from storage.embedded import NoServer, embedded_server, find_mongod
from storage.set_of_one import REPLICA_SET, configured
from supervision.loops import Loops
from tests.cluster import lone_member

ROOT = Path(__file__).parents[2]

Answer = TypeVar("Answer")
SERVICE = """
import asyncio, sys
from pathlib import Path
from pymongo import AsyncMongoClient
from storage.embedded import embedded_server

async def serve():
    async with embedded_server(Path(sys.argv[1])) as url, AsyncMongoClient(url) as client:
        await client.bilans.plans.insert_one({"_id": 1})
        print((await client.admin.command("serverStatus"))["pid"], flush=True)
        await asyncio.Event().wait()

asyncio.run(serve())
"""


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


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        await client.bilans.plans.insert_one({"_id": 1})
        first = await pid_of(client)
    await asyncio.wait_for(ended(first), 1)

    async with running(tmp_path) as client:
        assert await plans(client) == [1]
        assert await pid_of(client) != first


async def test_a_change_stream_tells_of_a_write(tmp_path: Path) -> None:
    async with (
        running(tmp_path) as client,
        await client.bilans.plans.watch() as changes,
    ):
        await client.bilans.plans.insert_one({"_id": 7})
        change = await asyncio.wait_for(changes.next(), 10)
    assert change["fullDocument"] == {"_id": 7}


async def test_a_killed_mongod_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        await client.bilans.plans.insert_many({"_id": number} for number in range(100))
        pid = await pid_of(client)
        os.kill(pid, signal.SIGKILL)
        await asyncio.wait_for(ended(pid), 10)

    async with running(tmp_path) as client:
        assert await plans(client) == list(range(100))


async def test_a_killed_mongod_is_started_again_under_the_running_service(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        for number in range(2):
            await client.bilans.plans.insert_one({"_id": number})
            killed = await pid_of(client)
            os.kill(killed, signal.SIGKILL)
            await ended(killed)
            assert await answered(lambda: plans(client)) == list(range(number + 1))
            assert await answered(lambda: pid_of(client)) != killed


async def test_a_server_whose_directory_was_away_is_started_as_soon_as_it_is_back(tmp_path: Path) -> None:
    """Each failed start is told, with a sentence and a growing pause; what was acknowledged is there."""
    told: list[tuple[str, str]] = []
    failed_twice = asyncio.Event()

    def tell(name: str, fault: Exception, _: float) -> None:
        told.append((name, str(fault)))
        if len(told) == 2:
            failed_twice.set()

    here, away = tmp_path / "data", tmp_path / "elsewhere"
    client: AsyncMongoClient[dict[str, Any]]
    async with contextlib.AsyncExitStack() as stack:
        url = await stack.enter_async_context(embedded_server(here, Loops(tell)))
        client = await stack.enter_async_context(AsyncMongoClient(url))
        await client.bilans.plans.insert_one({"_id": 1})
        killed = await pid_of(client)
        here.rename(away)
        os.kill(killed, signal.SIGKILL)
        (here / "mongodb").mkdir(parents=True)  # an empty one in its place is not begun with
        await asyncio.wait_for(failed_twice.wait(), 30)
        shutil.rmtree(here)
        away.rename(here)
        assert await answered(lambda: plans(client)) == [1]
    assert told[0][0] == "embedded server"
    assert "are gone: bring them back" in told[0][1]


async def test_data_of_others_in_the_place_of_those_that_were_moved_are_not_served(tmp_path: Path) -> None:
    told = asyncio.get_running_loop().create_future()
    here, away = tmp_path / "data", tmp_path / "elsewhere"
    client: AsyncMongoClient[dict[str, Any]]
    loops = Loops(lambda _, fault, __: None if told.done() else told.set_result(str(fault)))
    async with contextlib.AsyncExitStack() as stack:
        url = await stack.enter_async_context(embedded_server(here, loops))
        client = await stack.enter_async_context(AsyncMongoClient(url))
        killed = await pid_of(client)
        here.rename(away)
        shutil.copytree(away / "mongodb", here / "mongodb")
        (here / "lock").touch()
        os.kill(killed, signal.SIGKILL)
        assert "are not those with which the service began" in await asyncio.wait_for(told, 30)


async def test_a_server_that_a_full_disk_ended_is_started_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mongod on PATH says what the real one says of a full disk, as long as the disk is said to be full."""
    full, real, told = tmp_path / "full", find_mongod(), list[str]()
    on_path = tmp_path / "bin/mongod"
    on_path.parent.mkdir()
    on_path.write_text(f"""#!/bin/sh\n[ ! -e {full} ] || {{ echo "No space left on device"; kill -ABRT $$; }}
exec {real} "$@"\n""")
    on_path.chmod(0o700)
    monkeypatch.setenv("PATH", f"{on_path.parent}:{os.environ['PATH']}")

    def tell(_: str, fault: Exception, pause: float) -> None:
        told.append(f"{pause:.1f} {fault}")
        if len(told) == 2:
            full.unlink()

    client: AsyncMongoClient[dict[str, Any]]
    async with contextlib.AsyncExitStack() as stack:
        url = await stack.enter_async_context(embedded_server(tmp_path / "data", Loops(tell)))
        client = await stack.enter_async_context(AsyncMongoClient(url))
        await client.bilans.plans.insert_one({"_id": 1})
        full.touch()
        os.kill(await pid_of(client), signal.SIGKILL)
        assert await answered(lambda: plans(client)) == [1]
    sentence = f"The disk of {tmp_path}/data/mongodb is full: make room, or set BILANS_DATA_DIR to another disk."
    assert told == [f"0.2 {sentence}", f"0.4 {sentence}"]


async def test_a_server_that_has_yet_to_read_that_it_is_a_set_is_asked_again(tmp_path: Path) -> None:
    """Of two who make it one at a time, as of a server that says it is none while it starts, one comes too late."""
    async with lone_member(tmp_path, "--replSet", REPLICA_SET) as address:
        client: AsyncMongoClient[dict[str, Any]]
        async with AsyncMongoClient(f"mongodb://{address}/?directConnection=true") as client:
            pid = await pid_of(client)
        socket = Path(f"/tmp/mongodb-{address.partition(':')[2]}.sock")  # noqa: S108 - where mongod puts it
        assert any(await asyncio.gather(configured(pid, socket), configured(pid, socket)))
        assert await configured(pid, socket)


async def test_mongod_goes_with_a_killed_service_and_the_data_stay(tmp_path: Path) -> None:
    service = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVICE, tmp_path, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert service.stdout
    pid = int(await asyncio.wait_for(service.stdout.readline(), 60))
    service.kill()
    await service.wait()
    await asyncio.wait_for(ended(pid), 10)

    async with running(tmp_path) as client:
        assert await plans(client) == [1]


async def test_a_second_start_on_the_same_data_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        with pytest.raises(NoServer, match=r"in use by another service.*BILANS_DATA_DIR"):
            await refused(tmp_path)
        await client.bilans.plans.insert_one({"_id": 1})
        assert await plans(client) == [1]


async def test_the_socket_is_for_this_user_only_and_nothing_listens_on_tcp(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        assert (await client.admin.command("hello"))["me"] == str(tmp_path / "socket/mongodb-27017.sock")
        assert mode(tmp_path / "socket") == 0o700
        assert mode(tmp_path) == 0o700
        assert not tcp_sockets_of(await pid_of(client))


async def test_a_data_directory_deeper_than_a_socket_path_may_be_works(tmp_path: Path) -> None:
    deep = tmp_path / ("a long way down, " * 6) / "é"
    async with running(deep) as client:
        await client.bilans.plans.insert_one({"_id": 1})
        socket = Path((await client.admin.command("hello"))["me"])
    assert len(os.fsencode(socket)) <= SOCKET_PATH_LIMIT
    assert mode(socket.parent) == 0o700
    async with running(deep) as client:
        assert await plans(client) == [1]


@pytest.fixture
def near() -> Iterator[Path]:
    """A folder with a short path: that of a socket has 107 bytes at most."""
    with TemporaryDirectory(prefix="b") as folder:
        yield Path(folder)


async def test_a_copy_of_the_data_runs_beside_the_original(near: Path) -> None:
    original, copy = near / "original", near / "copy"
    async with running(original) as client:
        await client.bilans.plans.insert_one({"_id": 1})
    shutil.copytree(original / "mongodb", copy / "mongodb")

    async with (
        embedded_server(original),
        running(copy) as client,
    ):
        await client.bilans.plans.insert_one({"_id": 2})
        assert await plans(client) == [1, 2]
        assert (await client.admin.command("hello"))["hosts"] == [str(copy / "socket/mongodb-27017.sock")]
    async with running(original) as client:
        assert await plans(client) == [1]


async def test_damaged_data_are_told_with_what_mongod_said(tmp_path: Path) -> None:
    async with embedded_server(tmp_path):
        pass
    (tmp_path / "mongodb/WiredTiger").write_text("damaged")
    (tmp_path / "mongodb/WiredTiger.turtle").write_text("damaged")
    with pytest.raises(NoServer, match=r"mongod stopped at its start.*BILANS_MONGODB_URL.*WiredTiger error"):
        await refused(tmp_path)


async def test_a_data_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NoServer, match=r"cannot be used \(Not a directory.*BILANS_DATA_DIR"):
        await refused(tmp_path / "file/data")


async def test_a_thread_that_may_end_may_not_start_mongod(tmp_path: Path) -> None:
    async def start() -> None:
        async with embedded_server(tmp_path):
            pass

    with pytest.raises(RuntimeError, match="start it on the main one"):
        await asyncio.to_thread(asyncio.run, start())


def test_mongod_on_path_goes_before_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    wheel = find_mongod()
    (tmp_path / "mongod").symlink_to("/bin/true")
    assert wheel
    assert wheel.parts[-4:] == ("fiftyone", "db", "bin", "mongod")
    assert find_mongod() == tmp_path / "mongod"

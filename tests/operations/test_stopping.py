"""A stop by SIGTERM answers everybody who was let in, with one worker and with two."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.hostile.process import process

if TYPE_CHECKING:
    from pathlib import Path

    from storage.client import Database

SECRET = "of the tests, and thirty-two bytes long at least"
ASK = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
SECONDS = 60


async def visits(port: int, refused: asyncio.Event, answers: list[bytes]) -> None:
    """Come again and again, each time by a new connection, until nobody listens any more; keep what came back."""
    while not refused.is_set():
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            refused.set()
            return
        try:
            writer.write(ASK)
            answers.append(await reader.readline())
        except OSError as broken:
            answers.append(type(broken).__name__.encode())
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_whoever_was_let_in_is_answered(
    database: Database, mongodb_url: str, tmp_path: Path, workers: str
) -> None:
    settings = {"MONGODB_URL": mongodb_url, "MONGODB_DATABASE": database.name, "JWT_SECRET": SECRET}
    async with process(tmp_path, "--workers", workers, DATA_DIR=str(tmp_path), **settings) as running:
        port = int(running.url.rpartition(":")[2])
        refused, answers = asyncio.Event(), list[bytes]()
        async with asyncio.timeout(SECONDS), asyncio.TaskGroup() as visitors:
            for _ in range(8):
                visitors.create_task(visits(port, refused, answers))
            while len(answers) < 30:  # noqa: ASYNC110 - of eight visitors together
                await asyncio.sleep(0.01)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for last in (False, True):
                writer.write(ASK)
                head = await reader.readuntil(b"\r\n\r\n")
                assert head.startswith(b"HTTP/1.1 200 OK\r\n")
                assert (b"connection: close" in head) == last
                await reader.readexactly(int(head.partition(b"content-length: ")[2].split()[0]))
                if not last:
                    running.stop()
                    await refused.wait()
            assert await reader.read() == b""
            writer.close()
    assert set(answers) == {b"HTTP/1.1 200 OK\r\n"}

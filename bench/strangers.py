"""What somebody without a token can send to make others wait."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bench.target import CHUNK, Target

PONG = b'{"type":"pong"}'
FRAMES = 9_000
"""In one go, a thousand fewer than a client is cut for."""


async def long_heads(target: Target) -> None:
    """Send header fields without end, and no token."""
    _, writer = await asyncio.open_connection("127.0.0.1", target.port)
    with suppress(OSError):
        writer.write(b"GET /graphql HTTP/1.1\r\n")
        for number in range(800):
            if writer.is_closing():
                break
            writer.write(f"x-{number}: ".encode() + b"x" * CHUNK + b"\r\n")
            await writer.drain()
    writer.close()


async def idle(target: Target) -> None:
    """Open connections, and say nothing."""
    opened = []
    with suppress(OSError):
        for _ in range(100):
            opened.append(await asyncio.open_connection("127.0.0.1", target.port))  # noqa: PERF401 - those opened are closed
        await asyncio.sleep(5)
    for _, writer in opened:
        writer.close()


async def tiny_frames(target: Target) -> None:
    """Say nothing on a WebSocket, nine thousand times; then on another."""
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    with suppress(OSError, asyncio.IncompleteReadError):
        writer.write(
            b"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        frame = bytes((0x81, 0x80 | len(PONG), 0, 0, 0, 0)) + PONG
        writer.write(frame * FRAMES + b"\x88\x80\0\0\0\0")
        target.received += len(await reader.read())
        target.answered += 1
    writer.close()


async def health(target: Target) -> None:
    await target.send("GET /readyz HTTP/1.1")

"""What is attacked: requests of an attacker, what was answered, and how many bytes came back."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

CHUNK = 1 << 16
POST = "POST /graphql HTTP/1.1\r\nContent-Type: application/json\r\nAccept: application/json"


@dataclass
class Target:
    """The service, who attacks it, and what came back."""

    port: int
    tokens: dict[str, str]
    answered: int = 0
    received: int = 0
    links: list[str] = field(default_factory=list)

    async def send(self, head: str, body: bytes = b"", *, leave_after: float | None = None) -> bytes:
        """Send a request on a connection of its own; read its answer, or leave before it comes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        received = b""
        try:
            writer.write(
                f"{head}\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
            )
            async with asyncio.timeout(leave_after or 60):
                await writer.drain()
                while chunk := await reader.read(CHUNK):
                    self.received += len(chunk)
                    received += chunk if len(received) < 1 << 20 else b""
            self.answered += 1
        except (TimeoutError, OSError):
            pass
        finally:
            writer.close()
        return received

    async def ask(
        self,
        query: str,
        *,
        role: str = "staff",
        leave_after: float | None = None,
        **variables: Any,  # noqa: ANN401 - JSON
    ) -> Any:  # noqa: ANN401 - as above
        """Ask a question; the answer as it was read."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        head = f"{POST}\r\nAuthorization: Bearer {self.tokens[role]}"
        answer = await self.send(head, body, leave_after=leave_after)
        with suppress(ValueError):
            return json.loads(answer.partition(b"\r\n\r\n")[2])
        return None

    async def get(self, address: str, *, leave_after: float | None = None) -> None:
        """Open a link."""
        await self.send(f"GET {urlsplit(address).path} HTTP/1.1", leave_after=leave_after)

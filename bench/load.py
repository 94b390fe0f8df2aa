"""The load: connections that each wait for their answer, on loopback, over plain HTTP/1.1 kept alive."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.operations import Operation

_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Measure:
    """What a round has shown. Times in seconds; `processor` is that of the service, all its threads."""

    requests: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    mongod: float = 0.0
    """Processor time of the database's server, whatever else it does meanwhile included."""
    latencies: list[float] = field(default_factory=list)
    size: int = 0

    def percentile(self, percent: int) -> float:
        """Return a percentile of the latencies, in milliseconds."""
        return quantiles(self.latencies, n=100)[percent - 1] * 1000


def processor_seconds(process: int) -> float:
    """Read the processor time that a process and those it has started have used, all their threads included."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    started = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return (int(fields[11]) + int(fields[12])) / _TICKS + sum(map(processor_seconds, map(int, started)))


class Connection:
    """One connection, one request at a time."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._head = (
            f"POST /graphql HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
            "Accept: application/json\r\nContent-Type: application/json\r\nContent-Length: "
        ).encode()

    async def open(self) -> None:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port, limit=2**20)

    async def ask(self, body: bytes) -> bytes:
        """Send a request and wait for its answer; RuntimeError for anything but a 200 with a length."""
        self._writer.write(self._head + str(len(body)).encode() + b"\r\n\r\n" + body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        answer = await self._reader.readexactly(int(length[1])) if length else b""
        if b" 200 " not in head[:15] or length is None:
            raise RuntimeError((head + answer).decode()[:600])
        return answer

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


async def load(
    port: int, process: int, mongod: int, tokens: Sequence[str], operation: Operation, seconds: float
) -> Measure:
    """Ask for a time, over a connection for each token; RuntimeError at the first wrong answer."""
    measure, lines = Measure(), [Connection(port, token) for token in tokens]
    connections = len(lines)
    for line in lines:
        await line.open()
    answers = [b""] * connections
    for _ in range(2 if operation.name == "draft" else 1):  # the first save is refused and tells the version
        answers = await asyncio.gather(
            *(line.ask(operation.body(rank, 0, answers[rank])) for rank, line in enumerate(lines))
        )
    start, before, held = perf_counter(), processor_seconds(process), processor_seconds(mongod)
    end = start + seconds

    async def ask(rank: int) -> None:
        answer, number, began = answers[rank], 1, perf_counter()
        while began < end:
            answer = await lines[rank].ask(operation.body(rank, number, answer))
            if operation.expected not in answer or b'"errors"' in answer or b"STALE" in answer:
                raise RuntimeError(answer.decode()[:600])
            done = perf_counter()
            measure.latencies.append(done - began)
            began, number = done, number + 1
        measure.size = len(answer)

    await asyncio.gather(*(ask(rank) for rank in range(connections)))
    measure.seconds, measure.processor = perf_counter() - start, processor_seconds(process) - before
    measure.mongod = processor_seconds(mongod) - held
    measure.requests = len(measure.latencies)
    for line in lines:
        line.close()
    return measure

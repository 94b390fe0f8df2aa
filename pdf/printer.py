"""The printer: orders in, documents out, by a pool of warm worker processes; the event loop never renders."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pdf.errors import TooLong
from pdf.order import Order, Outcome, Printed
from pdf.seat import Seat

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import TracebackType

    from domain.plan import Plan
    from pdf.order import SealFile

T = TypeVar("T")
_GIGABYTE = 1 << 30


@dataclass(frozen=True)
class Document:
    """A PDF, its SHA-256 in hexadecimal, and the characters its font lacks, as `U+1F600 😀`."""

    content: bytes
    sha256: str
    replaced: tuple[str, ...]


class Printer:
    """Prints plans on `workers` processes, each one document at a time.

    A document has `seconds` to be made; a process has `memory` bytes of address space and is replaced after
    `lifetime` documents, because rendering leaks. With `seal`, transmitted reports are sealed. Used as a context
    manager, or between start() and close().
    """

    def __init__(
        self,
        workers: int = 1,
        *,
        seconds: float = 10,
        memory: int = _GIGABYTE,
        lifetime: int = 1000,
        seal: SealFile | None = None,
    ) -> None:
        self._free: asyncio.Queue[Seat] = asyncio.Queue()
        seat = partial(Seat, seconds=seconds, memory=memory, lifetime=lifetime, seal=seal)
        self._seats = tuple(seat() for _ in range(workers))
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Warm the workers in the background; printing may be asked for at once."""
        for seat in self._seats:
            self._in_background(self._warmed(seat))

    @property
    def pids(self) -> tuple[int, ...]:
        """Process numbers of the workers that are there."""
        return tuple(pid for seat in self._seats if (pid := seat.pid))

    async def close(self) -> None:
        """Give up what is being printed and end every worker."""
        while self._tasks:  # a seat whose document is given up asks for a fresh worker as it goes
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        for seat in self._seats:
            await seat.empty()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def print(
        self, plan: Plan, *, verification: str | None = None, verification_url: str | None = None
    ) -> Document:
        """Print a plan's report, whose facts are frozen already (`plan.as_reported()`).

        The same plan gives the same bytes in any process, unless it is sealed: a seal holds its instant, and chance.
        `verification` and `verification_url` print the code,
        and a QR code of the address, by which a holder of the paper checks it. Raises TooLong, PrintTimeout,
        PrintFailed, and ValueError where there is no report.
        """
        order = Order(plan=_lightened(plan), verification=verification, verification_url=verification_url)
        if order.hopeless:
            raise TooLong
        seat = await self._free.get()
        return await asyncio.shield(self._in_background(self._printed(order, seat)))

    async def _printed(self, order: Order, seat: Seat) -> Document:
        try:
            return _document(await seat.ask(order.model_dump_json().encode()))
        finally:
            if seat.warm:
                self._free.put_nowait(seat)
            else:
                self._in_background(self._warmed(seat))

    async def _warmed(self, seat: Seat) -> None:
        try:
            await seat.warm_up()
        finally:
            self._free.put_nowait(seat)

    def _in_background(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _lightened(plan: Plan) -> Plan:
    """Leave out the copy of the plan that its report carries, which the plan given is, and the other reports."""
    report = plan.report.model_copy(update={"facts": None}) if plan.report else None
    return plan.model_copy(update={"report": report, "earlier_reports": (), "later_reports": ()})


def _document(answer: bytes) -> Document:
    if answer[:1] == Outcome.TOO_LONG.value:
        raise TooLong
    head, _, content = answer[1:].partition(b"\n")
    replaced = Printed.model_validate_json(head).replaced
    return Document(content=content, sha256=sha256(content).hexdigest(), replaced=replaced)

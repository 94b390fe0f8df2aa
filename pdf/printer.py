"""The printer: orders in, documents out, by a pool of warm worker processes; the event loop never renders."""

from __future__ import annotations

import asyncio
from functools import partial
from hashlib import sha256
from time import monotonic
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pdf.coverage import printable
from pdf.document import PrintedReport
from pdf.errors import NotPrinted, TooLong
from pdf.order import AnswerKind, Order, Printed
from pdf.readings import Readings
from pdf.seat import Seat
from pdf.turns import Queue, Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from types import TracebackType

    from domain.plan import Plan
    from pdf.order import SealFile

T = TypeVar("T")
Ticket = asyncio.Future[Seat]
_GIGABYTE = 1 << 30


class Printer:
    """Prints plans on `workers` processes, and transmissions on one more that is theirs; each one document at a time.

    Transmissions go first, and each account in its turn. A document has `seconds` to be made; a process has `memory`
    bytes of address space and is replaced after `lifetime` documents, because rendering leaks. With `seal`,
    transmitted reports are sealed. Used as a context manager, or between start() and close().
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
        seat = partial(Seat, seconds=seconds, memory=memory, lifetime=lifetime, seal=seal)
        self._reserved = seat()
        self._seats = (self._reserved, *(seat() for _ in range(workers)))
        self._free: set[Seat] = set()
        self._turns: Turns[Ticket] = Turns()
        self._readings = Readings()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Warm the workers in the background; printing may be asked for at once."""
        self._in_background(asyncio.to_thread(printable))
        for seat in self._seats:
            self._in_background(self._warm(seat))

    async def warmed(self) -> None:
        """Wait until the workers that start are warm."""
        await asyncio.gather(*self._tasks)

    @property
    def waiting(self) -> int:
        """How many orders wait for their turn."""
        return len(self._turns)

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
        self,
        plan: Plan,
        *,
        account: str = "",
        transmitting: bool = False,
        verification: str | None = None,
        verification_url: str | None = None,
        on_worked: Callable[[float], None] = lambda _: None,
    ) -> PrintedReport:
        """Print a plan's report, whose facts are frozen already (`plan.as_reported()`), for an account.

        The same plan gives the same bytes in any process, unless it is sealed: a seal holds its instant, and chance.
        A report that is only read is printed once and kept a while. A document is given up when nobody waits for it
        any more. `verification` and `verification_url` print the code, and a QR code of the address, by which a
        holder of the paper checks it. `on_worked` is told of the seconds that it took, though nobody waits any more.

        Raises TooLong, PrintTimeout, PrintFailed, TooManyOrders, and ValueError where there is no report.
        """
        order = Order(plan=_lightened(plan), verification=verification, verification_url=verification_url)
        if order.too_long:
            raise TooLong
        message = order.model_dump_json().encode()
        if transmitting:
            return await self._made(message, account, self._turns.transmissions, on_worked)
        line = self._turns.readings
        return await self._readings.once(message, lambda: self._made(message, account, line, on_worked))

    async def _made(
        self, order: bytes, account: str, line: Queue[Ticket], on_worked: Callable[[float], None]
    ) -> PrintedReport:
        seat = await self._seat(account, line)
        return await asyncio.shield(self._in_background(self._printed(order, seat, on_worked)))

    async def _seat(self, account: str, line: Queue[Ticket]) -> Seat:
        """Wait for one's turn."""
        ticket: Ticket = asyncio.get_running_loop().create_future()
        line.join(account, ticket)
        self._call()
        try:
            return await ticket
        except asyncio.CancelledError:
            line.leave(account, ticket)
            if ticket.done() and not ticket.cancelled():
                self._release(ticket.result())
            raise

    def _call(self) -> None:
        """Give the free seats to those whose turn it is, the reserved one first: the others stay for readings."""
        for seat in [each for each in self._seats if each in self._free]:
            if ticket := self._next(seat):
                self._free.remove(seat)
                ticket.set_result(seat)

    def _next(self, seat: Seat) -> Ticket | None:
        while ticket := self._turns.next(transmissions_only=seat is self._reserved):
            if not ticket.cancelled():
                return ticket
        return None

    def _release(self, seat: Seat) -> None:
        self._free.add(seat)
        self._call()

    async def _printed(self, order: bytes, seat: Seat, on_worked: Callable[[float], None]) -> PrintedReport:
        begun = monotonic()
        try:
            document = _document(await seat.ask(order))
        except NotPrinted:
            on_worked(monotonic() - begun)
            raise
        else:
            on_worked(document.seconds)
            return document
        finally:
            if seat.warm:
                self._release(seat)
            else:
                self._in_background(self._warm(seat))

    async def _warm(self, seat: Seat) -> None:
        try:
            await seat.warm_up()
        finally:
            self._release(seat)

    def _in_background(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _lightened(plan: Plan) -> Plan:
    """Leave out the other reports, and the facts that the report keeps: the given plan has them already."""
    report = plan.report.model_copy(update={"facts": None}) if plan.report else None
    return plan.model_copy(update={"report": report, "earlier_reports": (), "later_reports": ()})


def _document(answer: bytes) -> PrintedReport:
    if answer[:1] == AnswerKind.TOO_LONG.value:
        raise TooLong
    head, _, content = answer[1:].partition(b"\n")
    printed = Printed.model_validate_json(head)
    digest = sha256(content).hexdigest()
    return PrintedReport(content=content, sha256=digest, replaced=printed.replaced, seconds=printed.seconds)

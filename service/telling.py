"""Tells what the service does: to the logs always, to Prometheus and OpenTelemetry by setting."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import blake2b
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog

from domain.errors import Unavailable
from schema.errors import CODES_AS_TOLD
from storage.data_directory import NoServer
from web.health import HEALTH

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from service.measuring import Meters
    from service.tracing import Traces
    from settings import Settings
    from supervision.loops import Loops
    from transport import Record
    from web.observation import PageRecord

SAMPLE_SECONDS = 5
logger = structlog.get_logger()


class WorkerEnded(Exception):  # noqa: N818 - what is the case
    """A worker ended that nobody told to; the message is its exit status."""


class Teller:
    """One a process. `secret` keys the pseudonyms of accounts in the logs."""

    def __init__(self, secret: bytes, meters: Meters | None = None, traces: Traces | None = None) -> None:
        self._secret = secret
        self._meters = meters
        self._traces = traces

    def request(self, record: Record) -> None:
        """One line a request; no name, free text, token or variable in it, and of the account a keyed hash only."""
        if record.codes:
            record = replace(record, codes=tuple(CODES_AS_TOLD.get(code, code) for code in record.codes))
        if record.fault is not None and record.reference:
            self.fault(record.reference, record.fault)
        logger.info(
            "request",
            transport=record.caller.transport,
            account=pseudonym_of(record.viewer.account, self._secret) if record.viewer else None,
            operation=record.name,
            kind=record.kind,
            cost=record.cost,
            outcome=record.outcome,
            codes=list(record.codes),
            status=record.status,
            events=record.events,
            bytes=record.bytes_sent,
            milliseconds=round(record.seconds * 1000, 1),
        )
        if self._meters:
            self._meters.request(record)
        if self._traces:
            self._traces.request(record)

    def page(self, record: PageRecord) -> None:
        """One line a request beside GraphQL too; none for those that only ask whether the service is well."""
        if record.page in HEALTH and record.status < HTTPStatus.BAD_REQUEST:
            return
        logger.info(
            "request",
            transport="http",
            page=record.page,
            status=record.status,
            bytes=record.bytes_sent,
            milliseconds=round(record.seconds * 1000, 1),
        )
        if self._meters:
            self._meters.page(record)
        if self._traces:
            self._traces.page(record)

    def fault(self, reference: str, fault: Exception) -> None:
        """Log the fault behind a reference that a client was shown."""
        logger.error("fault", reference=reference, kind=type(fault).__name__, exc_info=fault)
        if self._meters:
            self._meters.faults.inc()

    def loop_failed(self, loop: str, fault: Exception, pause: float) -> None:
        """Tell that what runs in the background has failed, and when it is tried again."""
        again_in = round(pause, 1)
        if isinstance(fault, Unavailable):
            logger.warning("loop waits for the database", loop=loop, again_in=again_in)
        else:
            reason = {"reason": str(fault)} if isinstance(fault, NoServer | WorkerEnded) else {}
            logger.error(
                "loop failed", loop=loop, kind=type(fault).__name__, exc_info=fault, again_in=again_in, **reason
            )
        if self._meters:
            self._meters.loop_faults.labels(loop).inc()
            if isinstance(fault, Unavailable):
                self._meters.outages.labels(loop).inc()

    def passed_over(self, kind: str, identifier: str, fault: Exception) -> None:
        """Name to the operator what cannot be read, and so is announced or sent to nobody until it is mended."""
        logger.error("passed over", what=kind, id=identifier, kind=type(fault).__name__, exc_info=fault)
        if self._meters:
            self._meters.passed_over.labels(kind).inc()

    def indexes_lacking(self, names: list[str]) -> None:
        """Tell which indexes are being made, then that all are there."""
        if names:
            logger.warning("indexes lacking", number=len(names), indexes=names)
        else:
            logger.info("indexes made")

    def trail_unwritten(self, error: str, waiting: int) -> None:
        """Tell that entries of the trail wait for the database."""
        logger.error("trail not written", error=error, waiting=waiting)
        if self._meters:
            self._meters.outages.labels("trail").inc()

    def transmitted(self) -> None:
        """Count a report that was transmitted and announced."""
        if self._meters:
            self._meters.transmissions.inc()

    def much_spent(self, account: str, seconds: float, bytes_sent: int) -> None:
        """Count what an account spends that spends much."""
        if self._meters:
            self._meters.spent(pseudonym_of(account, self._secret), seconds, bytes_sent)

    def spent_all(self, account: str) -> None:
        """Tell that an account was refused for what it had spent within the minute."""
        named = pseudonym_of(account, self._secret)
        logger.warning("account has spent its minute", account=named)
        if self._meters:
            self._meters.refused(named)

    @asynccontextmanager
    async def sampling(
        self, loops: Loops, *, subscribers: Callable[[], int], backlog: Callable[[], int]
    ) -> AsyncIterator[None]:
        """Sample every few seconds the figures that no event changes, if there are metrics."""
        if self._meters is None:
            yield
            return
        meters = self._meters

        async def sample() -> None:
            meters.subscribers.set(subscribers())
            meters.trail_backlog.set(backlog())
            await asyncio.sleep(SAMPLE_SECONDS)

        async with loops.running("figures", sample):
            yield


@asynccontextmanager
async def telling(settings: Settings, secret: bytes) -> AsyncIterator[Teller]:
    """Make the teller that the settings want; traces that wait are sent at the end."""
    meters, traces = None, None
    if settings.metrics_address:
        from service.measuring import Meters  # noqa: PLC0415 - a library that most do without

        meters = Meters(named=settings.trusted_only)
    if settings.traces_endpoint:
        from service.tracing import Traces  # noqa: PLC0415 - as above

        traces = Traces(settings.traces_endpoint, named=settings.trusted_only)
    try:
        yield Teller(secret, meters, traces)
    finally:
        if traces:
            await asyncio.to_thread(traces.close)


def pseudonym_of(account: str, secret: bytes) -> str:
    """Give accounts different names without naming people: the account of a job seeker is their identifier."""
    return blake2b(account.encode(), key=secret[:64], person=b"bilans-log", digest_size=6).hexdigest()

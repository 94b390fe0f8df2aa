"""Figures for Prometheus, of all workers together, behind an address of their own.

Labels have few values, all of them ours. The name of an operation is its client's, and is a label only where
nothing but trusted documents is executed.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from settings import WrongSetting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transport import Record
    from web.observation import PageRecord

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The folder through which workers share their figures. It must be set before prometheus-client is imported."""
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_AWAY = {"UNAVAILABLE"}


_ACCOUNTS = 200
OTHERS = "others"


class Meters:
    """The figures of one process."""

    def __init__(self, *, named: bool) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram  # noqa: PLC0415 - see SHARED

        kept = CollectorRegistry()  # what is told is read from SHARED
        self._named = named
        kind = ("transport", "kind", "operation")
        self.requests = Counter(
            "bilans_requests", "Operations, and requests for none.", (*kind, "outcome"), registry=kept
        )
        self.seconds = Histogram(
            "bilans_request_seconds", "Of queries and mutations.", kind, buckets=SECONDS, registry=kept
        )
        self.codes = Counter("bilans_errors", "Answers with an error of that code.", ("code",), registry=kept)
        self.pages = Counter("bilans_pages", "Requests beside GraphQL.", ("page", "status"), registry=kept)
        self.page_seconds = Histogram(
            "bilans_page_seconds", "Of requests beside GraphQL.", ("page",), buckets=SECONDS, registry=kept
        )
        self.faults = Counter("bilans_faults", "Faults of the service; the log explains each.", registry=kept)
        self.transmissions = Counter("bilans_transmissions", "Reports transmitted and announced.", registry=kept)
        self.outages = Counter(
            "bilans_database_outages", "Times that the database was away for somebody.", ("part",), registry=kept
        )
        self.loop_faults = Counter(
            "bilans_loop_faults", "Turns of what runs in the background that failed.", ("loop",), registry=kept
        )
        self.passed_over = Counter(
            "bilans_passed_over", "Documents that cannot be read; the log names each.", ("what",), registry=kept
        )
        self._accounts: set[str] = set()
        heavy, by_account = "of accounts that cause much, by the pseudonym that the logs have", ("account",)
        self.account_seconds = Counter(
            "bilans_account_work_seconds", f"Of service and database, {heavy}.", by_account, registry=kept
        )
        self.account_bytes = Counter("bilans_account_bytes", f"Answers, {heavy}.", by_account, registry=kept)
        self.account_refusals = Counter(
            "bilans_account_refusals", "Requests of who had spent the minute.", by_account, registry=kept
        )
        self.subscribers = Gauge(
            "bilans_subscribers", "Open subscriptions.", registry=kept, multiprocess_mode="livesum"
        )
        self.trail_backlog = Gauge(
            "bilans_trail_backlog", "Entries that wait to be written.", registry=kept, multiprocess_mode="livesum"
        )

    def spent(self, account: str, seconds: float, bytes_sent: int) -> None:
        """Count what an account spends, by its pseudonym; of too many accounts, those that come last together."""
        label = self._label(account)
        self.account_seconds.labels(label).inc(seconds)
        self.account_bytes.labels(label).inc(bytes_sent)

    def refused(self, account: str) -> None:
        """Count a request of an account that had spent its minute."""
        self.account_refusals.labels(self._label(account)).inc()

    def _label(self, account: str) -> str:
        if len(self._accounts) < _ACCOUNTS:
            self._accounts.add(account)
        return account if account in self._accounts else OTHERS

    def request(self, record: Record) -> None:
        """Count an operation; how long a subscription was held says nothing of the service."""
        name = record.name if self._named else None
        kind = (record.caller.transport, record.kind or "none", name or "")
        self.requests.labels(*kind, record.outcome).inc()
        if record.kind != "subscription":
            self.seconds.labels(*kind).observe(record.seconds)
        for code in record.codes:
            self.codes.labels(code).inc()
        if _AWAY.intersection(record.codes):
            self.outages.labels("requests").inc()

    def page(self, record: PageRecord) -> None:
        """Count a request beside GraphQL."""
        self.pages.labels(record.page, f"{record.status // 100}xx").inc()
        self.page_seconds.labels(record.page).observe(record.seconds)


@contextmanager
def metrics_served(address: str | None) -> Iterator[None]:
    """Answer Prometheus at HOST:PORT for the time of the block, for this process and those it starts."""
    if address is None:
        yield
        return
    with TemporaryDirectory(prefix="bilans-metrics-") as folder:
        os.environ[SHARED] = folder
        from prometheus_client import CollectorRegistry, start_http_server  # noqa: PLC0415 - see SHARED
        from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415 - as above

        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        host, _, port = address.rpartition(":")
        try:
            server, thread = start_http_server(int(port), host.strip("[]"), registry)
        except OSError as error:
            raise WrongSetting(f"BILANS_METRICS_ADDRESS={address}: cannot listen there ({error.strerror}).") from None
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def forget_worker(process_id: int | None) -> None:
    """Leave a worker that ended out of what is counted now; what it counted stays counted."""
    if process_id is not None and SHARED in os.environ:
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - see SHARED

        mark_process_dead(process_id)  # type: ignore[no-untyped-call]

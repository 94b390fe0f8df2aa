"""Traces for OpenTelemetry: a span a request, sent beside the service; in its attributes kinds, codes and figures."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from opentelemetry.util.types import AttributeValue

    from transport import Record
    from web.observation import PageRecord

_FAILED = {"fault", "timeout"}
_SERVER_ERROR = 500


class Traces:
    """Sends spans to a collector over OTLP/HTTP; one that does not answer costs requests nothing."""

    def __init__(self, endpoint: str, *, named: bool) -> None:
        self._named = named
        self._provider = TracerProvider(resource=Resource.create({"service.name": "bilans"}))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint)))
        self._tracer = self._provider.get_tracer("bilans")
        self._propagator = TraceContextTextMapPropagator()

    def request(self, record: Record) -> None:
        """Tell an operation; its name is its client's, and is told only where all operations are trusted."""
        kind = record.kind or "request"
        attributes: dict[str, AttributeValue] = {
            "graphql.operation.type": record.kind or "",
            "graphql.operation.name": (record.name or "") if self._named else "",
            "bilans.transport": record.caller.transport,
            "bilans.outcome": record.outcome,
            "bilans.cost": record.cost,
            "bilans.codes": list(record.codes),
            "bilans.events": record.events,
            "http.response.status_code": record.status,
            "http.response.body.size": record.bytes_sent,
        }
        failed = record.outcome in _FAILED
        self._span(f"graphql {kind}", attributes, record.seconds, failed=failed, parent=record.caller.traceparent)

    def page(self, record: PageRecord) -> None:
        """Tell a request beside GraphQL."""
        attributes: dict[str, AttributeValue] = {
            "bilans.page": record.page,
            "http.response.status_code": record.status,
            "http.response.body.size": record.bytes_sent,
        }
        self._span(f"page {record.page}", attributes, record.seconds, failed=record.status >= _SERVER_ERROR)

    def close(self) -> None:
        """Send what waits, and stop."""
        self._provider.shutdown()

    def _span(
        self,
        name: str,
        attributes: dict[str, AttributeValue],
        seconds: float,
        *,
        failed: bool,
        parent: str | None = None,
    ) -> None:
        end = time.time_ns()
        context = self._propagator.extract({"traceparent": parent}) if parent else None
        span = self._tracer.start_span(
            name, context, SpanKind.SERVER, attributes, start_time=end - round(seconds * 1e9)
        )
        if failed:
            span.set_status(Status(StatusCode.ERROR))
        span.end(end)

"""How the service tells what it does: structured logs, one line a request."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, WrappedLogger


def start_logging(log_format: str) -> None:
    """Send structured lines to standard error; the libraries' own logs too, warnings and worse only."""
    as_json, as_text = structlog.processors.JSONRenderer(), structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _traced,
            as_json if log_format == "json" else as_text,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


def _traced(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Show where a fault arose, without its message or values: they may hold what people wrote."""
    fault = event.pop("exc_info", None)
    if isinstance(fault, BaseException):
        trace = fault.__traceback__
        places = []
        while trace is not None:
            code = trace.tb_frame.f_code
            places.append(
                f"{code.co_filename.rsplit('/', 2)[-2]}/{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
            )
            trace = trace.tb_next
        event["places"] = places[-12:]
    return event

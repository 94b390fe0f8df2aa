"""How the service tells what it does: structured logs, one line a request."""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING, Any

import orjson
import structlog

if TYPE_CHECKING:
    from types import TracebackType

    from structlog.typing import EventDict, WrappedLogger


_LONGEST_MESSAGE = 200
_KNOWS_NOBODY = "opentelemetry"
"""A library that is given nothing of anybody: what it says is told whole."""


def start_logging(log_format: str) -> None:
    """Send structured lines to standard error; the libraries' own logs too, warnings and worse only."""
    as_json = log_format == "json"
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _traced,
            structlog.processors.JSONRenderer(_json) if as_json else structlog.dev.ConsoleRenderer(colors=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=(
            structlog.BytesLoggerFactory(sys.stderr.buffer) if as_json else structlog.WriteLoggerFactory(sys.stderr)
        ),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[LibraryLogs()], force=True)


def _json(event: EventDict, **options: Any) -> bytes:  # noqa: ANN401 - as structlog calls a serializer
    try:
        return orjson.dumps(event, **options)
    except TypeError:  # half a surrogate pair in what a library says
        return json.dumps(event, **options).encode()


class LibraryLogs(logging.Handler):
    """The libraries' logs, as lines like ours: what they say, without the values they say it of.

    A database error holds the document that was refused, a lost task the message of its exception.
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Tell the first line of the message as it stands in the library's source, and where a fault arose."""
        message = record.getMessage() if record.name.startswith(_KNOWS_NOBODY) else str(record.msg)
        said = message.partition("\n")[0][:_LONGEST_MESSAGE]
        fault = record.exc_info[1] if record.exc_info else None
        told = {"kind": type(fault).__name__, "exc_info": fault} if fault else {}
        structlog.get_logger().log(record.levelno, said, library=record.name, **told)


def tell_uncaught_faults(kind: type[BaseException], fault: BaseException, _: TracebackType | None) -> None:
    """Say what ended a command and where (a `sys.excepthook`), without the values that its message may hold."""
    places = ", ".join(_places(fault))
    sys.stderr.write(f"bilans: stopped by a fault of the service: {kind.__name__} at {places}\n")


def _traced(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Show where a fault arose, without its message or values: they may hold what people wrote."""
    fault = event.pop("exc_info", None)
    if isinstance(fault, BaseException):
        event["places"] = _places(fault)
    return event


def _places(fault: BaseException) -> list[str]:
    """Return the files and lines that a fault went through, the last of them."""
    trace, places = fault.__traceback__, []
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        places.append("/".join(name.split("/")[-2:]) + f":{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-12:]

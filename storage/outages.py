"""Tells errors of MongoDB that pass by themselves from faults."""

from __future__ import annotations

from contextlib import contextmanager
from functools import wraps
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from pymongo.errors import ConnectionFailure, ExecutionTimeout, OperationFailure, PyMongoError, WTimeoutError

from domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

P = ParamSpec("P")
T = TypeVar("T")
C = TypeVar("C")

_LABELS = ("RetryableWriteError", "TransientTransactionError")
_PASSING = frozenset({6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436})
"""Codes of elections, shutdowns and lost connections (specification of retryable reads)."""


def outages_told(
    question: Callable[P, Coroutine[Any, Any, T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    """Make a question to the database raise Unavailable for what passes by itself; anything else stays as it is.

    What was being written may be written or not: every act of the service may be asked for again.
    """

    @wraps(question)
    async def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await question(*args, **kwargs)
        except PyMongoError as error:
            _tell(error)
            raise

    return asked


@contextmanager
def outage_told() -> Iterator[None]:
    """Raise Unavailable for what passes by itself in the block; anything else stays as it is."""
    try:
        yield
    except PyMongoError as error:
        _tell(error)
        raise


def _tell(error: PyMongoError) -> None:
    if passes(error):
        raise Unavailable("Le service est momentanément indisponible : réessayez dans quelques secondes.") from error


def telling_outages(kept: type[C]) -> type[C]:
    """Make every public question of a repository tell outages."""
    for name, question in list(vars(kept).items()):
        if not name.startswith("_") and iscoroutinefunction(question):
            setattr(kept, name, outages_told(question))
    return kept


def passes(error: PyMongoError) -> bool:
    """Whether the same question or act, asked again in a moment, may succeed."""
    if isinstance(error, ConnectionFailure | ExecutionTimeout | WTimeoutError):
        return True
    if isinstance(error, OperationFailure) and error.code in _PASSING:
        return True
    return any(map(error.has_error_label, _LABELS))

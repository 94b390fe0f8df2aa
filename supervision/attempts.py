"""Tries one thing of many: a fault is told, and the others have their turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


def attempted(work: Callable[[], T], on_fault: Callable[[Exception], None]) -> T | None:
    """Return the result of the work. If it fails for any reason, `on_fault` is told and the result is None."""
    try:
        return work()
    except Exception as fault:  # noqa: BLE001 - a document that nobody foresaw is one document, not the end of all
        on_fault(fault)
        return None


async def attempted_async(work: Awaitable[T], on_fault: Callable[[Exception], None]) -> T | None:
    """Await work as `attempted` does it."""
    try:
        return await work
    except Exception as fault:  # noqa: BLE001 - as above
        on_fault(fault)
        return None

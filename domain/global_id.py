"""Global identifiers and cursors as text: opaque to clients, stable for ever.

What they say is sealed with the key of the installation, which is set once in a process before anything is shown:
objects of every room show their identifiers, and there is no installation but one in a process.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from domain.plan import Plan

CORRECTED = "CorrectedReport"
"""Kind of the identifier of a corrected report: the first of its plan keeps its own for ever."""


class Sealing(Protocol):
    """What makes texts opaque: the same text always gives the same bytes, and none but ours opens."""

    def __hash__(self) -> int:
        """Tell it apart from one with another key."""

    def seal(self, text: str) -> bytes:
        """Return what nobody reads."""

    def open(self, sealed: bytes) -> str | None:
        """Return the text; None for what is not sealed by us."""


_sealing: list[Sealing] = []


def seal_with(sealing: Sealing) -> None:
    """Seal from now on with the key of the installation; identifiers made before are others."""
    _sealing[:] = [sealing]


def opaque(text: str) -> str:
    """Make a text opaque; IndexError is a fault: no installation was named yet."""
    return _opaque(_sealing[0], text)


@lru_cache(maxsize=8_192)  # a page of a list shows one session and one organization many times
def _opaque(sealing: Sealing, text: str) -> str:
    return urlsafe_b64encode(sealing.seal(text)).decode().rstrip("=")


def read_opaque(given: str) -> str | None:
    """Read such a text back; None for what is none of ours, letter by letter."""
    try:
        sealed = urlsafe_b64decode(given.encode() + b"=" * (-len(given) % 4))
    except (Base64Error, UnicodeError, ValueError):
        return None
    if urlsafe_b64encode(sealed).decode().rstrip("=") != given:
        return None
    return _sealing[0].open(sealed)


def global_id(kind: str, key: str) -> str:
    """Make the identifier of an object of a public type."""
    return opaque(f"{kind}:{key}")


def report_id(plan: Plan) -> str:
    """Make the identifier of a plan's report: one names one transmitted report, whatever corrects it."""
    report = plan.report
    if report is None or report.correction is None:
        return global_id("Report", plan.id)
    return global_id(CORRECTED, f"{report.version}:{plan.id}")

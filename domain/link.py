"""An address that is handed out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Link:
    """An absolute address and the instant (UTC) at which it stops to open."""

    url: str
    expires_at: datetime

"""What everything behind the doors of a service stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from service.telling import Teller
    from settings import Settings
    from storage.client import Database
    from supervision.loops import Loops


@dataclass(frozen=True, slots=True)
class Ground:
    """Made once for each process; what runs is entered on `stack`, and left in the reverse order when it stops."""

    settings: Settings
    database: Database
    teller: Teller
    loops: Loops
    stack: AsyncExitStack

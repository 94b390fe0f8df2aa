"""The context of every entry point: the viewer, the instant and the services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from strawberry.types import Info as StrawberryInfo

from domain.calendar import paris_day

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from domain.access import Viewer
    from resolvers.services import Services
    from schema.loaders import Loaders


@dataclass(frozen=True, slots=True)
class Context:
    """One request. The clock is main's; it is asked once an operation, and once an event."""

    services: Services
    viewer: Viewer
    clock: Callable[[], datetime]
    loaders: Loaders

    @property
    def now(self) -> datetime:
        """The present instant, UTC, in milliseconds."""
        return self.clock()

    @property
    def today(self) -> date:
        """The day in Europe/Paris."""
        return paris_day(self.clock())

    @property
    def asked(self) -> tuple[Services, Viewer, datetime, date]:
        """The arguments of an act: services, viewer, now and today."""
        now = self.clock()
        return self.services, self.viewer, now, paris_day(now)


Info = StrawberryInfo[Context, None]

"""An organization that transmits, and the couriers of one or several workers, by a clock that the test sets."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from credentials.sealing import Seals
from domain.webhook import WebhookEvent
from outbound.sending import Sender
from outbound.targets import Targets
from resolvers import webhooks
from resolvers.calling import Calling
from resolvers.courier import Courier
from resolvers.letters import Letters
from resolvers.reminding import Reminding
from storage.due_webhooks import DueWebhooks
from storage.reminders import ReminderLog
from storage.webhooks import WebhookRepository
from tests.delivery.desk import Desk, adviser, desk_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from domain.access import Viewer
    from domain.webhook import Webhook
    from pdf.printer import Printer
    from resolvers.services import Services
    from storage.client import Database

AFTER_DAYS = 30
SEALING = b"of the tests, and thirty-two bytes"


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def passes(self, time: timedelta) -> None:
        self.now += time


@dataclass
class Office:
    """One worker: its desk, its sender, its courier."""

    desk: Desk
    courier: Courier
    reminding: Reminding
    services: Services
    clock: Clock

    async def registers(
        self,
        url: str,
        viewer: Viewer | None = None,
        after: int | None = None,
        events: Sequence[WebhookEvent] = (WebhookEvent.REPORT_TRANSMITTED,),
    ) -> tuple[Webhook, str]:
        viewer = viewer or adviser("A-1")
        return await webhooks.register_webhook(self.services, viewer, url, after, events, now=self.clock())

    async def listed(self, viewer: Viewer | None = None) -> Webhook:
        """The only webhook of a viewer."""
        (webhook,) = await webhooks.webhooks(self.services, viewer or adviser("A-1"))
        return webhook


def real_time() -> Clock:
    """A clock that stands still at the present: the reference library refuses what is signed at another time."""
    return Clock(datetime.now(UTC).replace(microsecond=0))


@asynccontextmanager
async def office_on(
    database: Database, printer: Printer, clock: Clock, *, sealing: bytes = SEALING, **options: Any
) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        desk = await stack.enter_async_context(desk_on(database, printer))
        targets = options.pop("targets", None) or Targets(loopback=True)
        sender = await stack.enter_async_context(Sender(targets, **options))
        seals = Seals("webhooks", sealing)
        due, reminders = DueWebhooks(database), ReminderLog(database)
        letters = Letters(desk.services.log, reminders, desk.services.plans, AFTER_DAYS)
        courier = Courier(due, letters, sender, seals, clock=clock, chance=lambda: 0.5)
        calling = Calling(WebhookRepository(database), sender, seals, courier.wake, reminders)
        reminding = Reminding(reminders, due, AFTER_DAYS, clock=clock)
        yield Office(desk, courier, reminding, replace(desk.services, calling=calling), clock)

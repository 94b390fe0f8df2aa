"""Puts the courier of webhooks together, and runs it beside the doors."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import structlog

from credentials.sealing import Seals
from outbound.sending import Sender
from outbound.targets import Targets
from resolvers.calling import Calling
from resolvers.courier import Courier
from resolvers.letters import Letters
from resolvers.reminding import Reminding
from service.clock import present
from storage.due_webhooks import DueWebhooks
from storage.reminders import ReminderLog
from storage.webhooks import WebhookRepository

if TYPE_CHECKING:
    from domain.webhook import WebhookFailure
    from resolvers.services import Services
    from service.ground import Ground
    from settings import Settings

logger = structlog.get_logger()


async def calling(ground: Ground, services: Services) -> Calling:
    """Call webhooks, woken by the hub, until the ground's stack is left."""
    settings, database, loops, stack = ground.settings, ground.database, ground.loops, ground.stack
    sender = await stack.enter_async_context(Sender(Targets(loopback=settings.webhook_loopback)))
    seals = webhook_seals(settings)
    due = DueWebhooks(database, on_passed_over=partial(ground.teller.passed_over, "webhook"))
    reminders = ReminderLog(database)
    letters = Letters(services.log, reminders, services.plans, services.late_after_days)
    courier = Courier(due, letters, sender, seals, clock=present, on_error=_not_called, on_disabled=_disabled)
    services.hub.on_announced = courier.wake
    await stack.enter_async_context(courier.running(loops))
    reminding = Reminding(reminders, due, services.late_after_days, clock=present, wake=courier.wake)
    await stack.enter_async_context(loops.running("reminders", reminding.turn))
    return Calling(WebhookRepository(database), sender, seals, courier.wake, reminders)


def webhook_seals(settings: Settings) -> Seals:
    """Return what seals the secrets of webhooks."""
    return Seals("webhooks", settings.sealing_secret(), settings.former_sealing_secrets())


def _not_called(error: Exception) -> None:
    logger.error("webhooks not called", error=type(error).__name__, exc_info=error)


def _disabled(webhook_id: str, failure: WebhookFailure) -> None:
    logger.warning("webhook disabled", webhook=webhook_id, failure=failure.value)

"""What a program does with its webhooks: registers, lists, tries, enables, removes them, and renews their secrets."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import TYPE_CHECKING

from domain.reminding import week_of
from domain.trail import Deed
from domain.webhook import (
    Webhook,
    WebhookEvent,
    bad_address,
    ping_body,
    pinged_too_often,
    require_events,
    require_receiver,
    webhook_not_found,
)
from outbound.signing import new_secret, signed
from outbound.targets import Forbidden
from resolvers.visits import acting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from domain.access import Viewer
    from domain.webhook import Answer
    from resolvers.calling import Calling
    from resolvers.services import Services


async def register_webhook(
    services: Services,
    viewer: Viewer,
    url: str,
    after: int | None,
    events: Sequence[WebhookEvent] = (WebhookEvent.REPORT_TRANSMITTED,),
    *,
    now: datetime,
) -> tuple[Webhook, str]:
    """Register an address for what comes from now on, or after a number; return it with its secret, shown once.

    The first digest is that of the week after.
    """
    calling = _calling(services)
    with acting(services, Deed.REGISTER_WEBHOOK):
        wanted = require_events(require_receiver(viewer), events)
        await _require_target(calling, url)
        secret = new_secret()
        webhook = Webhook(
            id=token_urlsafe(12),
            role=viewer.role,
            key=viewer.key,
            account=viewer.account,
            url=url,
            created_at=now,
            cursor=await services.log.head() if after is None else after,
            events=wanted,
            reminded=await calling.reminders.head(),
            digested=week_of(now) if WebhookEvent.REPORT_DIGEST in wanted else None,
            due_at=now,
        )
        await calling.webhooks.add(webhook, calling.seals.seal(secret))
    calling.wake()
    return webhook, secret


async def _require_target(calling: Calling, url: str) -> None:
    try:
        await calling.sender.targets.at(url)
    except Forbidden as forbidden:
        raise bad_address(str(forbidden)) from None


async def webhooks(services: Services, viewer: Viewer) -> Sequence[Webhook]:
    """List the viewer's webhooks, oldest first."""
    return await _calling(services).webhooks.of(viewer)


async def rotate_webhook_secret(
    services: Services, viewer: Viewer, webhook_id: str, *, now: datetime
) -> tuple[Webhook, str]:
    """Give a new secret, shown once."""
    calling = _calling(services)
    with acting(services, Deed.ROTATE_WEBHOOK_SECRET):
        secret = new_secret()
        return _found(await calling.webhooks.rotate(viewer, webhook_id, calling.seals.seal(secret), now=now)), secret


async def enable_webhook(services: Services, viewer: Viewer, webhook_id: str, *, now: datetime) -> Webhook:
    """Send again, from where it stopped."""
    calling = _calling(services)
    with acting(services, Deed.ENABLE_WEBHOOK):
        webhook = _found(await calling.webhooks.enable(viewer, webhook_id, now=now))
    calling.wake()
    return webhook


async def remove_webhook(services: Services, viewer: Viewer, webhook_id: str) -> Webhook:
    """Send nothing more; what was being sent at this instant may still arrive."""
    calling = _calling(services)
    with acting(services, Deed.REMOVE_WEBHOOK):
        webhook = _found(await calling.webhooks.find(viewer, webhook_id))
        await calling.webhooks.remove(viewer, webhook_id)
        return webhook


async def try_webhook(
    services: Services, viewer: Viewer, webhook_id: str, *, now: datetime
) -> tuple[Webhook, Answer]:
    """Send a message that announces nothing, and tell what became of it."""
    calling = _calling(services)
    webhook = _found(await calling.webhooks.find(viewer, webhook_id))
    sealed = await calling.webhooks.pinged(viewer, webhook_id, now=now)
    if not sealed:
        raise pinged_too_often()
    secrets = [secret for each in sealed if (secret := calling.seals.open(each))]
    message = signed(token_urlsafe(12), ping_body(now), secrets, now=now)
    return webhook, await calling.sender.post(webhook.url, message)


def _found(webhook: Webhook | None) -> Webhook:
    if webhook is None:
        raise webhook_not_found()
    return webhook


def _calling(services: Services) -> Calling:
    if services.calling is None:
        raise TypeError("webhooks are for a running service")
    return services.calling

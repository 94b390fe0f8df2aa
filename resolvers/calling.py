"""What webhooks are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from credentials.sealing import Seals
    from outbound.sending import Sender
    from storage.reminders import ReminderLog
    from storage.webhooks import WebhookRepository


@dataclass(frozen=True, slots=True)
class Calling:
    """Where they are kept, and what calls them; `wake` tells this process's courier to look at once."""

    webhooks: WebhookRepository
    sender: Sender
    seals: Seals
    wake: Callable[[], None]
    reminders: ReminderLog

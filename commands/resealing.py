"""The reseal command: encrypts the secrets of webhooks with the present LINK_SECRET, so the former can be removed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from service.calling import webhook_seals
from service.composition import connect
from service.serving import database_url
from storage.client import close_database
from storage.webhooks import WebhookRepository

if TYPE_CHECKING:
    from settings import Settings


async def reseal_webhooks(settings: Settings) -> int:
    """Encrypt the secrets anew; a service may be running.

    Return 0, or 1 where a secret of a webhook was encrypted with none of the secrets in the settings.
    """
    seals = webhook_seals(settings)

    def reseal(sealed: bytes) -> bytes | None:
        text = seals.open(sealed)
        return None if text is None else seals.seal(text)

    async with database_url(settings, shared=True) as url:
        database = connect(settings, url)
        try:
            done, left = await WebhookRepository(database).reseal(reseal)
        finally:
            await close_database(database)
    sys.stdout.write(f"{done} webhooks were sealed anew.\n")
    if left:
        sys.stdout.write(
            f"{left} webhooks were sealed with another secret: set BILANS_LINK_SECRET_FORMER to it, or have their "
            "owners rotate their secrets.\n"
        )
    return int(bool(left))

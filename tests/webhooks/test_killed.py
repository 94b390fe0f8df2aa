"""A worker that is killed while it calls: nothing is lost, and what comes again has the name it had."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from resolvers import acts
from resolvers.courier import HOLD
from tests.conftest import SECRET
from tests.factories import NOW, TODAY, a_form, a_plan, counsellor, staff
from tests.webhooks.office import office_on

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from pdf.printer import Printer
    from storage.client import Database
    from tests.webhooks.office import Clock
    from tests.webhooks.receiver import Receiver

ROOT = Path(__file__).parents[2]
SECONDS = 30


@asynccontextmanager
async def process(mongodb_url: str, database: Database) -> AsyncIterator[asyncio.subprocess.Process]:
    """The service as a process of its own, which listens."""
    environment = {
        "BILANS_MONGODB_URL": mongodb_url,
        "BILANS_MONGODB_DATABASE": database.name,
        "BILANS_JWT_SECRET": SECRET,
        "BILANS_WEBHOOK_LOOPBACK": "true",
    }
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "main.py", "serve", "--port", "0"),
        cwd=ROOT,
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert started.stdout
        async with asyncio.timeout(SECONDS):
            while b"Listening" not in await started.stdout.readline():
                assert started.returncode is None
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.wait()


async def test_what_a_killed_process_was_sending_is_sent_by_another_with_the_same_id(
    load: Callable[..., Awaitable[object]],
    database: Database,
    mongodb_url: str,
    printer: Printer,
    clock: Clock,
    receiver: Receiver,
) -> None:
    await load(a_plan())
    async with office_on(database, printer, clock, sealing=SECRET.encode()) as office:
        _, secret = await office.registers(receiver.url, counsellor())
        await office.courier.deliver_due()
        receiver.silent = True
        async with process(mongodb_url, database) as doomed:
            await acts.transmit_report(office.services, staff(), "P-1", a_form(), None, now=NOW, today=TODAY)
            first = await receiver.next()
            doomed.kill()
            await doomed.wait()

        receiver.silent = False
        clock.now = datetime.now(UTC) + HOLD
        await office.courier.deliver_due()
        again = await receiver.next()
        assert (again.id, again.verified(secret)) == (first.id, first.verified(secret))
        assert (await office.listed(counsellor())).cursor == 1

"""The primary is killed under sixteen writers: what was acknowledged is kept, once, and everybody is told, once."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from pymongo import WriteConcern
from pymongo.read_concern import ReadConcern

from storage.client import close_database, open_database
from tests import DRIVER
from tests.cluster import cluster
from tests.delivery.desk import desk_on, load, plan, prepared
from tests.delivery.failover import Inside, Journal, Trial, trial, verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pdf.printer import Printer


async def test_nothing_acknowledged_is_lost_or_doubled_when_the_primary_is_killed(
    tmp_path: Path, printer: Printer, record_property: Callable[[str, object], None]
) -> None:
    journal = Journal(tmp_path / "journal")
    async with cluster(tmp_path) as trio:
        database = open_database(trio.url, driver=DRIVER)
        await prepared(database)
        async with desk_on(database, printer) as desk, trial(Inside(desk, database), journal) as under_way:
            await under_way.until(lambda: under_way.sent >= 3)
            killed_member = await trio.primary()
            killed_member.kill()
            killed = under_way.sent
            await under_way.until(lambda: under_way.sent >= killed + 5)
        assert await verdict(journal, database, under_way.events) == []
        assert await trio.primary() is not killed_member
        await close_database(database)
    record_property("longest_gap_seconds", journal.longest_gap)  # told, not judged: machines are shared


async def test_the_judge_sees_what_is_lost_when_one_member_alone_acknowledges(
    tmp_path: Path, printer: Printer
) -> None:
    """The same with w:1: the primary dies with what the others, frozen, had not copied.

    They are killed and started again: what the primary sent them stands in the buffers of their sockets,
    and a member that merely goes on would read it there.
    """
    journal = Journal(tmp_path / "journal")
    async with cluster(tmp_path, election_ms=4_000) as trio:
        careful = open_database(trio.url, driver=DRIVER)
        await prepared(careful)
        await load(careful, *(plan(number) for number in range(1, 9)))
        careless = careful.client.get_database(
            careful.name,
            codec_options=careful.codec_options,
            write_concern=WriteConcern(1),
            read_concern=ReadConcern("local"),
        )
        primary = await trio.whole()
        others = [member for member in trio.members if member is not primary]
        async with desk_on(careless, printer) as desk:
            for member in others:
                member.signal(signal.SIGSTOP)
            await saved_once(Trial(Inside(desk, careless), journal), 8)
            primary.kill()
            for member in others:
                member.kill()
                member.start()
            await trio.primary()
            found = await verdict(journal, careful, [])
        await close_database(careful)
    assert "P-1: draft lost" in found


async def saved_once(under_way: Trial, count: int) -> None:
    """Save a draft of each of the first plans."""
    for number in range(1, count + 1):
        await under_way.save(f"P-{number}", f"P-{number}, essai 0", None)

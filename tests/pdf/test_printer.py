"""The pool of worker processes: never in the way of the event loop, bounded, and mended."""

import asyncio
import os
import select
import signal
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from pdf.errors import PrintFailed, PrintTimeout, TooLong
from pdf.printer import Printer
from tests.pdf.plans import EMOJI, answering, draft, plan


def environment(pid: int) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


async def warm(printer: Printer) -> int:
    """Return the number of the one worker, once it has printed."""
    await printer.print(plan(), transmitting=True)
    return printer.pids[0]


async def test_a_printed_document_comes_with_its_digest_and_what_was_replaced(shared: Printer) -> None:
    document = await shared.print(EMOJI, transmitting=True)
    assert document.content.startswith(b"%PDF-1.7")
    assert document.sha256 == sha256(document.content).hexdigest()
    assert "U+6F22 漢" in document.replaced


async def test_two_processes_with_other_hash_seeds_make_the_same_bytes() -> None:
    seen = set()
    for _ in range(2):
        async with Printer(workers=0) as printer:
            seen.add((await printer.print(plan(), transmitting=True)).content)
    assert len(seen) == 1


async def test_what_a_worker_printed_before_leaves_no_trace_in_a_document(shared: Printer) -> None:
    first = await shared.print(plan(), transmitting=True)
    await shared.print(EMOJI, transmitting=True)
    await shared.print(plan(draft()), transmitting=True)
    assert (await shared.print(plan(), transmitting=True)).content == first.content


async def test_other_data_make_other_bytes(shared: Printer) -> None:
    document, corrected = (
        await shared.print(plan(), transmitting=True),
        await shared.print(plan(draft(answering(objective="Autre")))),
    )
    assert document.sha256 != corrected.sha256


async def test_the_event_loop_goes_on_while_a_document_is_made(shared: Printer) -> None:
    pid = await warm(shared)
    os.kill(pid, signal.SIGSTOP)
    printing = asyncio.create_task(shared.print(plan(), transmitting=True))
    turns = 0
    while turns < 1000:
        await asyncio.sleep(0)
        turns += 1
    assert not printing.done()
    os.kill(pid, signal.SIGCONT)
    assert (await printing).content.startswith(b"%PDF")


async def test_a_worker_that_dies_while_it_prints_is_replaced_and_the_document_made(printer: Printer) -> None:
    pid = await warm(printer)
    os.kill(pid, signal.SIGSTOP)
    printing = asyncio.create_task(printer.print(plan(), transmitting=True))
    await asyncio.sleep(0)
    os.kill(pid, signal.SIGKILL)
    assert (await printing).content.startswith(b"%PDF")
    assert printer.pids != (pid,)


async def test_a_worker_that_died_at_rest_is_replaced(printer: Printer) -> None:
    pid = await warm(printer)
    os.kill(pid, signal.SIGKILL)
    assert (await printer.print(plan(), transmitting=True)).content.startswith(b"%PDF")


async def test_a_render_that_takes_too_long_is_killed_and_the_next_one_is_made() -> None:
    async with Printer(workers=0, seconds=2) as printer:
        pid = await warm(printer)
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(PrintTimeout, match="trop de temps"):
            await printer.print(plan(), transmitting=True)
        assert gone(pid)
        assert (await printer.print(plan(), transmitting=True)).content.startswith(b"%PDF")


async def test_a_worker_has_no_more_memory_than_it_is_given(capfd: pytest.CaptureFixture[str]) -> None:
    async with Printer(workers=0, memory=64 << 20) as printer:
        with pytest.raises(PrintFailed, match="n'a pas pu être produit"):
            await printer.print(plan(), transmitting=True)
    assert capfd.readouterr().err != ""


async def test_a_worker_is_replaced_at_the_end_of_its_life() -> None:
    async with Printer(workers=0, lifetime=2) as printer:
        pid = await warm(printer)
        await printer.print(plan(), transmitting=True)
        assert await warm(printer) != pid
        assert gone(pid)


async def test_a_refusal_leaves_the_worker_at_work(shared: Printer) -> None:
    pid = await warm(shared)
    with pytest.raises(TooLong):
        await shared.print(plan(draft(answering(content="a\n" * 390))), transmitting=True)
    assert await warm(shared) == pid


async def test_a_plan_without_a_report_is_not_printed(shared: Printer) -> None:
    with pytest.raises(ValueError, match="without a report"):
        await shared.print(plan().with_report(None))


async def test_a_caller_who_goes_away_leaves_the_worker_at_work(shared: Printer) -> None:
    pid = await warm(shared)
    os.kill(pid, signal.SIGSTOP)
    printing = asyncio.create_task(shared.print(plan(), transmitting=True))
    await asyncio.sleep(0)
    printing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await printing
    os.kill(pid, signal.SIGCONT)
    assert (await shared.print(EMOJI, transmitting=True)).replaced
    assert await warm(shared) == pid


async def test_two_workers_print_side_by_side() -> None:
    async with Printer() as printer:
        documents = await asyncio.gather(*(printer.print(plan(), transmitting=True) for _ in range(6)))
        assert len({document.sha256 for document in documents}) == 1
        assert len(set(printer.pids)) == 2


async def test_closing_ends_the_workers_even_while_they_start() -> None:
    printer = Printer(workers=2)
    await printer.start()
    await printer.close()
    assert printer.pids == ()


async def test_closing_ends_a_worker_that_starts_in_the_place_of_another() -> None:
    printer = Printer(workers=0)
    await printer.start()
    os.kill(await warm(printer), signal.SIGKILL)
    printing = asyncio.create_task(printer.print(plan(), transmitting=True))
    await asyncio.sleep(0)
    await printer.close()
    assert printer.pids == ()
    assert isinstance((await asyncio.gather(printing, return_exceptions=True))[0], asyncio.CancelledError)


async def test_what_a_document_takes_of_the_processor_is_told_even_where_who_asked_has_left() -> None:
    worked: asyncio.Future[float] = asyncio.get_running_loop().create_future()
    async with Printer(workers=0) as printer:
        await printer.warmed()
        printing = asyncio.create_task(printer.print(plan(), transmitting=True, on_worked=worked.set_result))
        for _ in range(5):  # turns of the loop, after which its worker has the order
            await asyncio.sleep(0)
        printing.cancel()
        async with asyncio.timeout(30):
            assert 0 < await worked < 10
    assert printing.cancelled()


async def test_closing_ends_a_worker_at_work() -> None:
    async with Printer(workers=0) as printer:
        pid = await warm(printer)
    assert gone(pid)


async def test_a_worker_knows_none_of_the_settings_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILANS_TOKEN_KEY", "not-for-workers")
    async with Printer(workers=0) as printer:
        pid = await warm(printer)
        given = environment(pid)
    assert b"BILANS_" not in given
    assert b"FONTCONFIG_FILE=" in given


SERVICE = """
import asyncio
from pdf.printer import Printer
from tests.pdf.plans import plan

async def main():
    async with Printer(workers=0) as printer:
        await printer.print(plan(), transmitting=True)
        print(printer.pids[0], flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_worker_ends_with_a_service_that_is_killed() -> None:
    service = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVICE, stdout=asyncio.subprocess.PIPE)
    assert service.stdout
    worker = os.pidfd_open(int(await service.stdout.readline()))
    try:
        service.kill()
        await service.wait()
        ended, _, _ = await asyncio.to_thread(select.select, [worker], [], [], 10)
        assert ended == [worker]
    finally:
        os.close(worker)

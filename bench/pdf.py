"""How many documents a core prints in a second, and what they weigh: `python -m bench.pdf [documents]`.

Goals: 9 a second for one page, 7 for two, at most 40 KB. Rates are by processor time of one worker, so that a
busy machine does not show; the rate by the clock stands beside them.
"""

import asyncio
import sys
import time
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from domain.plan import Plan
from pdf.printer import Printer
from tests.pdf.plans import answering, plan, sent

ONE_PAGE = plan()
TWO_PAGES = plan(
    sent(
        answering(
            objective="Exercer le métier en autonomie, du premier accueil à la facturation. " * 30,
            content="Préparer le chantier ; contrôler la pose ; rendre compte. " * 40,
        )
    )
)


def spent(pid: int) -> float:
    """Return the processor seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def resident(pid: int) -> int:
    """Return the resident memory of a process, in megabytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 >> 20


async def measured(printer: Printer, document: Plan, count: int) -> None:
    address = {"verification": "7KQ4-M2XD", "verification_url": "https://bilans.example.fr/v/7KQ4-M2XD"}
    content = (await printer.print(document, transmitting=True, **address)).content
    pid = printer.pids[0]
    before, used, clock = resident(pid), spent(pid), time.perf_counter()
    for _ in range(count):
        await printer.print(document, transmitting=True, **address)
    used, clock = spent(pid) - used, time.perf_counter() - clock
    pages = len(PdfReader(BytesIO(content)).pages)
    sys.stdout.write(
        f"{pages} page(s): {count / used:.1f} a second and core, {count / clock:.1f} by the clock, "
        f"{len(content) / 1000:.1f} KB, worker from {before} to {resident(pid)} MB\n"
    )


async def main(count: int) -> None:
    begun = time.perf_counter()
    async with Printer(workers=0) as printer:
        await printer.print(ONE_PAGE, transmitting=True)
        sys.stdout.write(f"first document, worker started: {time.perf_counter() - begun:.2f} s\n")
        await measured(printer, ONE_PAGE, count)
        await measured(printer, TWO_PAGES, count)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50))

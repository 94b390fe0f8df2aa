"""How many documents a core prints in a second, and what they weigh: `python -m bench.pdf [documents] [--where]`.

Goals: 9 a second for one page, 7 for two, at most 40 KB. Rates are by processor time of one worker, so that a
busy machine does not show; the rate by the clock stands beside them. `--where`: on what the time of a page goes,
instead, in this process (bench/sampling.py).
"""

import asyncio
import gc
import sys
import time
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from bench.sampling import Sampler, tell
from domain.plan import Plan
from pdf.order import Order
from pdf.press import Press
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


PARTS = {
    "QR code": ("segno/", "press.py:_qr", "weasyprint/svg/"),
    "reading HTML": ("tinyhtml5/", "html5lib/", "jinja2/", "markupsafe/", "report.html"),
    "styles": ("weasyprint/css/", "tinycss2/", "cssselect2/"),
    "boxes": ("weasyprint/formatting_structure/", "weasyprint/html.py"),
    "fonts: embedding, subset": ("weasyprint/pdf/fonts", "fontTools/", "weasyprint/text/fonts"),
    "lines of text, Pango": ("weasyprint/text/", "weasyprint/layout/inline"),
    "layout": ("weasyprint/layout/",),
    "tags of accessibility": ("weasyprint/pdf/tags", "pdf/finish"),
    "drawing": ("weasyprint/draw/", "weasyprint/pdf/stream", "weasyprint/images", "weasyprint/stacking"),
    "writing the file": ("pydyf/", "weasyprint/pdf/", "weasyprint/document", "pdf/identity"),
    "our own: template, ink, data": (
        "/pdf/press",
        "/pdf/sheet",
        "/pdf/ink",
        "/pdf/ease",
        "/pdf/data",
        "pydantic",
    ),
}


def where(count: int) -> None:
    """Print a page again and again, and tell on what the time goes."""
    press, sampler = Press(), Sampler(PARTS, "the rest")
    order = Order(plan=ONE_PAGE, verification="7KQ4-M2XD", verification_url="https://bilans.example.fr/v/7KQ4-M2XD")
    press.proof(order)
    gc.collect()
    gc.freeze()
    sampler.begin()
    begun = time.process_time()
    for _ in range(count):
        press.proof(order)
    whole = (time.process_time() - begun) / count * 1000
    sampler.end()
    tell(f"a page, {count} times", whole, "ms", sampler.seen)


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
    numbers = [int(each) for each in sys.argv[1:] if each.isdecimal()]
    documents = numbers[0] if numbers else 50
    if "--where" in sys.argv:
        where(documents)
    else:
        asyncio.run(main(documents))

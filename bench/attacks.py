"""What one account, or somebody without a token, can send to make others wait; each of a process of its own.

`python -m bench.attacks NAME --port N --seconds S` with a token for each role in `ATTACK_TOKENS` (JSON). Only this
machine is asked. It prints how many requests were answered, and how many bytes came back. It works at a low priority:
who attacks from elsewhere takes nothing of this processor.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import os
import sys
import zipfile
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.strangers import health, idle, long_heads, tiny_frames
from bench.target import POST, Target

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SAVE = "mutation q($i: SaveReportDraftInput!) { saveReportDraft(input: $i) { userErrors { code } } }"
PREVIEW = "mutation q($i: PreviewReportInput!) { previewReport(input: $i) { document { url } } }"
WORDS = " ".join(f"mot{n}" for n in range(495))
DRAFTS = "{ draftReports(first: 60) { nodes { document { url } } } }"
TEXTS = "{ draftReports(first: 100) { nodes { form { objective content } } } }"
CURSED = "a\u00ad" * 1_500
UPLOAD = "mutation { importReportTemplate(input: {}) { upload { url } } }"
FORMATS = "http://schemas.openxmlformats.org"
SHEETS = f'<workbook xmlns="{FORMATS}/spreadsheetml/2006/main"><sheets>{{}}</sheets></workbook>'
TYPES = (
    f'<Types xmlns="{FORMATS}/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)


def twenty(text: str) -> str:
    """Repeat a field under twenty names."""
    return "{ " + " ".join(f"a{n}: {text}" for n in range(20)) + " }"


async def harmless(target: Target) -> None:
    """Ask what anybody asks: beside it, one sees what is the attack and what is only a crowd."""
    await target.ask("{ pendingPlans(first: 20) { totalCount nodes { id title } } }")


async def unknown_keys(target: Target) -> None:
    await target.ask(SAVE, i={"trainingPlanId": "x", "form": {}, **{f"k{n}": 0 for n in range(24_000)}})


async def wrong_numbers(target: Target) -> None:
    query = (
        'query q($s: [ReportStatus!]) { jobSeekers(search: "") { nodes { plans(reportStatus: $s) { totalCount } } } }'
    )
    await target.ask(query, s=list(range(40_000)))


async def many_words(target: Target) -> None:
    await target.ask(f"query q($s: String) {twenty('pendingSessions(search: $s) { nodes { id } }')}", s=WORDS)


async def eight_words(target: Target) -> None:
    fields = " ".join(f"a{n}: pendingSessions(search: $s) {{ nodes {{ id }} }}" for n in range(8))
    await target.ask(f"query q($s: String) {{ {fields} }}", s="c t n a r i v u")


async def words_and_away(target: Target) -> None:
    fields = " ".join(f"a{n}: pendingSessions(search: $s) {{ totalCount }}" for n in range(8))
    await target.ask(f"query q($s: String) {{ {fields} }}", s="c t n a r i v zz", leave_after=0.05)


async def codes(target: Target) -> None:
    await target.ask(twenty('nomenclature(name: ROME, search: "e") { code }'), role="trainee")


async def statistics(target: Target) -> None:
    await target.ask("{ a: statistics { total { plans } } b: statistics(by: YEAR) { total { plans } } }")


async def drafts_opened(target: Target) -> None:
    await _links(target)
    await target.get(target.links[target.answered % len(target.links)])


async def drafts_left(target: Target) -> None:
    await _links(target)
    await target.get(target.links[0], leave_after=0.02)


async def _links(target: Target) -> None:
    if not target.links:
        answer = await target.ask(DRAFTS)
        target.links = [each["document"]["url"] for each in answer["data"]["draftReports"]["nodes"]]


async def soft_hyphens(target: Target) -> None:
    if not target.links:
        answer = await target.ask("{ pendingPlans(first: 1) { nodes { id } } }")
        plan = answer["data"]["pendingPlans"]["nodes"][0]["id"]
        made = await target.ask(PREVIEW, i={"trainingPlanId": plan, "form": {"objective": CURSED, "content": CURSED}})
        target.links = [made["data"]["previewReport"]["document"]["url"]]
    await target.get(target.links[0])


async def exports(target: Target) -> None:
    if not target.links:
        answer = await target.ask("{ pendingPlans { export(format: XLSX) { url } } }")
        target.links = [answer["data"]["pendingPlans"]["export"]["url"]]
    await target.get(target.links[0])


async def texts(target: Target) -> None:
    await target.ask(TEXTS)


async def texts_untaken(target: Target) -> None:
    """Ask for much, and take none of it."""
    body = json.dumps({"query": TEXTS}).encode()
    _, writer = await asyncio.open_connection("127.0.0.1", target.port, limit=1)
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    head = f"{POST}\r\nHost: x\r\nAuthorization: Bearer {target.tokens['staff']}"
    with suppress(OSError):
        for _ in range(50):
            if writer.is_closing():
                break
            writer.write(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            await asyncio.sleep(0.1)
    writer.close()


async def acts_of_nothing(target: Target) -> None:
    act = 'withdrawAbsence(input: { trainingPlanId: "bm9uZQ", absenceId: "none" }) { userErrors { code } }'
    await target.ask("mutation " + twenty(act))


async def pages_again(target: Target) -> None:
    await target.ask("{ pendingPlans(first: 100) { nodes { id } } }")


async def fragments(target: Target) -> None:
    links = " ".join(f"fragment F{n} on Query{{...F{n + 1} ...F{n + 1}}}" for n in range(5_000))
    await target.ask(f"{{...F0}} {links} fragment F5000 on Query{{viewer{{name}}}}")


@cache
def workbook() -> bytes:
    """Make a spreadsheet of 50 KB with half a million sheets, all of them empty."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("xl/workbook.xml", SHEETS.format('<sheet name="x" sheetId="9"/>' * 500_000))
        written.writestr("[Content_Types].xml", TYPES)
    return file.getvalue()


async def workbooks(target: Target) -> None:
    if not target.links:
        answer = await target.ask(UPLOAD)
        target.links = [answer["data"]["importReportTemplate"]["upload"]["url"]]
    await target.send(f"POST {urlsplit(target.links[0]).path} HTTP/1.1", workbook())


async def pages(target: Target) -> None:
    await target.send(f"GET /sessions HTTP/1.1\r\nAccept: text/html\r\nCookie: bureau={target.tokens['cookie']}")


ATTACKS: dict[str, tuple[Callable[[Target], Awaitable[object]], int]] = {
    "harmless requests": (harmless, 20),
    "unknown keys in variables": (unknown_keys, 4),
    "wrong numbers for a list of enums": (wrong_numbers, 4),
    "495 words, 20 times": (many_words, 20),
    "8 words, 8 times, all there is": (eight_words, 20),
    "the same, and away after 50 ms": (words_and_away, 20),
    "a job seeker's 20 searches of codes": (codes, 20),
    "statistics": (statistics, 20),
    "links to drafts": (drafts_opened, 3),
    "links to drafts, left after 20 ms": (drafts_left, 10),
    "a preview of soft hyphens": (soft_hyphens, 3),
    "links to an export": (exports, 50),
    "long texts": (texts, 20),
    "long texts, not taken": (texts_untaken, 20),
    "acts that change nothing": (acts_of_nothing, 20),
    "the same page again": (pages_again, 20),
    "fragments that double": (fragments, 4),
    "spreadsheets that take long to read": (workbooks, 10),
    "pages of the desk": (pages, 20),
    "tiny frames (no token)": (tiny_frames, 4),
    "heads without end (no token)": (long_heads, 20),
    "idle connections (no token)": (idle, 10),
    "readiness (no token)": (health, 50),
}
"""By name: what is sent, and how many send it at once."""


async def attack(name: str, target: Target, seconds: float) -> None:
    """Send for a time."""
    send, at_once = ATTACKS[name]

    async def again() -> None:
        while True:
            with suppress(OSError, KeyError, TypeError, IndexError):
                await send(target)
            await asyncio.sleep(0)

    tasks = [asyncio.create_task(again()) for _ in range(at_once)]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=[*ATTACKS])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parsed = parser.parse_args()
    os.nice(10)
    attacked = Target(parsed.port, json.loads(os.environ["ATTACK_TOKENS"]))
    asyncio.run(attack(parsed.name, attacked, parsed.seconds))
    sys.stdout.write(json.dumps({"answered": attacked.answered, "received": attacked.received}))

"""Texts that would get out of the page, or out of its bounds."""

import asyncio
import os
import sys
from datetime import date

import pytest
from weasyprint.urls import FatalURLFetchingError

from domain.form import Form, Internship, Period
from pdf import fonts
from pdf.errors import TooLong
from pdf.press import OwnWatermarkOnly
from pdf.printer import Printer
from tests.pdf.conftest import paper, text
from tests.pdf.plans import ORGANIZATION, PERIODS, answering, draft, plan, sent

SET_APART = str.maketrans(dict.fromkeys(" -"))
"""Lines break and words are hyphenated; what is left is what was typed."""


@pytest.mark.parametrize(
    "attempt",
    [
        '<img src="file:///etc/passwd">',
        "<link rel=attachment href=file:///etc/passwd>",
        "{{ 7 * 7 }} {% raw %}",
        "</p></section><script>alert(1)</script>",
        "<style>@page { background: url(http://127.0.0.1/) }</style>",
        "&lt;b&gt; &amp; &#65;",
    ],
)
async def test_markup_is_printed_as_it_was_typed(shared: Printer, attempt: str) -> None:
    hostile = ORGANIZATION.model_copy(update={"legal_name": attempt})
    typed = plan(sent(answering(objective=attempt)), organization=hostile)
    said = (await text(shared, typed)).translate(SET_APART)
    assert said.count(attempt.translate(SET_APART)) == 2
    assert list((await paper(shared, typed)).attachments) == ["bilan.json"]


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://127.0.0.1/", "data:text/plain,x", "style.css"])
def test_no_address_is_fetched(address: str) -> None:
    with pytest.raises(FatalURLFetchingError):
        OwnWatermarkOnly().fetch(address)


async def test_a_combining_letter_cannot_eat_the_markup_before_it(shared: Printer) -> None:
    said = await text(shared, plan(sent(answering(objective="\u0338un objectif"))))
    assert "objectif" in said
    assert "<p" not in said


async def test_a_word_of_3000_letters_is_broken_within_its_column(shared: Printer) -> None:
    pages = (await paper(shared, plan(sent(answering(content="m" * 3000))))).pages
    lines = [line for page in pages for line in page.extract_text().split() if set(line) == {"m"}]
    assert sum(map(len, lines)) == 3000
    assert max(map(len, lines)) < 60


@pytest.mark.parametrize(
    "unit",
    [
        "m\xad",
        "m\u00a0",
        "m\u034f",
        "ffi",
        "l'",
        "a :",
        "aא",
        "a\u1680",
        "a\u0323\u0302",
        "\u200b\u200d",
        "漢",
        "⽍ᬣֵΰ⺑␚ffi",
    ],
)
async def test_texts_that_were_slow_to_lay_out_are_printed_in_their_time(shared: Printer, unit: str) -> None:
    """Each of these took ten seconds and more, at the end of which its worker was killed, or grew towards it."""
    slow = (unit * 3000)[:3000]
    pid = shared.pids
    await shared.print(plan(draft(answering(objective=slow, content=slow[:1500]))))
    assert shared.pids == pid


async def test_3000_line_breaks_are_one_blank_line(shared: Printer) -> None:
    assert len((await paper(shared, plan(sent(answering(content="a" + "\n" * 2998 + "b"))))).pages) == 1


async def test_the_longest_texts_of_a_valid_form_hold_in_six_pages(shared: Printer) -> None:
    internship = Internship(company_name="m" * 250, siret="35600000000048", place="m" * 250, periods=PERIODS * 3)
    form = answering(objective="œuvre " * 500, content="W" * 3000, internship=internship)
    assert len((await paper(shared, plan(sent(form)))).pages) <= 6


@pytest.mark.parametrize("content", ["a\n" * 300, "a\n" * 1500, "mot " * 20_000, "x" * 1_000_000])
async def test_more_than_six_pages_are_refused_in_a_sentence_for_the_author(shared: Printer, content: str) -> None:
    with pytest.raises(TooLong, match="dépasse six pages"):
        await shared.print(plan(draft(answering(content=content))))


async def test_ten_thousand_periods_are_refused(shared: Printer) -> None:
    day = Period(starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 2))
    form = Form(internship=Internship(periods=(day,) * 10_000))
    with pytest.raises(TooLong):
        await shared.print(plan(draft(form)))


COMPLAINTS = """
import logging
logging.basicConfig(level=logging.WARNING)
from pdf.order import Order
from pdf.press import Press
from tests.pdf.plans import SAMPLES
press = Press()
for name in ("full", "draft", "long"):
    press.proof(Order(plan=SAMPLES[name], verification="A", verification_url="https://a.example"))
"""


async def test_the_engine_finds_nothing_to_complain_of() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMPLAINTS), stderr=asyncio.subprocess.PIPE, env=os.environ | fonts.environment()
    )
    assert (await process.communicate())[1] == b""
    assert process.returncode == 0

"""Statistiques: the figures of the schema, as tables with bars beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk import french
from tests.desk.browsing import PHONE, STAFF, assert_sound, seated
from tests.desk.test_recipients import transmit

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser

    from tests.service import Served


@pytest.mark.parametrize(
    ("rate", "told", "bar"),
    [(0, 0, 0), (0.001, 1, 5), (0.5, 50, 50), (0.626, 63, 65), (0.999, 99, 95), (1, 100, 100)],
)
def test_what_is_not_all_is_never_told_as_all(rate: float, told: int, bar: int) -> None:
    assert french.percent(rate) == f"{told}\N{NO-BREAK SPACE}%"
    assert french.twentieths(rate) == bar


def test_periods_are_named() -> None:
    assert french.period("2026-11-01", "MONTH") == "novembre 2026"
    assert french.period("2026-01-01", "QUARTER") == "1er trimestre 2026"
    assert french.period("2026-10-01", "QUARTER") == "4e trimestre 2026"
    assert french.period("2026-01-01", "YEAR") == "2026"


def read_text(path: Path) -> list[str]:
    return path.read_text("utf-8-sig").splitlines()


async def test_a_transmitted_report_is_counted_by_period_and_course(browser: Browser, desk: Served) -> None:
    await transmit(desk, "P-ADAM")
    async with seated(browser, desk.url, STAFF, width=PHONE, scripts=False) as page:
        await page.goto("/statistiques")
        plans = int(await page.inner_text(".totals dd >> nth=0"))
        rows = page.locator("section[aria-labelledby=par-formation] tbody tr")
        counts = await rows.locator("td[data-label='Plans terminés']").all_inner_texts()
        assert sum(int(count) for count in counts) == plans
        course = await rows.locator("th").first.inner_text()
        await page.select_option("#formation", course)
        await page.select_option("#par", "annee")
        await page.click("text=Appliquer")
        assert await rows.locator("th").all_inner_texts() == [course]
        assert await page.locator("#formation option").count() > 2
        assert await page.input_value("#par") == "annee"
        assert await page.inner_text("#par-periode") == "Par année de fin de plan"
        widths = await page.locator(".gauge").evaluate_all("bars => bars.map(bar => bar.clientWidth)")
        assert min(widths) > 0
        async with page.expect_download() as downloading:
            await page.click(".exports >> text=CSV")
        file = await downloading.value
        lines = read_text(await file.path())
        assert file.suggested_filename.startswith("statistiques-")
        assert lines[1].split(";")[:2] == ["Ensemble", course]
        assert {line.partition(";")[0] for line in lines[2:]} <= {"Année", "Formation", "Situation à la sortie"}


async def test_the_situation_after_the_training_has_its_share(browser: Browser, desk: Served) -> None:
    await transmit(desk, "P-ADAM")
    async with seated(browser, desk.url, STAFF) as page:
        await page.goto("/statistiques")
        row = page.locator("section[aria-labelledby=situations] tbody tr")
        assert await row.count() == 1
        assert "100\N{NO-BREAK SPACE}%" in await row.inner_text()
        full, bar = await page.evaluate(
            "(bar => [bar.clientWidth, parseFloat(getComputedStyle(bar, '::before').width)])"
            "(document.querySelector('section[aria-labelledby=situations] .gauge'))"
        )
        assert bar == full > 0
        await assert_sound(page)


async def test_compulsory_reports_are_on_time_late_or_still_to_come(browser: Browser, desk: Served) -> None:
    await transmit(desk, "P-ADAM")
    async with seated(browser, desk.url, STAFF, scripts=False) as page:
        await page.goto("/statistiques")
        counts = page.locator("section[aria-labelledby=a-l-heure] td[data-label=Nombre]")
        on_time, late, overdue, waiting = map(int, await counts.all_inner_texts())
        required = int((await page.inner_text(".totals dd.small >> nth=0")).split()[1])
        assert on_time + late + overdue + waiting == required
        assert on_time + late >= 1
        assert overdue >= 1


async def test_no_plan_in_the_period_is_said(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        await page.goto("/statistiques?du=1/1/2001&au=2/1/2001")
        assert "Aucun plan terminé sur la période." in await page.inner_text("main")
        await assert_sound(page)
        await page.click("text=Retirer les filtres")
        assert await page.locator(".totals").count() == 1

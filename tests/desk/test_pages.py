"""Lists: from a counter to people, sorted, searched, turned both ways; what is wrong in a filter."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from demo.loading import story_plans
from service.clock import present
from tests.desk.browsing import ADVISER, STAFF, seated, submitted
from tests.desk.test_door import signed_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Browser

    from tests.service import Served


async def test_from_a_counter_to_the_people_of_a_session(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF, scripts=False) as page:
        await page.click("text=sessions de formation financées par France Travail")
        await page.fill("#q", "assistant de vie")
        await page.click("text=Appliquer")
        assert await page.locator("tbody tr").count() == 1
        await page.click("tbody a >> nth=0")
        assert await page.locator("tbody tr").count() == 3
        assert "BELKACEM Nadia" in await page.inner_text("tbody")


async def test_late_reports_are_counted_listed_and_chosen_from_among_the_others(
    browser: Browser, desk: Served
) -> None:
    async with seated(browser, desk.url, STAFF, scripts=False) as page:
        number = await page.inner_text("li:has(a[href^='/en-retard']) .figure")
        await page.click("text=en retard, brouillons compris")
        rows = await page.locator("tbody tr").all_inner_texts()
        assert len(rows) == int(number) > 0
        assert all("En retard" in row for row in rows)
        await page.goto("/sessions?retard=oui")
        assert "en retard" in await page.inner_text("tbody tr")
        await page.goto("/sessions")
        assert await page.locator("tbody tr").count() > await page.locator("tr:has-text('en retard')").count()
    async with seated(browser, desk.url, ADVISER, scripts=False) as page:
        await page.goto("/attendus")
        every = await page.locator("tbody tr").all_inner_texts()
        await page.select_option("#obligatoires", "retard")
        await page.click("text=Appliquer")
        late = await page.locator("tbody tr").all_inner_texts()
        assert late == [row for row in every if "En retard" in row]
        assert all("Obligatoire" in row and "Non obligatoire" not in row for row in late)
        assert 0 < len(late) < len(every)


async def test_a_table_is_sorted_by_its_heads_and_says_so(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF, scripts=False) as page:
        await page.goto("/sessions")
        for direction in ("ascending", "descending"):
            await page.click("thead >> text=Ville")
            assert await page.get_attribute("th:has-text('Ville')", "aria-sort") == direction
            towns = await page.locator("td[data-label=Ville]").all_inner_texts()
            assert towns == sorted(towns, key=str.casefold, reverse=direction == "descending")


async def test_a_search_for_a_person_leaves_no_name_in_any_address(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        asked = list[str]()
        page.on("request", lambda request: asked.append(request.url))
        await page.goto("/sans-referencement")
        await page.fill("#recherche", "rouss")
        await submitted(page, "text=Rechercher >> nth=-1")
        assert "ROUSSEL Amélie" in await page.inner_text("tbody")
        assert await page.locator("tbody tr").count() == 1
        assert await page.input_value("#recherche") == "rouss"
        assert not [address for address in asked if "rouss" in address.lower()]


async def test_a_wrong_day_is_shown_back_and_the_focus_goes_to_the_summary(browser: Browser, desk: Served) -> None:
    async with seated(browser, desk.url, STAFF) as page:
        await page.goto("/sessions")
        await page.fill("#du", "30/02/2026")
        await page.click("text=Appliquer")
        assert await page.input_value("#du") == "30/02/2026"
        assert (await page.title()).startswith("Erreur : ")
        assert await page.evaluate("document.activeElement.id") == "erreurs"
        await page.click("#erreurs a")
        assert await page.evaluate("document.activeElement.id") == "du"


async def test_a_long_list_is_turned_both_ways_and_says_its_page(
    desk: Served, load: Callable[..., Awaitable[object]]
) -> None:
    staff = next(plan for plan in story_plans(present()) if plan.id == "P-BELKACEM")
    many = [
        staff.model_copy(update={"id": f"P-{number}", "session": None, "title": f"Cours {number:02}"})
        for number in range(45)
    ]
    await load(*many)
    async with signed_in(desk) as marie:
        titles, seen, address = [], [], "/sans-referencement"
        for _ in range(3):
            page = (await marie.get(address)).text
            titles.append(re.findall("<title>([^<]+)", page)[0])
            seen.append(re.findall(r'href="(/bilans/[^"]+)"', page))
            onward = re.search(r'href="([^"]+)" rel="next"', page)
            address = unescape(onward[1]) if onward else ""
        assert not address
        assert titles[1].startswith("DE inscrits sur formation sans référencement, page 2")
        assert [len(each) for each in seen] == [20, 20, 7]
        for number in (1, 0):
            back = re.search(r'href="([^"]+)" rel="prev"', page)
            assert back
            page = (await marie.get(unescape(back[1]))).text
            assert re.findall(r'href="(/bilans/[^"]+)"', page) == seen[number]
        assert 'rel="prev"' not in page

"""What pages take is counted to the account that asks, and one account's leave the loop to others."""

from __future__ import annotations

import asyncio
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

import httpx

from demo.people import PEOPLE
from desk.asking import read_operations
from desk.page_turns import PageTurns
from service.desk import desk, served_pages
from service.telling import Teller
from tests.desk.test_door import field

if TYPE_CHECKING:
    from collections.abc import Callable

    from settings import Settings
    from tests.service import Served


def page(name: str, seconds: float, rendered: list[tuple[str, float, float]]) -> Callable[[], str]:
    def render() -> str:
        begun, until = perf_counter(), thread_time() + seconds
        while thread_time() < until:
            pass
        rendered.append((name, begun, perf_counter()))
        return name

    return render


async def test_pages_of_an_account_are_rendered_one_after_the_other_with_as_much_time_for_others_in_between() -> None:
    told, rendered = list[tuple[str, float]](), list[tuple[str, float, float]]()
    turns = PageTurns(lambda account, seconds: told.append((account, seconds)))

    shown = await asyncio.gather(
        *(turns.rendered(name[0], page(name, 0.02, rendered)) for name in ("a1", "a2", "a3", "b1"))
    )

    assert shown == ["a1", "a2", "a3", "b1"]
    assert [name for name, _, _ in rendered] == ["a1", "b1", "a2", "a3"]
    ended = {name: end for name, _, end in rendered}
    assert all(begun - ended[f"a{int(name[1]) - 1}"] > 0.015 for name, begun, _ in rendered[2:])
    assert [account for account, _ in told] == ["a", "b", "a", "a"]
    assert all(0.02 <= seconds < 0.2 for _, seconds in told)


async def test_a_page_is_counted_to_the_account_whose_token_asked(served: Served, settings: Settings) -> None:
    told: list[tuple[str, float]] = []
    at = desk(
        settings,
        served.running.doors.http,
        read_operations(),
        served.url,
        PEOPLE,
        on_worked=lambda account, seconds: told.append((account, seconds)),
    )
    transport = httpx.ASGITransport(served_pages([], at, Teller(b"")))
    async with httpx.AsyncClient(
        transport=transport, base_url=served.url, headers={"Sec-Fetch-Site": "same-origin"}
    ) as browser:
        choice = await browser.get("/connexion")
        assert told == [], "nobody yet"
        await browser.post("/connexion", data={"personne": "1", "jeton": field(choice.text, "jeton")})
        board = await browser.get("/tableau-de-bord")

    assert board.status_code == 200
    assert int(board.headers["Content-Length"]) == len(board.content) > 1_000
    ((account, seconds),) = told
    assert account == f"training_organization:{PEOPLE[0].subject}"
    assert 0 < seconds < 2

"""The same question of several callers is asked once; nobody is answered with what was true before they asked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from domain.filters import SessionFilter
from domain.pages import PageRequest
from storage import listings
from storage.asking import asking, present_asker
from storage.client import close_database, open_database
from storage.once import Once
from storage.plans import PlanRepository
from tests import DRIVER
from tests.bounds.test_asking import Started
from tests.factories import OTHER_SIRET, TODAY, a_plan, a_session, staff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.loading import Written
    from storage.client import Database


class Asked:
    """Answers with the number of the call once it is let go."""

    def __init__(self) -> None:
        self.accounts: list[str | None] = []
        self.begun = asyncio.Event()
        self.let_go = asyncio.Event()
        self.given_up = asyncio.Event()

    async def ask(self) -> int:
        asker = present_asker()
        self.accounts.append(asker.account if asker else None)
        number = len(self.accounts)
        self.begun.set()
        try:
            await self.let_go.wait()
        except asyncio.CancelledError:
            self.given_up.set()
            raise
        return number


async def test_who_comes_while_the_same_is_under_way_is_answered_by_the_next() -> None:
    asked, once = Asked(), Once()
    first = asyncio.create_task(once.of("a", asked.ask))
    await asked.begun.wait()
    others = [asyncio.create_task(once.of("a", asked.ask)) for _ in range(3)]
    await asyncio.sleep(0)
    asked.let_go.set()

    assert await asyncio.gather(first, *others) == [1, 2, 2, 2]
    assert await once.of("a", asked.ask) == 3, "nothing is remembered"


async def test_other_questions_do_not_wait() -> None:
    asked, other, once = Asked(), Asked(), Once()
    other.let_go.set()
    stuck = asyncio.create_task(once.of("a", asked.ask))
    await asked.begun.wait()

    assert await once.of("b", other.ask) == 1
    asked.let_go.set()
    await stuck


async def test_an_answer_that_does_not_come_holds_nobody_back_for_long() -> None:
    asked, other, once = Asked(), Asked(), Once(patience=0.01)
    other.let_go.set()
    stuck = asyncio.create_task(once.of("a", asked.ask))
    await asked.begun.wait()

    assert await once.of("a", other.ask) == 1
    asked.let_go.set()
    assert await stuck == 1


async def test_what_nobody_waits_for_any_more_is_given_up_and_nobody_joins_it() -> None:
    asked, once = Asked(), Once()
    leaving = [asyncio.create_task(once.of("a", asked.ask)) for _ in range(2)]
    await asked.begun.wait()
    leaving[0].cancel()
    await asyncio.sleep(0)
    assert not asked.given_up.is_set()
    leaving[1].cancel()
    await asked.given_up.wait()
    asked.let_go.set()

    assert await once.of("a", asked.ask) == 2


async def test_nobody_joins_what_was_given_up_before_it_began() -> None:
    asked, once = Asked(), Once()
    first = asyncio.create_task(once.of("a", asked.ask))
    await asked.begun.wait()
    leaving = asyncio.create_task(once.of("a", asked.ask))
    await asyncio.sleep(0)
    leaving.cancel()
    late = asyncio.create_task(once.of("a", asked.ask))
    await asyncio.wait({leaving})
    asked.let_go.set()

    assert (await first, await late) == (1, 2)


async def test_it_is_asked_in_the_name_of_who_came_first_and_goes_on_without_them() -> None:
    asked, once = Asked(), Once()

    async def as_account(account: str) -> int:
        with asking(account, 10):
            return await once.of("a", asked.ask)

    first, second = (asyncio.create_task(as_account(account)) for account in "ab")
    await asked.begun.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    asked.let_go.set()

    assert await second == 1
    assert asked.accounts == ["a"]


async def test_accounts_of_an_organization_that_list_and_count_the_same_at_once_ask_once(
    database: Database, load: Callable[..., Awaitable[Written]], mongodb_url: str
) -> None:
    await load(a_plan("P-1", session=a_session()))
    started = Started()
    counted = open_database(mongodb_url, database.name, driver=DRIVER, listeners=[started])
    plans = PlanRepository(counted)
    viewers = [staff(account=f"a-{number}") for number in range(5)]
    lists = [listings.sessions(viewer, SessionFilter(), TODAY) for viewer in viewers]

    pages = await asyncio.gather(*(plans.page(each, PageRequest()) for each in lists))
    counts = await asyncio.gather(*(plans.count({"sessions": each}) for each in lists))
    await close_database(counted)

    assert [[plan.id for plan in page.items] for page in pages] == [["P-1"]] * 5
    assert counts == [{"sessions": 1}] * 5
    assert [command["aggregate"] for command in started.commands] == ["plans", "plans"]


@pytest.mark.parametrize("role", ["key", "filter", "page"])
def test_whatever_changes_the_answer_is_part_of_the_question(role: str) -> None:
    one = listings.sessions(staff(), SessionFilter(), TODAY), PageRequest()
    other = {
        "key": (listings.sessions(staff(OTHER_SIRET), SessionFilter(), TODAY), PageRequest()),
        "filter": (listings.sessions(staff(), SessionFilter(funded=True), TODAY), PageRequest()),
        "page": (listings.sessions(staff(), SessionFilter(), TODAY), PageRequest(first=3)),
    }[role]
    assert (one[0].question, one[1]) != (other[0].question, other[1])

"""Whatever tells of a person counts as reading them, and is told; an act is spared when it wrote."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from schema.ids import encode_id
from schema.public import public_schema
from tests.factories import a_person, a_plan, staff
from tests.hostile.asking import ACTS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from settings import Settings
    from storage.client import Database
    from tests.service import Served

PEOPLE = [a_person(f"100000{n}A", name) for n, name in enumerate(("ADAM", "ADAMS", "BERTRAND", "COHEN"))]
WITHDRAW = """a{n}: withdrawAbsence(input: {{ trainingPlanId: "{id}", absenceId: "none" }}) {{
    plan {{ jobSeeker {{ lastName }} }} }}"""
COUNTED = {"pendingPlans", "jobSeekers", "trainingPlans"}
"""Lists with these people in them, of all that are searched by name."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"persons_per_hour": 3})


@pytest.fixture
async def four_plans(load: Callable[..., Awaitable[object]]) -> None:
    await load(*(a_plan(f"P-{n}", job_seeker=person) for n, person in enumerate(PEOPLE)))


def plan_id(n: int) -> str:
    return encode_id("TrainingPlan", f"P-{n}")


async def seen(database: Database, deed: str = "READ") -> set[str]:
    """Tell whom the trail says were read, once all is written."""
    entries = [each async for each in database["trail"].find({"deed": deed, "outcome": "DONE"})]
    return {each["person"] for entry in entries for each in entry["seen"]}


async def trail_of(database: Database, *persons: str) -> None:
    async with asyncio.timeout(10):
        while await seen(database) != set(persons):  # noqa: ASYNC110 - it is written within a second
            await asyncio.sleep(0.05)


@pytest.mark.usefixtures("four_plans")
async def test_acts_that_change_nothing_read(served: Served) -> None:
    acts = " ".join(WITHDRAW.format(n=n, id=plan_id(n)) for n in range(4))
    answer = await served.answer(staff(), f"mutation {{ {acts} }}")

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["RATE_LIMITED"]
    assert "data" not in answer


@pytest.mark.usefixtures("four_plans")
async def test_the_name_of_a_file_is_read(served: Served) -> None:
    text = f"mutation ($id: ID!) {{ {ACTS['previewReport'].replace('__typename', 'document { fileName }')} }}"
    answers = [await served.answer(staff(), text, id=plan_id(n)) for n in range(4)]

    assert ["errors" in answer for answer in answers] == [False, False, False, True]


@pytest.mark.usefixtures("four_plans")
async def test_an_act_that_writes_is_spared(served: Served) -> None:
    text = f"mutation ($id: ID!) {{ {ACTS['saveReportDraft']} }}"
    for n in range(4):
        assert "errors" not in await served.answer(staff(), text, id=plan_id(n))


@pytest.mark.usefixtures("four_plans")
@pytest.mark.parametrize("name", sorted(COUNTED))
async def test_counting_those_who_are_called_so_reads_them(served: Served, database: Database, name: str) -> None:
    text = f"query ($search: String!) {{ {name}(search: $search) {{ totalCount }} }}"
    assert (await served.ask(staff(), text, search="ada"))[name]["totalCount"] == 2
    await trail_of(database, PEOPLE[0].identifier, PEOPLE[1].identifier)

    assert (await served.ask(staff(), text, search="zzz"))[name]["totalCount"] == 0
    assert "errors" not in await served.answer(staff(), text, search="1000002")
    assert "errors" in await served.answer(staff(), text, search="co"), "the fourth person of the hour"


async def test_counting_what_is_not_searched_reads_nobody(
    served: Served, database: Database, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    await served.ask(staff(), "{ pendingPlans { totalCount } reportDashboard { unreferencedPlans } }")
    await served.ask(staff(), '{ pendingSessions(search: "a") { totalCount nodes { title } } }')
    await served.ask(staff(), "{ pendingPlans { nodes { id } } }")

    await trail_of(database, a_plan().job_seeker.identifier)
    assert await database["trail"].count_documents({}) == 1


def test_every_list_that_is_searched_by_name_is_known_here() -> None:
    """A new one says whether it counts people (`Listing.names`), and is tried above."""
    fields: dict[str, Any] = public_schema._schema.query_type.fields  # type: ignore[union-attr] # noqa: SLF001 - as above
    searched = {name for name, field in fields.items() if "search" in field.args}
    gives_a_link = {"reportTemplate"}  # whom it shows counts when the link is opened
    assert searched == COUNTED | gives_a_link | {
        "draftReports", "transmittedReports", "awaitedPlans", "pendingSessions", "trainingSessions", "nomenclature",
    }  # fmt: skip


async def test_those_whose_draft_is_counted_are_read_too(
    served: Served, database: Database, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    await served.ask(
        staff(), f"mutation ($id: ID!) {{ {ACTS['saveReportDraft']} }}", id=encode_id("TrainingPlan", "P-1")
    )
    await served.ask(staff(), '{ draftReports(search: "a") { totalCount } }')
    await trail_of(database, a_plan().job_seeker.identifier)

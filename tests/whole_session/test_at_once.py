"""The reports of a session saved and transmitted at once, over HTTP, on a real database."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from resolvers import whole_session
from schema.ids import encode_id
from tests.factories import OTHER_SIRET, a_person, a_plan, a_session, an_organization, counsellor, session_of, staff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage.client import Database
    from tests.service import Served

CLASS = 12
COMMON = {
    "durationHours": 258, "teachingModeCode": "0", "certifying": False, "exitLevelCode": "13", "hasInternship": False,
    "objective": "Souder.", "content": "Braser.",
}  # fmt: skip
OUTCOMES = """{ unreached userErrors { code path message } outcomes { trainingPlanId done
  report { version status blockers { code } form { exitSituation { code } objective } }
  userErrors { code path message } } }"""
SAVE = f"mutation ($input: SaveReportDraftsInput!) {{ saveReportDrafts(input: $input) {OUTCOMES} }}"
SEND = f"mutation ($input: TransmitReportsInput!) {{ transmitReports(input: $input) {OUTCOMES} }}"
SESSION = encode_id("TrainingSession", session_of())


def plan_id(number: int) -> str:
    return encode_id("TrainingPlan", f"P-{number}")


def row(number: int, version: int | None = None, **said: Any) -> dict[str, Any]:
    return {
        "trainingPlanId": plan_id(number),
        "expectedVersion": version,
        "form": {"exitSituationCode": "EMPLOI_CDI", **said},
    }


@pytest.fixture
async def session(load: Callable[..., Awaitable[object]]) -> None:
    """A session of twelve, a plan of another session, and one of another organization."""
    people = [a_plan(f"P-{number}", job_seeker=a_person(f"12050{number:02}K")) for number in range(CLASS)]
    elsewhere = a_plan("P-50", session=a_session("S-2"), job_seeker=a_person("1205050K"))
    anothers = a_plan("P-60", organization=an_organization(OTHER_SIRET), job_seeker=a_person("1205060K"))
    await load(*people, elsewhere, anothers)


async def act(served: Served, text: str, rows: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    data = await served.ask(staff(), text, input={"common": COMMON, "reports": rows, **more})
    payload: dict[str, Any] = next(iter(data.values()))
    return payload


async def send(served: Served, rows: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Transmit as clients do: the same again while some were not reached in time."""
    while (payload := await act(served, SEND, rows, **more))["unreached"]:
        pass
    return payload


@pytest.mark.usefixtures("session")
async def test_a_session_is_saved_and_transmitted_with_what_differs_alone(served: Served) -> None:
    saved = await act(served, SAVE, [row(number) for number in range(CLASS)], trainingSessionId=SESSION)
    assert [each["report"]["version"] for each in saved["outcomes"]] == [1] * CLASS
    assert all(each["report"]["blockers"] == [] for each in saved["outcomes"])

    own = [row(number, 1, objective="Braser." if number == 3 else None) for number in range(CLASS)]
    sent = await send(served, own, trainingSessionId=SESSION)
    assert {each["report"]["status"] for each in sent["outcomes"]} == {"TRANSMITTED"}
    assert sent["outcomes"][3]["report"]["form"]["objective"] == "Braser."
    assert sent["outcomes"][4]["report"]["form"]["objective"] == "Souder."

    query = "{ transmittedReports(first: 50) { totalCount } }"
    assert (await served.ask(counsellor(), query))["transmittedReports"]["totalCount"] == CLASS


@pytest.mark.usefixtures("session")
async def test_the_same_again_changes_nothing(served: Served) -> None:
    rows = [row(number) for number in range(3)]
    first = await send(served, rows)
    again = await asyncio.gather(*(act(served, SEND, rows) for _ in range(3)))
    assert again == [first] * 3


@pytest.mark.usefixtures("session")
async def test_the_refusal_of_one_stops_no_other_and_each_says_why_at_its_place(served: Served) -> None:
    await act(served, SEND, [row(5)])
    rows = [
        row(0),
        row(1, exitSituationCode="?", certifying=True),
        row(50),
        row(60),
        row(0),
        row(5, objective="Autre."),
        row(6, 4),
        row(7),
    ]
    found = (await send(served, rows, trainingSessionId=SESSION))["outcomes"]
    told = [sorted((each["code"], ".".join(each["path"])) for each in one["userErrors"]) for one in found]
    assert told == [
        [],
        [
            ("REQUIRED", "reports.1.form.certificationCode"),
            ("UNKNOWN_CODE", "reports.1.form.exitSituationCode"),
        ],
        [("INVALID", "reports.2.trainingPlanId")],
        [("NOT_FOUND", "reports.3.trainingPlanId")],
        [("INVALID", "reports.4.trainingPlanId")],
        [("ALREADY_TRANSMITTED", "reports.5.trainingPlanId")],
        [("STALE_VERSION", "reports.6.expectedVersion")],
        [],
    ]
    assert found[3]["report"] is None
    assert [each["done"] for each in found] == [True] * len(rows)


@pytest.mark.usefixtures("session")
async def test_a_row_with_every_error_there_is_tells_them_all_and_its_neighbours_go(served: Served) -> None:
    periods = [
        {"startsOn": "2025-10-10", "endsOn": "2025-10-01"},
        {"startsOn": "2019-01-01", "endsOn": "2030-01-01"},
    ]
    wrong: dict[str, Any] = {
        "durationHours": 100_000, "attendedHours": 200_000, "teachingModeCode": "?", "certificationCode": "?",
        "exitLevelCode": "?", "exitSituationCode": "?", "objective": "x" * 3_001, "content": "y" * 3_001,
        "diplomaObtained": True, "hasInternship": True,
        "internship": {"companyName": "x" * 251, "siret": "12345678901234", "place": "", "periods": periods},
    }  # fmt: skip
    found = (await send(served, [row(0), row(1, **wrong), row(2)]))["outcomes"]
    told = {(each["code"], ".".join(each["path"][3:])) for each in found[1]["userErrors"]}
    assert told == {
        ("INVALID", "durationHours"),
        ("INVALID", "attendedHours"),
        ("UNKNOWN_CODE", "teachingModeCode"),
        ("INVALID", "certificationCode"),
        ("UNKNOWN_CODE", "certificationCode"),
        ("UNKNOWN_CODE", "exitLevelCode"),
        ("UNKNOWN_CODE", "exitSituationCode"),
        ("INVALID", "objective"),
        ("INVALID", "content"),
        ("INVALID", "diplomaObtained"),
        ("INVALID", "internship.companyName"),
        ("INVALID", "internship.siret"),
        ("REQUIRED", "internship.place"),
        ("INVALID", "internship.periods.0.endsOn"),
        ("INVALID", "internship.periods.1.startsOn"),
        ("INVALID", "internship.periods.1.endsOn"),
    }
    assert all(each["path"][:3] == ["reports", "1", "form"] for each in found[1]["userErrors"])
    assert [found[at]["report"]["status"] for at in (0, 2)] == ["TRANSMITTED", "TRANSMITTED"]


@pytest.mark.usefixtures("session")
async def test_a_common_answer_that_is_wrong_is_named_as_common(served: Served) -> None:
    data = await served.ask(
        staff(),
        SEND,
        input={"common": COMMON | {"exitLevelCode": "99"}, "reports": [row(0), row(1, exitLevelCode="13")]},
    )
    found = data["transmitReports"]["outcomes"]
    assert [each["path"] for each in found[0]["userErrors"]] == [["common", "exitLevelCode"]]
    assert found[1]["userErrors"] == []


@pytest.mark.usefixtures("session")
async def test_without_answers_the_drafts_are_transmitted_as_saved(served: Served) -> None:
    await act(served, SAVE, [row(0), row(1)])
    bare = [{"trainingPlanId": plan_id(number)} for number in (0, 1, 2)]
    data = await served.ask(staff(), SEND, input={"reports": bare})
    found = data["transmitReports"]["outcomes"]
    assert [each["report"] and each["report"]["status"] for each in found] == ["TRANSMITTED", "TRANSMITTED", None]
    assert [each["code"] for each in found[2]["userErrors"]] == ["REQUIRED"]


@pytest.mark.usefixtures("session")
async def test_more_than_a_hundred_are_refused_before_any_is_written(served: Served) -> None:
    found = await act(served, SAVE, [row(0)] * 101)
    assert found["outcomes"] == []
    assert [(each["code"], each["path"]) for each in found["userErrors"]] == [("INVALID", ["reports"])]


@pytest.mark.usefixtures("session")
async def test_two_at_once_on_one_session_lose_nothing(served: Served) -> None:
    """Each plan is written by one of them; the other is told, and has it as it stands now."""
    first, second = await asyncio.gather(
        *(
            act(served, SAVE, [row(number, objective=who) for number in range(CLASS)])
            for who in ("L'une.", "L'autre.")
        )
    )
    for one, other in zip(first["outcomes"], second["outcomes"], strict=True):
        stale = [each for each in (one, other) if each["userErrors"]]
        assert [each["code"] for each in stale[0]["userErrors"]] == ["STALE_VERSION"]
        assert len(stale) == 1
        assert one["report"]["form"] == other["report"]["form"]


@pytest.mark.usefixtures("session")
async def test_what_is_not_begun_in_time_is_counted_and_follows_when_sent_again(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_session, "PRINTING_SECONDS", 0.0)
    rows = [row(number) for number in range(CLASS)]
    found = await act(served, SEND, rows)
    late = [each for each in found["outcomes"] if not each["done"]]
    assert len(late) == found["unreached"] > 0
    assert all(each["report"] is None and each["userErrors"] == [] for each in late)
    monkeypatch.undo()
    again = await send(served, rows)
    assert {each["report"]["status"] for each in again["outcomes"]} == {"TRANSMITTED"}


@pytest.mark.usefixtures("session")
async def test_questions_are_constant_but_for_one_write_a_plan(served: Served, database: Database) -> None:
    for rows in ([row(0), row(1)], [row(number) for number in range(2, CLASS)]):
        await database.command("profile", 2)
        await act(served, SAVE, rows)
        await database.command("profile", 0)
        asked = [each async for each in database["system.profile"].find({"ns": f"{database.name}.plans"})]
        await database.drop_collection("system.profile")
        written = [each["command"]["u"].get("$set", {}) for each in asked if each["op"] == "update"]
        assert len([each for each in written if "report" in each]) == len(rows)
        assert len([each for each in asked if "_id" in str(each["command"].get("filter"))]) == 1

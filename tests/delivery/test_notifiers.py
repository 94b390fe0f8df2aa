"""A program that notifies is told of every transmission, in order, by whom it is for; it reads nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from domain.webhook import Webhook, body_for
from schema.cursors import encode_number
from schema.ids import encode_id
from tests.factories import (
    NOW,
    a_person,
    a_plan,
    an_adviser,
    counsellor,
    notifier,
    staff,
    trainee,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.access import Viewer
    from domain.loading import Written
    from tests.service import Served

TOLD = """subscription($after: String) { transmissionAnnounced(after: $after) {
  cursor occurredAt reportId recipient } }"""
READ = "subscription($after: String) { reportTransmitted(after: $after) { report { id } } }"
TRANSMIT = """mutation($input: TransmitReportInput!) { transmitReport(input: $input) {
  report { id transmittedAt } userErrors { code path } } }"""
FORM = {
    "durationHours": 258,
    "teachingModeCode": "0",
    "certifying": False,
    "exitLevelCode": "13",
    "hasInternship": False,
    "objective": "Dépanner.",
    "content": "Brasage.",
    "exitSituationCode": "EMPLOI_CDI",
}


async def transmitted(served: Served, plan_id: str) -> dict[str, Any]:
    asked = {"trainingPlanId": encode_id("TrainingPlan", plan_id), "form": FORM}
    answer = (await served.ask(staff(), TRANSMIT, input=asked))["transmitReport"]
    assert answer["userErrors"] == []
    report: dict[str, Any] = answer["report"]
    return report


@pytest.fixture
async def reports(served: Served, load: Callable[..., Awaitable[Written]]) -> list[dict[str, Any]]:
    """Two transmissions: of a person whom an adviser follows, and of one whom nobody follows."""
    await load(
        a_plan("P-1", job_seeker=a_person("1000001A"), adviser=an_adviser("A-1")),
        a_plan("P-2", job_seeker=a_person("1000002B"), adviser=None),
    )
    return [await transmitted(served, "P-1"), await transmitted(served, "P-2")]


async def told(served: Served, viewer: Viewer, number: int) -> list[dict[str, Any]]:
    async with served.following(viewer, TOLD, after=encode_number(0)) as events:
        return [(await anext(events))["transmissionAnnounced"] for _ in range(number)]


async def test_a_program_is_told_of_every_transmission_and_for_which_job_seeker(
    served: Served, reports: list[dict[str, Any]]
) -> None:
    assert await told(served, notifier(), 2) == [
        {
            "cursor": encode_number(number),
            "occurredAt": report["transmittedAt"],
            "reportId": report["id"],
            "recipient": recipient,
        }
        for number, report, recipient in zip((1, 2), reports, ("1000001A", "1000002B"), strict=True)
    ]


async def test_of_advisers_those_are_told_who_follow_somebody(served: Served, reports: list[dict[str, Any]]) -> None:
    viewer = notifier("advisers")
    async with served.following(viewer, TOLD, after=encode_number(0)) as events:
        first = (await anext(events))["transmissionAnnounced"]
        assert (first["reportId"], first["recipient"]) == (reports[0]["id"], "A-1")
        corrected = {"form": {**FORM, "durationHours": 260}, "reasonCode": "ERREUR_SAISIE", "expectedVersion": 1}
        text = "mutation($input: CorrectReportInput!) { correctReport(input: $input) { report { id } } }"
        asked = {"trainingPlanId": encode_id("TrainingPlan", "P-1"), **corrected}
        report = (await served.ask(staff(), text, input=asked))["correctReport"]["report"]
        second = (await anext(events))["transmissionAnnounced"]
    assert (second["reportId"], second["recipient"]) == (report["id"], "A-1")


async def test_whoever_asks_first_has_a_cursor_without_an_event(
    served: Served, reports: list[dict[str, Any]]
) -> None:
    assert (await served.ask(trainee("1000001A"), "{ latestCursor }"))["latestCursor"] == encode_number(len(reports))


@pytest.mark.parametrize("viewer", [staff(), trainee("1000001A"), counsellor("A-1")])
async def test_nobody_else_has_that_stream(served: Served, viewer: Viewer) -> None:
    answer = await served.http.post(
        "/graphql",
        json={"query": TOLD},
        headers={**served.headers(viewer), "Accept": "text/event-stream"},
    )
    assert '"code":"BAD_REQUEST"' in answer.text
    assert "rôle notifier" in answer.text


@pytest.mark.parametrize("key", ["job_seekers", "advisers"])
async def test_a_program_reads_nothing_by_any_question(
    served: Served, reports: list[dict[str, Any]], key: str
) -> None:
    ids = [reports[0]["id"], encode_id("TrainingPlan", "P-1"), encode_id("JobSeeker", "1000001A")]
    found = await served.ask(
        notifier(key),
        """query($ids: [ID!]!) { viewer { role organization { siret } jobSeeker { id } adviser { id } }
          nodes(ids: $ids) { id } trainingPlans { totalCount } transmittedReports { totalCount nodes { id } }
          awaitedPlans { totalCount } pendingPlans { totalCount } jobSeekers(search: "a") { totalCount }
          statistics { total { plans } } draftReports { totalCount } trainingSessions { totalCount } }""",
        ids=ids,
    )
    nothing = {"totalCount": 0}
    assert found == {
        "viewer": {"role": "NOTIFIER", "organization": None, "jobSeeker": None, "adviser": None},
        "nodes": [None, None, None],
        "trainingPlans": nothing,
        "transmittedReports": {**nothing, "nodes": []},
        "awaitedPlans": nothing,
        "pendingPlans": nothing,
        "jobSeekers": nothing,
        "statistics": None,
        "draftReports": nothing,
        "trainingSessions": nothing,
    }
    asked = {"trainingPlanId": encode_id("TrainingPlan", "P-1")}
    refused = await served.ask(notifier(key), TRANSMIT, input=asked)
    assert refused["transmitReport"]["userErrors"] == [{"code": "NOT_FOUND", "path": ["trainingPlanId"]}]


def test_a_webhook_of_such_a_program_is_sent_whom_it_is_for() -> None:
    facts = {"id": "W", "url": "https://example.org/", "created_at": NOW, "cursor": 0, "account": "notifier:x"}
    of_advisers = Webhook.model_validate({**facts, "role": "NOTIFIER", "key": "advisers"})
    of_people = Webhook.model_validate({**facts, "role": "NOTIFIER", "key": "job_seekers"})
    plan = a_plan(adviser=None)
    assert body_for(of_advisers, 7, plan) is None
    body = body_for(of_people, 7, plan)
    assert body is not None
    assert body["type"] == "transmission.announced"
    assert isinstance(body["data"], dict)
    assert set(body["data"]) == {"id", "cursor", "reportId", "recipient"}
    assert body["data"]["recipient"] == plan.job_seeker.identifier

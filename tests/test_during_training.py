"""Exits and absences over GraphQL: what they change, and who sees their reasons."""

from __future__ import annotations

import asyncio
import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from domain.calendar import paris_day
from schema.cursors import encode_number
from schema.ids import encode_id
from service.clock import present
from tests.factories import OTHER_SIRET, a_plan, a_session, counsellor, staff, trainee

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.plan import Plan
    from tests.service import Served

PLAN = encode_id("TrainingPlan", "P-1")
STATE = """{ reportStatus reportOpensOn exit { kind lastDay reason { code } }
  absences { id startsOn endsOn hours missedHours reason { code } } prefilledForm { durationHours attendedHours } }"""
ACTS = {
    name: f"mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) "
    f"{{ plan {STATE} userErrors {{ code path }} }} }}"
    for name in ("recordPlanExit", "withdrawPlanExit", "recordAbsence", "correctAbsence", "withdrawAbsence")
}
TRANSMIT = """mutation($input: TransmitReportInput!) { transmitReport(input: $input) {
  report { form { attendedHours } document { url } } userErrors { code path } } }"""
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
ABSENCE = {"startsOn": "2025-09-15", "endsOn": "2025-09-16", "hours": 14, "reasonCode": "MALADIE"}
EXIT = {"kind": "ABANDONMENT", "lastDay": "2025-10-02", "reasonCode": "SANTE"}


async def act(served: Served, name: str, viewer: Any = None, **facts: Any) -> Any:
    asked = {"trainingPlanId": PLAN, **facts}
    return (await served.ask(viewer or staff(), ACTS[name], input=asked))[name]


def under_way() -> Plan:
    """A plan that began a month ago and ends in a month."""
    today = paris_day(present())
    days: dict[str, Any] = {"starts_on": today - timedelta(30), "ends_on": today + timedelta(30)}
    return a_plan(**days, session=a_session(**days))


async def test_the_report_opens_the_day_after_the_exit_and_closes_when_it_is_withdrawn(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(under_way())
    yesterday = paris_day(present()) - timedelta(1)
    left = await act(served, "recordPlanExit", kind="EARLY_EXIT", lastDay=yesterday.isoformat())
    assert left["userErrors"] == []
    assert left["plan"]["reportStatus"] == "TO_ENTER"
    assert left["plan"]["reportOpensOn"] == (yesterday + timedelta(1)).isoformat()
    pending = "{ pendingPlans { nodes { id } } }"
    assert (await served.ask(staff(), pending))["pendingPlans"]["nodes"] == [{"id": PLAN}]
    saving = """mutation($id: ID!) { saveReportDraft(input: {trainingPlanId: $id, form: {durationHours: 9}}) {
      report { version } userErrors { code } } }"""
    await served.ask(staff(), saving, id=PLAN)
    back = await act(served, "withdrawPlanExit")
    assert back["plan"]["exit"] is None
    assert back["plan"]["reportStatus"] == "DRAFT"
    sending = await served.ask(staff(), TRANSMIT, input={"trainingPlanId": PLAN, "form": FORM, "expectedVersion": 1})
    assert [each["code"] for each in sending["transmitReport"]["userErrors"]] == ["NOT_OPEN"]
    drafts = await served.ask(staff(), "{ draftReports { nodes { blockers { code } } } }")
    assert drafts["draftReports"]["nodes"][0]["blockers"][0]["code"] == "NOT_OPEN"


@pytest.mark.parametrize("day", [{}, {"lastDay": "2025-08-31"}, {"lastDay": "2025-01-01"}])
async def test_somebody_who_never_came_can_be_said(
    served: Served, load: Callable[..., Awaitable[object]], day: dict[str, str]
) -> None:
    await load(a_plan())
    absent = await act(served, "recordPlanExit", kind="ABANDONMENT", reasonCode="NON_PRESENTE", **day)
    assert absent["userErrors"] == []
    assert absent["plan"]["exit"]["lastDay"] == "2025-08-31"
    assert absent["plan"]["reportOpensOn"] == "2025-09-01"
    assert (await act(served, "recordPlanExit", kind="ABANDONMENT", reasonCode="SANTE", **day))["userErrors"] == [
        {"code": "INVALID", "path": ["lastDay"]}
    ]


async def test_absences_are_recorded_corrected_and_withdrawn_and_the_form_counts_their_hours(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    recorded = await act(served, "recordAbsence", **ABSENCE)
    again = await act(served, "recordAbsence", **ABSENCE)
    assert recorded["userErrors"] == []
    assert again == recorded
    assert recorded["plan"]["prefilledForm"] == {"durationHours": 258, "attendedHours": 244}
    (absence,) = recorded["plan"]["absences"]
    corrected = await act(served, "correctAbsence", absenceId=absence["id"], **ABSENCE | {"hours": 7})
    assert corrected["plan"]["prefilledForm"]["attendedHours"] == 251
    for _ in range(2):
        withdrawn = await act(served, "withdrawAbsence", absenceId=absence["id"])
        assert withdrawn["userErrors"] == []
        assert withdrawn["plan"]["absences"] == []
    gone = await act(served, "correctAbsence", absenceId=absence["id"], **ABSENCE)
    assert gone["userErrors"] == [{"code": "NOT_FOUND", "path": ["absenceId"]}]


async def test_half_hours_are_missed_and_attended_all_the_way_to_the_paper(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    half = await act(served, "recordAbsence", startsOn="2025-09-15", endsOn="2025-09-15", hours=9, missedHours=3.5)
    assert (half["plan"]["absences"][0]["hours"], half["plan"]["absences"][0]["missedHours"]) == (4, 3.5)
    assert half["plan"]["prefilledForm"]["attendedHours"] == 254.5
    whole_day = await act(served, "recordAbsence", startsOn="2025-09-16", endsOn="2025-09-16", hours=24)
    assert whole_day["userErrors"] == [{"code": "INVALID", "path": ["hours"]}]
    await act(served, "recordPlanExit", **EXIT)

    too_many = {"trainingPlanId": PLAN, "form": FORM | {"attendedHours": 258.5}}
    refused = await served.ask(staff(), TRANSMIT, input=too_many)
    assert refused["transmitReport"]["userErrors"] == [{"code": "INVALID", "path": ["form", "attendedHours"]}]
    sending = await served.ask(staff(), TRANSMIT, input=too_many | {"form": FORM | {"attendedHours": 171.5}})
    sent = sending["transmitReport"]["report"]
    assert sent["form"] == {"attendedHours": 171.5}
    paper = PdfReader(io.BytesIO((await served.http.get(sent["document"]["url"])).content))
    assert "171 h 30" in paper.pages[0].extract_text().replace("\u00a0", " ")
    (attached,) = paper.attachments["bilan.json"]
    assert json.loads(attached)["answers"]["attendedHours"] == 171.5
    assert json.loads(attached)["plan"]["missedHours"] == 3.5


async def test_of_absences_recorded_at_once_none_is_lost_and_none_overlaps(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    days = [f"2025-09-{day:02}" for day in range(8, 20)]
    tried = [{"startsOn": day, "endsOn": day, "hours": 7} for day in days for _ in range(2)]
    tried += [{"startsOn": day, "endsOn": day, "hours": 3} for day in days]
    halves = (tried[::2], tried[1::2])  # an account has 20 requests under way at most
    outcomes = [
        outcome
        for half in halves
        for outcome in await asyncio.gather(*(act(served, "recordAbsence", **each) for each in half))
    ]
    assert {error["code"] for each in outcomes for error in each["userErrors"]} <= {"INVALID"}
    found = await served.ask(
        staff(), "query($id: ID!) { node(id: $id) { ...on TrainingPlan " + STATE + " } }", id=PLAN
    )
    assert [each["startsOn"] for each in found["node"]["absences"]] == days


@pytest.mark.parametrize(
    ("viewer", "code"),
    [(staff(OTHER_SIRET), "NOT_FOUND"), (trainee(), "NOT_ALLOWED"), (counsellor(), "NOT_ALLOWED")],
)
async def test_who_does_not_write_a_plan_is_told_so_where_they_see_it_and_that_it_is_not_there_otherwise(
    served: Served, load: Callable[..., Awaitable[object]], viewer: Any, code: str
) -> None:
    await load(a_plan())
    facts: dict[str, dict[str, Any]] = {
        "recordPlanExit": EXIT,
        "withdrawPlanExit": {},
        "recordAbsence": ABSENCE,
        "correctAbsence": {"absenceId": "a-1", **ABSENCE},
        "withdrawAbsence": {"absenceId": "a-1"},
    }
    for name in ACTS:
        refused = await act(served, name, viewer, **facts[name])
        assert refused == {"plan": None, "userErrors": [{"code": code, "path": ["trainingPlanId"]}]}


async def test_reasons_are_seen_by_the_organization_and_by_nobody_else_nowhere(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    await act(served, "recordAbsence", **ABSENCE)
    own = await act(served, "recordPlanExit", **EXIT)
    assert own["plan"]["exit"]["reason"] == {"code": "SANTE"}
    assert own["plan"]["absences"][0]["reason"] == {"code": "MALADIE"}
    reasons = "exit { kind reason { code } } absences { hours reason { code } }"
    without = {"exit": {"kind": "ABANDONMENT", "reason": None}, "absences": [{"hours": 14, "reason": None}]}
    sending = await served.ask(staff(), TRANSMIT, input={"trainingPlanId": PLAN, "form": FORM})
    sent = sending["transmitReport"]["report"]
    assert sent["form"]["attendedHours"] is None
    frozen = "plan { exit { kind reason { code } } missedHours absences { hours } }"
    announced = f"subscription($after: String) {{ reportTransmitted(after: $after) {{ report {{ {frozen} }} }} }}"
    for viewer in (staff(), trainee(), counsellor()):
        async with served.following(viewer, announced, after=encode_number(0)) as events:
            event = await anext(events)
        assert event["reportTransmitted"]["report"]["plan"] == {
            "exit": without["exit"],
            "missedHours": 14,
            "absences": [{"hours": 14}],
        }
    for viewer in (trainee(), counsellor()):
        listed = await served.ask(
            viewer,
            "{ transmittedReports { nodes { trainingPlan { jobSeeker { plans { nodes {" + reasons + "} } } } } } }",
        )
        (node,) = listed["transmittedReports"]["nodes"]
        assert node["trainingPlan"]["jobSeeker"]["plans"]["nodes"] == [without]
    printed = PdfReader(io.BytesIO((await served.http.get(sent["document"]["url"])).content))
    text = " ".join(page.extract_text() for page in printed.pages)
    attached = b"".join(each for contents in printed.attachments.values() for each in contents).decode()
    assert "244" not in text
    assert json.loads(attached)["plan"]["missedHours"] == 14
    for reason in ("SANTE", "Raison de santé", "MALADIE", "Maladie"):
        assert reason not in text + attached

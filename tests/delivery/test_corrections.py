"""A transmitted report is corrected by another: both stay, in order, and everybody is told, once."""

from __future__ import annotations

import asyncio
import io
import json
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader

from schema.cursors import encode_number
from schema.ids import encode_id
from tests.factories import OTHER_SIRET, a_person, a_plan, counsellor, staff, trainee

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.access import Viewer
    from storage.client import Database
    from tests.service import Served

PLAN = encode_id("TrainingPlan", "P-1")
FORM: dict[str, Any] = {
    "durationHours": 258,
    "teachingModeCode": "0",
    "certifying": False,
    "exitLevelCode": "13",
    "hasInternship": False,
    "objective": "Dépanner.",
    "content": "Brasage.",
    "exitSituationCode": "EMPLOI_CDI",
}
CORRECTED = FORM | {"durationHours": 260}
SEEN = """{ id version status verificationCode form { durationHours } jobSeeker { lastName }
  correctionReason { code label } correctionNote
  replaces { id version form { durationHours } } replacedBy { id version form { durationHours } }
  document { url sha256 fileName } }"""
TRANSMIT = f"""mutation($input: TransmitReportInput!) {{ transmitReport(input: $input) {{
  report {SEEN} userErrors {{ code path }} }} }}"""
CORRECT = f"""mutation($input: CorrectReportInput!) {{ correctReport(input: $input) {{
  report {SEEN} userErrors {{ code path message }} }} }}"""
NODE = f"query($id: ID!) {{ node(id: $id) {{ ...on Report {SEEN} }} }}"
ANNOUNCED = f"""subscription($after: String) {{ reportTransmitted(after: $after) {{
  id cursor occurredAt report {SEEN} }} }}"""
VERIFY = "query($code: String!) { verifyReport(code: $code) { transmittedAt replacedAt } }"


async def transmitted(served: Served, form: dict[str, Any] | None = FORM) -> dict[str, Any]:
    answer = (await served.ask(staff(), TRANSMIT, input={"trainingPlanId": PLAN, "form": form}))["transmitReport"]
    assert answer["userErrors"] == []
    report: dict[str, Any] = answer["report"]
    return report


async def corrected(served: Served, viewer: Viewer | None = None, **changes: Any) -> dict[str, Any]:
    asked = {"trainingPlanId": PLAN, "form": CORRECTED, "reasonCode": "ERREUR_SAISIE", "expectedVersion": 1}
    answer = await served.ask(viewer or staff(), CORRECT, input=asked | changes)
    payload: dict[str, Any] = answer["correctReport"]
    return payload


async def codes(served: Served, viewer: Viewer | None = None, **changes: Any) -> list[tuple[str, list[str]]]:
    refused = await corrected(served, viewer, **changes)
    return [(each["code"], each["path"]) for each in refused["userErrors"]]


async def paper(served: Served, report: dict[str, Any]) -> bytes:
    return (await served.http.get(report["document"]["url"])).content


async def test_the_corrected_report_stands_and_the_first_stays_marked_as_replaced(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    first = await transmitted(served)
    made = await corrected(served, reasonNote=" La durée était fausse. ")
    assert made["userErrors"] == []
    second = made["report"]
    assert (second["version"], second["form"]["durationHours"]) == (2, 260)
    assert second["correctionReason"] == {"code": "ERREUR_SAISIE", "label": "Erreur de saisie"}
    assert second["correctionNote"] == "La durée était fausse."
    assert second["replaces"] == {"id": first["id"], "version": 1, "form": {"durationHours": 258}}
    assert second["replacedBy"] is None
    assert second["id"] != first["id"]
    assert second["verificationCode"] != first["verificationCode"]
    for viewer in (staff(), trainee(), counsellor()):
        was = (await served.ask(viewer, NODE, id=first["id"]))["node"]
        now = (await served.ask(viewer, NODE, id=second["id"]))["node"]
        assert was["replacedBy"] == {"id": second["id"], "version": 2, "form": {"durationHours": 260}}
        for report, shown in ((first, was), (second, now)):
            fields = ("id", "version", "verificationCode", "form", "correctionReason", "replaces")
            assert {name: shown[name] for name in fields} == {name: report[name] for name in fields}
            assert shown["document"]["sha256"] == report["document"]["sha256"]
        listed = await served.ask(viewer, "{ transmittedReports { totalCount nodes { id } } }")
        assert listed["transmittedReports"] == {"totalCount": 1, "nodes": [{"id": second["id"]}]}
    for viewer in (staff(OTHER_SIRET), trainee("9999999Z"), counsellor("B-1")):
        for report in (first, second):
            assert (await served.ask(viewer, NODE, id=report["id"]))["node"] is None


async def test_the_first_paper_never_changes_and_the_second_says_what_it_replaces(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    first = await transmitted(served)
    before = await paper(served, first)
    second = (await corrected(served, reasonNote="La durée était fausse."))["report"]
    after = (await served.ask(trainee(), NODE, id=first["id"]))["node"]
    assert await paper(served, first) == await paper(served, after) == before
    assert second["document"]["fileName"].startswith("bilan-corrige-")
    printed = PdfReader(io.BytesIO(await paper(served, second)))
    text = " ".join(printed.pages[0].extract_text().split())
    assert "Bilan corrigé. Il remplace celui qui a été transmis le" in text
    assert "Motif : Erreur de saisie – La durée était fausse." in text.replace("\u202f", " ")
    data = json.loads(printed.attachments["bilan.json"][0])
    assert data["correction"]["replacesVersion"] == 1
    assert data["correction"]["reason"]["code"] == "ERREUR_SAISIE"
    assert json.loads(PdfReader(io.BytesIO(before)).attachments["bilan.json"][0])["correction"] is None


async def test_recipients_are_told_and_what_was_announced_before_is_told_again_as_it_was(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan(), a_plan("P-2", job_seeker=a_person()))
    async with served.following(counsellor(), ANNOUNCED, after=encode_number(0)) as events:
        first = await transmitted(served)
        told_first = (await anext(events))["reportTransmitted"]
        second = (await corrected(served))["report"]
        told_second = (await anext(events))["reportTransmitted"]
    assert told_first["report"]["form"]["durationHours"] == 258
    assert told_second["report"]["id"] == second["id"]
    assert told_second["report"]["replaces"]["id"] == first["id"]
    assert told_second["id"] != told_first["id"]
    for viewer in (staff(), trainee(), counsellor()):
        async with served.following(viewer, ANNOUNCED, after=encode_number(0)) as events:
            again = [(await anext(events))["reportTransmitted"] for _ in range(2)]
        assert [each["report"]["form"]["durationHours"] for each in again] == [258, 260]
        assert [each["report"]["replacedBy"] and each["report"]["replacedBy"]["version"] for each in again] == [
            2,
            None,
        ]
        for was, told in ((told_first, again[0]), (told_second, again[1])):
            assert {name: told[name] for name in ("id", "cursor", "occurredAt")} == {
                name: was[name] for name in ("id", "cursor", "occurredAt")
            }
            assert told["report"]["id"] == was["report"]["id"]
            assert told["report"]["document"]["sha256"] == was["report"]["document"]["sha256"]
    async with served.following(trainee(), ANNOUNCED, after=told_first["cursor"]) as events:
        assert (await anext(events))["reportTransmitted"]["report"]["id"] == second["id"]


async def test_the_same_correction_again_is_the_same_correction(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan())
    await transmitted(served)
    made = await corrected(served)
    assert await corrected(served) == made | {"report": made["report"] | {"document": ANYTHING}}
    assert (await corrected(served, expectedVersion=2))["report"]["id"] == made["report"]["id"]
    kept = await database["plans"].find_one({"_id": "P-1"})
    assert kept
    assert kept["numbers"] == [1, 2]


async def test_of_twenty_at_once_one_is_made(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan())
    await transmitted(served)
    made = await asyncio.gather(*(corrected(served) for _ in range(20)))
    assert {each["report"]["document"]["sha256"] for each in made} == {made[0]["report"]["document"]["sha256"]}
    assert [each["userErrors"] for each in made] == [[]] * 20
    kept = await database["plans"].find_one({"_id": "P-1"})
    assert kept
    assert [report["version"] for report in (*kept["earlier_reports"], kept["report"])] == [1, 2]
    assert await database["papers"].count_documents({}) == 2


async def test_of_different_corrections_at_once_one_is_made_and_the_others_are_told_to_read_again(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    await transmitted(served)
    forms = [FORM | {"durationHours": hours} for hours in (300, 301, 302, 303)]
    made = await asyncio.gather(*(corrected(served, form=form) for form in forms))
    refused = [each for each in made if each["userErrors"]]
    assert len(refused) == 3
    assert {each["userErrors"][0]["code"] for each in refused} == {"STALE_VERSION"}
    assert {each["report"]["version"] for each in made} == {2}


async def test_a_correction_is_corrected_in_its_turn(served: Served, load: Callable[..., Awaitable[object]]) -> None:
    await load(a_plan())
    first = await transmitted(served)
    second = (await corrected(served))["report"]
    third = (await corrected(served, form=FORM, expectedVersion=2))["report"]
    assert third["replaces"]["id"] == second["id"]
    assert third["form"]["durationHours"] == 258
    middle = (await served.ask(trainee(), NODE, id=second["id"]))["node"]
    assert (middle["replaces"]["id"], middle["replacedBy"]["id"]) == (first["id"], third["id"])


async def test_names_that_the_feed_has_mended_are_reason_enough(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    await transmitted(served)
    assert await codes(served, form=FORM) == [("INVALID", ["form"])]
    await load(a_plan(job_seeker=a_person(last_name="ADAMS")))
    made = await corrected(served, form=FORM, reasonCode="IDENTITE_INTITULE")
    assert made["userErrors"] == []
    assert made["report"]["jobSeeker"] == {"lastName": "ADAMS"}
    was = (await served.ask(trainee(), NODE, id=made["report"]["replaces"]["id"]))["node"]
    assert was["jobSeeker"] == {"lastName": "ADAM"}


async def test_what_is_no_correction_is_refused(served: Served, load: Callable[..., Awaitable[object]]) -> None:
    await load(a_plan())
    assert await codes(served) == [("NOT_FOUND", ["trainingPlanId"])]
    await transmitted(served)
    assert await codes(served, expectedVersion=7) == [("STALE_VERSION", ["expectedVersion"])]
    assert await codes(served, reasonCode="INCONNU") == [("UNKNOWN_CODE", ["reasonCode"])]
    assert await codes(served, reasonCode="AUTRE", reasonNote="  ") == [("REQUIRED", ["reasonNote"])]
    assert await codes(served, reasonNote="x" * 301) == [("INVALID", ["reasonNote"])]
    assert ("REQUIRED", ["form", "objective"]) in await codes(served, form={"durationHours": 3})
    assert await codes(served, staff(OTHER_SIRET)) == [("NOT_FOUND", ["trainingPlanId"])]
    for viewer in (trainee(), counsellor()):
        assert await codes(served, viewer) == [("NOT_ALLOWED", ["trainingPlanId"])]
    assert (await transmitted(served))["version"] == 1


async def test_transmitting_again_gives_the_report_that_stands(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    await transmitted(served)
    second = (await corrected(served))["report"]
    for form in (None, CORRECTED):
        assert (await transmitted(served, form))["id"] == second["id"]
    again = await served.ask(staff(), TRANSMIT, input={"trainingPlanId": PLAN, "form": FORM})
    assert again["transmitReport"]["userErrors"] == [{"code": "ALREADY_TRANSMITTED", "path": ["trainingPlanId"]}]


async def test_the_feed_changes_neither_report_and_the_code_of_the_first_says_it_was_replaced(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    first = await transmitted(served)
    second = (await corrected(served))["report"]
    await load(a_plan(job_seeker=a_person(last_name="ADAMS")))
    for report in (first, second):
        assert (await served.ask(trainee(), NODE, id=report["id"]))["node"]["jobSeeker"] == {"lastName": "ADAM"}
    was = (await served.ask(trainee(), VERIFY, code=first["verificationCode"]))["verifyReport"]
    now = (await served.ask(trainee(), VERIFY, code=second["verificationCode"]))["verifyReport"]
    assert was["replacedAt"] == now["transmittedAt"]
    assert now["replacedAt"] is None
    page = await served.http.get(f"/verification/{first['verificationCode']}")
    assert "Ce bilan a été remplacé" in page.text


async def test_the_reasons_are_a_list_of_the_api(served: Served) -> None:
    found = await served.ask(staff(), "{ nomenclature(name: CORRECTION_REASON) { code label } }")
    assert found["nomenclature"][0] == {"code": "ERREUR_SAISIE", "label": "Erreur de saisie"}
    assert found["nomenclature"][-1]["code"] == "AUTRE"


class _Anything:
    def __eq__(self, _: object) -> bool:
        return True

    __hash__ = object.__hash__


ANYTHING = _Anything()

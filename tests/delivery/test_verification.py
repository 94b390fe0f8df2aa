"""The holder of a paper may verify it, learns nothing about the person, and cannot search for others."""

from __future__ import annotations

import asyncio
import io
import re
from typing import TYPE_CHECKING, Any

from pypdf import PdfReader

from domain.verification import code_of, read_code
from schema.ids import encode_id
from tests.factories import OTHER_SIRET, SIRET, a_person, a_plan, an_organization, counsellor, staff, trainee

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    import httpx
    import pytest

    from settings import Settings
    from storage.client import Database
    from tests.service import Served

PLAN = encode_id("TrainingPlan", "P-1")
REPORT = "{ verificationCode verificationUrl transmittedAt document { url sha256 } }"
TRANSMIT = (
    f"mutation($id: ID!, $form: ReportFormInput) {{ transmitReport(input: {{trainingPlanId: $id, form: $form}}) \
{{ report {REPORT} userErrors {{ code path }} }} }}"
)
VERIFY = """query($code: String!, $sha256: String) { verifyReport(code: $code, sha256: $sha256) {
  transmittedAt organizationName organizationSiret replacedAt documentMatches } }"""
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
JSON = {"Accept": "application/json"}
PERSONAL = ("ADAM", "Zoé", "1205012K", "Frigoriste", "Brasage", "P-1", "00035125", "AFC", "2025-11-19", "19/11/2025")


async def transmitted(served: Served) -> dict[str, Any]:
    answer = (await served.ask(staff(), TRANSMIT, id=PLAN, form=FORM))["transmitReport"]
    assert answer["userErrors"] == []
    report: dict[str, Any] = answer["report"]
    return report


async def asked(served: Served, code: str, **parameters: str) -> httpx.Response:
    return await served.http.get(f"/verification/{code}", params=parameters, headers=JSON)


async def test_the_code_is_drawn_once_kept_with_the_report_and_shown_to_those_who_see_it(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan())
    sent, again = await transmitted(served), await transmitted(served)
    kept = await database["plans"].find_one({"_id": "P-1"})
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", sent["verificationCode"])
    assert again["verificationCode"] == sent["verificationCode"]
    assert kept
    assert kept["report"]["verification"] == read_code(sent["verificationCode"])
    assert sent["verificationUrl"] == f"{served.url}/verification/{sent['verificationCode']}"
    for viewer in (trainee(), counsellor()):
        found = await served.ask(viewer, "{ transmittedReports { nodes { verificationCode } } }")
        assert found["transmittedReports"]["nodes"] == [{"verificationCode": sent["verificationCode"]}]


async def test_a_draft_has_no_code(served: Served, load: Callable[..., Awaitable[object]]) -> None:
    await load(a_plan())
    saving = (
        f"mutation($id: ID!) {{ saveReportDraft(input: {{trainingPlanId: $id, form: {{}}}}) {{ report {REPORT} }} }}"
    )
    report = (await served.ask(staff(), saving, id=PLAN))["saveReportDraft"]["report"]
    assert (report["verificationCode"], report["verificationUrl"]) == (None, None)
    text = PdfReader(io.BytesIO((await served.http.get(report["document"]["url"])).content)).pages[0].extract_text()
    assert "vérification" not in text


async def test_the_paper_carries_its_code_and_the_address_that_verifies_it(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    sent = await transmitted(served)
    paper = (await served.http.get(sent["document"]["url"])).content
    text = PdfReader(io.BytesIO(paper)).pages[0].extract_text()
    assert sent["verificationCode"] in text
    assert sent["verificationUrl"] in re.sub(r"\s", "", text)


async def test_a_program_learns_from_the_code_when_by_whom_and_whether_the_document_is_the_one_kept(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    sent = await transmitted(served)
    answer = await asked(served, sent["verificationCode"].lower())
    assert answer.status_code == 200
    assert answer.json() == {
        "transmitted": True,
        "transmittedAt": sent["transmittedAt"],
        "organization": {"name": "Artois Compétences", "siret": SIRET},
        "replacedAt": None,
        "documentMatches": None,
    }
    digest = sent["document"]["sha256"]
    assert (await asked(served, sent["verificationCode"], sha256=digest.upper())).json()["documentMatches"] is True
    assert (await asked(served, sent["verificationCode"], sha256="0" * 64)).json()["documentMatches"] is False
    assert (await asked(served, sent["verificationCode"], sha256="abc")).json()["documentMatches"] is False


async def test_whoever_has_a_token_may_ask_the_api_of_any_paper(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    sent = await transmitted(served)
    for viewer in (staff(OTHER_SIRET), trainee("9999999Z"), counsellor("B-1")):
        found = await served.ask(viewer, VERIFY, code=sent["verificationCode"], sha256=sent["document"]["sha256"])
        assert found["verifyReport"] == {
            "transmittedAt": sent["transmittedAt"],
            "organizationName": "Artois Compétences",
            "organizationSiret": SIRET,
            "replacedAt": None,
            "documentMatches": True,
        }
    assert (await served.ask(trainee(), VERIFY, code="nothing"))["verifyReport"] is None


async def test_nothing_of_the_person_or_the_course_is_told(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    sent = await transmitted(served)
    page = await served.http.get(f"/verification/{sent['verificationCode']}")
    program = await asked(served, sent["verificationCode"])
    for said in (page.text, program.text):
        assert [word for word in PERSONAL if word in said] == []


async def test_the_organization_is_told_as_it_was_at_transmission(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    sent = await transmitted(served)
    await load(a_plan(organization=an_organization(legal_name="Nouveau nom")))
    assert (await asked(served, sent["verificationCode"])).json()["organization"]["name"] == "Artois Compétences"


async def test_a_code_that_cannot_be_and_one_that_nobody_has_get_the_same_answer(served: Served) -> None:
    unknown, malformed = code_of(2**54 + 12345), "0000-EFGH-JKMN"
    assert read_code(malformed) is None
    answers = [await asked(served, code) for code in (unknown, malformed, "%F0%9F%98%80", "a" * 500, "{$gt:0}")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, '{"transmitted":false}')}
    pages = [await served.http.get("/verification", params={"code": code}) for code in (unknown, malformed)]
    shown = [page.text.replace(code, "") for page, code in zip(pages, (unknown, malformed), strict=True)]
    assert {page.status_code for page in pages} == {404}
    assert shown[0] == shown[1]


async def test_what_was_typed_comes_back_as_text_and_never_as_markup(served: Served) -> None:
    page = await served.http.get("/verification", params={"code": '"><script>alert(1)</script>', "sha256": "<b>"})
    assert "<script" not in page.text
    assert "<b>" not in page.text
    assert "&lt;script&gt;" in page.text


async def test_the_page_runs_no_script_loads_nothing_and_is_kept_nowhere(served: Served) -> None:
    page = await served.http.get("/verification")
    policy = page.headers["Content-Security-Policy"]
    assert page.status_code == 200
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "<script" not in page.text
    assert not re.search(r"(src|href)=", page.text)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


async def test_the_form_is_labelled_and_says_what_it_wants(served: Served) -> None:
    page = (await served.http.get("/verification")).text
    assert '<html lang="fr">' in page
    for field in re.findall(r'<input id="(\w+)"', page):
        assert f'<label for="{field}">' in page
    described = re.findall(r'aria-describedby="([\w-]+)"', page)
    assert len(described) == 2
    assert all(f'id="{hint}"' in page for hint in described)


async def test_an_address_that_tries_code_after_code_is_stopped_on_every_worker(
    settings: Settings,
    serve: Callable[[], AbstractAsyncContextManager[Served]],
    load: Callable[..., Awaitable[object]],
) -> None:
    await load(a_plan())
    async with serve() as one, serve() as other:
        sent = await transmitted(one)
        limit = settings.verifications_per_hour
        tried = await asyncio.gather(*(asked((one, other)[n % 2], f"{n}") for n in range(limit)))
        stopped = await asked(one, sent["verificationCode"])
        page = await other.http.get(f"/verification/{sent['verificationCode']}")
        token = await one.ask(trainee(), VERIFY, code=sent["verificationCode"])
    assert {answer.status_code for answer in tried} == {404}
    assert (stopped.status_code, page.status_code) == (429, 429)
    assert 0 < int(stopped.headers["Retry-After"]) <= 3_600
    assert stopped.json()["error"] == "RATE_LIMITED"
    assert "Trop de vérifications" in page.text
    assert token["verifyReport"]["organizationSiret"] == SIRET


async def test_an_account_that_tries_code_after_code_is_stopped(
    settings: Settings, served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    for number in range(settings.verifications_per_hour):
        await served.ask(trainee(), VERIFY, code=f"{number}")
    refused = await served.answer(trainee(), VERIFY, code="1")
    assert refused["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert 0 < refused["errors"][0]["extensions"]["retryAfter"] <= 3_600
    assert (await served.ask(counsellor(), VERIFY, code="1"))["verifyReport"] is None


async def test_no_code_stands_in_the_logs_or_the_trail(
    served: Served,
    load: Callable[..., Awaitable[object]],
    database: Database,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await load(a_plan())
    code = (await transmitted(served))["verificationCode"]
    await asked(served, code)
    await served.ask(trainee(), VERIFY, code=code)
    printed = capfd.readouterr()
    assert code not in printed.out + printed.err + caplog.text
    for collection in ("trail", "verification_tries"):
        kept = [document async for document in database[collection].find()]
        assert code not in str(kept)
        assert code.replace("-", "") not in str(kept)


async def test_of_many_who_transmit_at_once_one_paper_and_one_code_are_left(
    served: Served, load: Callable[..., Awaitable[object]], database: Database
) -> None:
    await load(a_plan(), a_plan("P-2", job_seeker=a_person("7654321B")))
    reports = await asyncio.gather(*(transmitted(served) for _ in range(6)))
    assert len({report["verificationCode"] for report in reports}) == 1
    assert [paper["_id"] async for paper in database["papers"].find({}, {"_id": 1})] == [
        reports[0]["document"]["sha256"]
    ]


async def test_a_code_alone_is_never_told_as_a_paper_that_is_true(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    sent = await transmitted(served)
    address, digest = f"/verification/{sent['verificationCode']}", sent["document"]["sha256"]
    alone = (await served.http.get(address)).text
    same = (await served.http.get(address, params={"sha256": digest})).text
    other = (await served.http.get(address, params={"sha256": "0" * 64})).text
    for page, tone, warned in ((alone, "told", True), (same, "good", False), (other, "replaced", True)):
        assert f'<section class="result {tone}"' in page
        assert ("Ce code ne prouve pas que le papier est vrai" in page) is warned
    assert "ni le papier que vous tenez, ni le nom qu’il porte" in alone
    assert "<strong>comparez les noms</strong>" in alone
    assert "empreinte SHA-256" in alone


async def test_the_page_has_the_look_and_the_focus_of_the_desk(served: Served) -> None:
    page = (await served.http.get("/verification")).text
    assert ":focus-visible { outline: 2px solid var(--accent);" in page
    assert page.count(":root {") == page.count(":focus-visible {") == 1

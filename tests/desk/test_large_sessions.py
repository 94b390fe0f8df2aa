"""Sessions of many people or many words: the same by the grid and by the spreadsheet, in requests that are let in."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from demo.loading import story_plans
from demo.story import ORGANIZATION
from desk.asking import read_operations
from desk.grid_saving import batched
from desk.pages.session_grid import PAGE
from schema.ids import encode_id
from service.clock import present
from storage.loading import PlanLoader
from tables.template import ROWS
from tests.desk.grid import fields_of, give_back, template
from tests.desk.test_door import field, signed_in
from tests.factories import staff
from tests.whole_session.workbook import content_of, fill
from transport.options import Limits

if TYPE_CHECKING:
    from tests.service import Served

ANSWERS: dict[str, Any] = {
    "durationHours": 258, "attendedHours": 250.5, "teachingModeCode": "0", "certifying": True,
    "certificationCode": "RNCP34159", "exitLevelCode": "13", "hasInternship": True, "objective": "Dépanner.",
    "content": "Braser.", "diplomaObtained": True, "exitSituationCode": "EMPLOI_CDI",
    "internship": {
        "companyName": "Froid du Nord", "siret": "35600000000048", "place": "Arras",
        "periods": [{"startsOn": "2025-10-06", "endsOn": "2025-10-17"}],
    },
}  # fmt: skip
"""Every answer that there is."""

TRAINEES = 30


async def thirty(desk: Served, name: str) -> str:
    """Load a session of thirty; give the address of its grid."""
    known = next(plan for plan in story_plans(present()) if plan.id == "P-BELKACEM")
    assert known.session
    session = known.session.model_copy(update={"id": f"S-{name}", "carif_number": f"C-{name}", "title": name})
    people = [
        known.job_seeker.model_copy(update={"identifier": f"{2000000 + rank}A", "last_name": f"NOM{rank:02}"})
        for rank in range(TRAINEES)
    ]
    plans = [
        known.model_copy(update={"id": f"P-{name}-{rank:02}", "session": session, "job_seeker": person})
        for rank, person in enumerate(people)
    ]
    await PlanLoader(desk.running.database).load(plans)
    (node,) = (await desk.ask(staff(ORGANIZATION), FIND, search=name))["pendingSessions"]["nodes"]
    return f"/sessions/{node['id']}/saisie"


FIND = "query ($search: String!) { pendingSessions(search: $search) { nodes { id } } }"


async def forms_of(desk: Served, name: str) -> list[Any]:
    """What is kept of the answers, in the order of the trainees."""
    found = desk.running.database["plans"].find({"_id": {"$regex": f"^P-{name}-"}}).sort("_id", 1)
    return [each["report"]["form"] async for each in found]


async def test_thirty_by_the_grid_are_saved_the_wrong_line_told_and_the_complete_ones_transmitted(
    one_desk: Served,
) -> None:
    path = await thirty(one_desk, "GRILLE")
    async with signed_in(one_desk) as marie:
        typed = await fields_of(marie, path)
        typed |= {f"duree-{number}": "600" for number in range(1, TRAINEES + 1)}
        typed |= {f"situation-{number}": "EMPLOI_CDI" for number in (1, 2)}
        wrong = await marie.post(path, data=typed | {"duree-17": "beaucoup", "faire": "transmettre"})
        assert wrong.status_code == 422
        summary = wrong.text[wrong.text.index('id="erreurs"') :].partition("</ul>")[0]
        assert re.findall(r'href="#([^"]+)"', summary) == ["duree-17"]
        assert "NOM16" in summary
        assert len(await forms_of(one_desk, "GRILLE")) == TRAINEES, "the others are saved, and what is right of it"
        page = (await marie.get(path)).text
        assert "2\N{NO-BREAK SPACE}bilans complets, 28\N{NO-BREAK SPACE}à compléter" in page
        check = (await marie.get(f"{path}/verifier")).text
        names = [name for number in (1, 2) for name in (f"plan-{number}", f"version-{number}")]
        sent = await marie.post(f"{path}/verifier", data={name: field(check, name) for name in ("jeton", *names)})
        assert sent.headers["Location"].endswith("fait=transmis&n=2")
        assert "28\N{NO-BREAK SPACE}bilans à transmettre" in (await marie.get(path)).text


async def test_thirty_by_the_spreadsheet_are_the_same_reports_as_by_the_grid(one_desk: Served) -> None:
    by_grid, by_table = await thirty(one_desk, "SAISIE-MAIN"), await thirty(one_desk, "SAISIE-TABLEUR")
    async with signed_in(one_desk) as marie:
        typed = await fields_of(marie, by_grid)
        for number in range(1, TRAINEES + 1):
            typed |= {f"duree-{number}": str(400 + number), f"situation-{number}": "EMPLOI_CDI"}
            typed |= {f"diplome-{number}": "non"}
        assert (await marie.post(by_grid, data=typed | {"faire": "enregistrer"})).status_code == 303
        book = await template(marie, by_table)
        for number in range(1, TRAINEES + 1):
            fill(
                book[ROWS], number + 1, duration_hours=400 + number, exit_situation_code="EMPLOI_CDI",
                diploma_obtained="non", teaching_mode_code="0", certifying="non",
                certification_code="", exit_level_code="13", has_internship="non", objective="Aider.",
                content="Lire.",
            )  # fmt: skip
        given = await give_back(marie, by_table, content_of(book))
        assert given.headers["Location"].endswith(f"{by_table}?fait=tableur&n={TRAINEES}")
    assert await forms_of(one_desk, "SAISIE-TABLEUR") == await forms_of(one_desk, "SAISIE-MAIN")


@pytest.mark.parametrize("operation", ["SaveReportDrafts", "TransmitReports"])
async def test_a_whole_page_of_people_with_every_answer_is_one_operation(served: Served, operation: str) -> None:
    form = {**ANSWERS, "internship": {**ANSWERS["internship"], "periods": 8 * ANSWERS["internship"]["periods"]}}
    rows = [
        {"trainingPlanId": encode_id("TrainingPlan", f"P-{number}"), "expectedVersion": 1, "form": form}
        for number in range(PAGE)
    ]
    data = await served.ask(staff(), read_operations()[operation], input={"common": ANSWERS, "reports": rows})
    assert len(next(iter(data.values()))["outcomes"]) == PAGE


def test_rows_with_long_texts_of_their_own_go_in_several_requests() -> None:
    rows = [{"trainingPlanId": str(number), "form": {"content": "é" * 3_000}} for number in range(PAGE)]
    parts = batched(rows)
    assert [row for part in parts for row in part] == rows
    assert len(parts) > 1
    assert all(len(json.dumps(part)) < Limits().body_bytes for part in parts)
    few: list[dict[str, Any]] = [{"trainingPlanId": "1"}] * PAGE
    assert batched(few) == [few]

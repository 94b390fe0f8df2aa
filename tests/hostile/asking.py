"""Questions by id and acts as they are sent, and their answers to the byte."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from schema.ids import encode_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.access import Viewer
    from tests.service import Served


async def raw(served: Served, viewer: Viewer, text: str, kind: str, key: str) -> tuple[int, bytes, dict[str, str]]:
    """Ask with an id; give all of the answer but its date."""
    body = {"query": text, "variables": {"id": encode_id(kind, key)}}
    answer = await served.http.post("/graphql", json=body, headers=served.headers(viewer))
    return answer.status_code, answer.content, {n: v for n, v in answer.headers.items() if n != "date"}


def act(name: str, **others: str) -> str:
    """Write a mutation of a plan, `$id`, with what else its input needs."""
    inner = " ".join(f"{key}: {value}" for key, value in {"trainingPlanId": "$id", **others}.items())
    return f"{name}(input: {{ {inner} }}) {{ __typename userErrors {{ code message path }} }}"


ACTS: Mapping[str, str] = {
    "saveReportDraft": act("saveReportDraft", form='{ objective: "pris" }'),
    "transmitReport": act("transmitReport"),
    "correctReport": act("correctReport", form="{}", reasonCode='"ERREUR_SAISIE"', expectedVersion="1"),
    "discardReportDraft": act("discardReportDraft"),
    "previewReport": act("previewReport", form="{}"),
    "recordPlanExit": act("recordPlanExit", kind="ABANDONMENT", lastDay='"2025-10-01"', reasonCode='"SANTE"'),
    "withdrawPlanExit": act("withdrawPlanExit"),
    "recordAbsence": act("recordAbsence", startsOn='"2025-10-01"', endsOn='"2025-10-02"'),
    "correctAbsence": act("correctAbsence", absenceId='"a"', startsOn='"2025-10-01"', endsOn='"2025-10-02"'),
    "withdrawAbsence": act("withdrawAbsence", absenceId='"a"'),
}
"""Every mutation of a plan."""
ACTS_ON_WEBHOOKS = {
    name: f"{name}(input: {{ webhookId: $id }}) {{ __typename userErrors {{ code message path }} }}"
    for name in ("rotateWebhookSecret", "testWebhook", "enableWebhook", "removeWebhook")
}
ACTS_ON_SEVERAL = {
    name: f"{name}(input: {{ reports: [{{ trainingPlanId: $id{form} }}] }}) "
    "{ __typename outcomes { done plan { id } report { id } userErrors { code message path } } }"
    for name, form in (("saveReportDrafts", ', form: { objective: "pris" }'), ("transmitReports", ""))
}
"""Every mutation of several plans at once."""
ACTS_ON_NOTHING = {"registerWebhook", "importReportTemplate"}
"""What is made for every viewer, and concerns nothing that is there (tests/whole_session/test_template.py)."""


def codes(answer: tuple[int, bytes, dict[str, str]]) -> set[str]:
    data = json.loads(answer[1])["data"]
    return {"".join(error["code"] for error in payload["userErrors"]) for payload in data.values()}


def outcome_codes(answer: tuple[int, bytes, dict[str, str]]) -> set[str]:
    """Give the codes of acts on several plans, each done on one."""
    data = json.loads(answer[1])["data"]
    found = [outcome for payload in data.values() for outcome in payload["outcomes"]]
    return {"".join(error["code"] for error in outcome["userErrors"]) for outcome in found}

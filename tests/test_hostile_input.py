"""What an attacker or a broken client types, over HTTP, against the whole service: refused or answered.

Never a 5xx, never the code INTERNAL, never a plan of somebody else, and nothing that MongoDB reads as an operator.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import orjson
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as run
from hypothesis import strategies as st

from schema.ids import encode_id
from tests.factories import OTHER_SIRET, a_person, a_plan, an_organization, staff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.service import Served

    Load = Callable[..., Awaitable[object]]

AT_ONCE = 8
"""Few enough for every connection to be busy: one left alone for seconds is closed just as it is used again."""
DIGITS = "9" * 5_000
PLAN = encode_id("TrainingPlan", "P-1")
STRINGS = [
    "",
    " ",
    "\x00",
    "P-1\x00",
    "\ud800",
    "a\udfffb",
    "\u202e",
    "\uffff",
    "💣" * 500,
    "x" * 20_000,
    "$where",
    "$ne",
    '{"$ne": null}',
    '{"$gt": ""}',
    "'; return true; //",
    "keys.person",
    "__proto__",
    ".*",
    "(.*)*$",
    "(a+)+b",
    "^",
    "[",
    "(?i)adam",
    "\\",
    "\\u0000",
    "%00",
    "../../etc/passwd",
    "<script>",
    "' OR 1=1 --",
    DIGITS,
    "-1",
    "1e400",
    "NaN",
]
QUESTIONS = {
    "search": "query($v: String) { pendingPlans(search: $v) { totalCount nodes { id } } }",
    "title": "query($v: String) { pendingSessions(search: $v) { totalCount nodes { id } } }",
    "sent": "query($v: String) { transmittedReports(search: $v) { totalCount } }",
    "drafted": "query($v: String) { draftReports(search: $v) { totalCount } }",
    "person": "query($v: String!) { jobSeekers(search: $v) { nodes { id lastName } } }",
    "list": "query($v: String) { nomenclature(name: EXIT_SITUATION, search: $v) { code } }",
    "cursor": "query($v: String) { pendingPlans(after: $v) { nodes { id } } }",
    "session": "query($v: ID) { pendingPlans(trainingSessionId: $v) { nodes { id } } }",
    "node": "query($v: ID!) { node(id: $v) { id } }",
    "plan": "query($v: ID!) { trainingPlan(id: $v) { id } }",
    "day": "query($v: Date) { pendingPlans(planEndsOn: {from: $v}) { nodes { id } } }",
    "integer": "query($v: Int) { pendingPlans(first: $v) { nodes { id } } }",
    "flag": "query($v: Boolean) { pendingPlans(employmentServiceFunded: $v) { nodes { id } } }",
    "list name": "query($v: NomenclatureName!) { nomenclature(name: $v) { code } }",
    "form": """mutation($v: String, $plan: ID!) { saveReportDraft(input: {trainingPlanId: $plan, form: {objective: $v,
        teachingModeCode: $v, certificationCode: $v, internship: {companyName: $v, siret: $v}}})
        { report { version } userErrors { code } } }""",
    "plan of a form": """mutation($v: ID!) { transmitReport(input: {trainingPlanId: $v}) { userErrors { code } } }""",
    "version": """mutation($v: Int, $plan: ID!) {
        discardReportDraft(input: {trainingPlanId: $plan, expectedVersion: $v})
        { userErrors { code } } }""",
    "hours": """mutation($v: Int, $plan: ID!) { saveReportDraft(input: {trainingPlanId: $plan, expectedVersion: 77,
        form: {durationHours: $v}}) { userErrors { code } } }""",
    "reason": """mutation($v: String, $plan: ID!) { recordPlanExit(input: {trainingPlanId: $plan, kind: ABANDONMENT,
        lastDay: "2025-10-10", reasonCode: $v}) { userErrors { code } } }""",
}
OF_EACH_KIND = ("search", "cursor", "node", "day", "integer", "form")
VALUES: list[Any] = [
    *STRINGS,
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    -(2**63),
    1.5,
    1e300,
    [],
    {},
    ["P-1"],
    {"$ne": None},
    {"$gt": ""},
    {"$where": "sleep(10000)"},
    [{"$ne": 1}],
    {"$regex": ".*"},
    "2025-02-30",
    "0000-00-00",
    "9999-12-31",
    "0001-01-01",
    "2025-1-1",
    "20250101",
    "2025-W01-1",
    "２０２５-01-01",
    "2025-01-01T00:00:00Z",
]
WORLD = (
    a_plan(),
    a_plan("P-2", organization=an_organization(OTHER_SIRET), job_seeker=a_person("7654321Z", "SECRET", "Nul")),
)


def body_of(query: str, variables: dict[str, Any]) -> bytes:
    """JSON as a client may write it: lone surrogates as escapes."""
    return json.dumps({"query": query, "variables": variables}).encode()


async def told(served: Served, body: bytes) -> dict[str, Any]:
    """Post; hold the answer to what no answer may be."""
    headers = served.headers(staff()) | {"Content-Type": "application/json"}
    response = await served.http.post("/graphql", content=body, headers=headers, timeout=60)
    assert response.status_code in (200, 400), (response.status_code, response.text[:300])
    answer: dict[str, Any] = orjson.loads(response.content)
    for error in answer.get("errors", []):
        assert error["extensions"]["code"] != "INTERNAL", error
        assert "Traceback" not in error["message"]
        assert len(error["message"]) < 30_000
    assert "SECRET" not in response.text
    assert encode_id("TrainingPlan", "P-2") not in response.text
    return answer


async def test_whatever_value_comes_in_a_variable_it_is_refused_or_answered(served: Served, load: Load) -> None:
    await load(*WORLD)
    for asked, query in QUESTIONS.items():
        values = VALUES if asked in OF_EACH_KIND else VALUES[::3]
        bodies = [body_of(query, {"v": value, "plan": PLAN}) for value in values]
        for start in range(0, len(bodies), AT_ONCE):
            answers = await asyncio.gather(*(told(served, body) for body in bodies[start : start + AT_ONCE]))
            assert all(answer.get("data") or answer["errors"] for answer in answers), asked


LITERALS = [
    f"{{ pendingPlans(first: {DIGITS}) {{ nodes {{ id }} }} }}",
    f"{{ pendingPlans(first: -{DIGITS}) {{ nodes {{ id }} }} }}",
    f"{{ pendingPlans(first: 1e{DIGITS}) {{ nodes {{ id }} }} }}",
    f"{{ node(id: {DIGITS}) {{ id }} }}",
    f"{{ pendingPlans(planEndsOn: {{from: {DIGITS}}}) {{ nodes {{ id }} }} }}",
    '{ pendingPlans(planEndsOn: {from: "2025-02-30"}) { nodes { id } } }',
    '{ pendingPlans(planEndsOn: {from: "soon"}) { nodes { id } } }',
    "{ pendingPlans(planEndsOn: {from: {}}) { nodes { id } } }",
    "{ pendingPlans(search: {_ne: null}) { nodes { id } } }",
    '{ pendingPlans(search: "\\uD800") { nodes { id } } }',
    '{ pendingPlans(search: "\\u0000") { nodes { id } } }',
    '{ pendingPlans(search: "\\u{110000}") { nodes { id } } }',
    '{ pendingPlans(after: "\\uDFFF") { nodes { id } } }',
    '{ node(id: "\\uD800") { id } }',
    '{ pendingPlans(search: """\x00""") { nodes { id } } }',
    "{ pendingPlans(first: 0) { nodes { id } } }",
    "{ pendingPlans(first: 101) { nodes { id } } }",
    "\x00",
    "\ufeff",
    "{",
    "query($v: Int = " + DIGITS + ") { pendingPlans(first: $v) { nodes { id } } }",
]


async def test_whatever_is_written_in_the_document_it_is_refused_or_answered(served: Served, load: Load) -> None:
    await load(*WORLD)
    for query in LITERALS:
        answer = await told(served, body_of(query, {}))
        assert "data" in answer or answer["errors"], query


async def test_pages_out_of_bounds_and_days_that_are_none_are_refused_as_bad_requests(
    served: Served, load: Load
) -> None:
    await load(*WORLD)
    for query in (LITERALS[5], LITERALS[6], LITERALS[-6], LITERALS[-5], LITERALS[-2]):
        answer = await told(served, body_of(query, {}))
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_REQUEST"], query


async def test_a_search_is_text_and_never_an_expression(served: Served, load: Load) -> None:
    await load(*WORLD)
    for search in (".*", "^", "$", "a.am", "(?i)adam", "[a]dam", "adam|x", "\\w+", "{$ne: 1}"):
        found = await served.ask(staff(), QUESTIONS["search"], v=search)
        assert found["pendingPlans"] == {"totalCount": 0, "nodes": []}, search
    found = await served.ask(staff(), QUESTIONS["search"], v="adam")
    assert found["pendingPlans"]["totalCount"] == 1


async def test_a_raw_body_with_bytes_that_are_no_text_is_refused(served: Served) -> None:
    for body in (b'{"query": "{ viewer { name } }\xff"}', b'{"query": "\xed\xa0\x80"}', b"\x00" * 100, b"[" * 10_000):
        assert "errors" in await told(served, body)
    huge = b'{"query": "query($v: Int) { pendingPlans(first: $v) { nodes { id } } }", "variables": {"v": %s}}'
    assert "errors" in await told(served, huge % DIGITS.encode())


@run(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.sampled_from(sorted(QUESTIONS)),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(codec=None, exclude_categories=()))
        | st.sampled_from(STRINGS),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["$ne", "$where", "from", "_id", ""]), inner, max_size=3)
        ),
        max_leaves=4,
    ),
)
async def test_no_value_is_answered_by_a_fault(served: Served, asked: str, value: Any) -> None:
    await told(served, body_of(QUESTIONS[asked], {"v": value, "plan": PLAN}))

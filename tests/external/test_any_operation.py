"""Whatever fits the schema, as schemathesis' own hypothesis-graphql makes it up: no answer is a fault.

Its cases are drawn without schemathesis around them: inside one test for all fields, its strategies draw
differently the second time, which hypothesis refuses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import mutations, nodes, queries

from schema.ids import encode_id
from schema.public import public_schema, sdl
from tests.factories import ADVISER, IDENTIFIER, SIRET, a_plan, counsellor, session_of, staff, trainee
from tests.hostile.worlds import TIMES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.service import Served

SCHEMA = public_schema._schema  # noqa: SLF001 - as service/execution.py does
TEXT = sdl()
assert SCHEMA.query_type
assert SCHEMA.mutation_type
DAYS = (st.dates().map(str) | st.sampled_from(["2025-10-01", "2025-10-02", "", "0000-00-00"])).map(nodes.String)
INSTANTS = st.datetimes().map(lambda moment: nodes.String(moment.isoformat() + "Z"))
SCALARS = {"Date": DAYS, "DateTime": INSTANTS}
OPERATIONS = {
    **{name: queries(TEXT, fields=[name], custom_scalars=SCALARS) for name in SCHEMA.query_type.fields},
    **{name: mutations(TEXT, fields=[name], custom_scalars=SCALARS) for name in SCHEMA.mutation_type.fields},
}
VIEWERS = [staff(), trainee(), counsellor()]
OURS = {
    "trainingPlanId": encode_id("TrainingPlan", "P-1"),
    "reportId": encode_id("Report", "P-1"),
    "trainingSessionId": encode_id("TrainingSession", session_of()),
    "id": encode_id("TrainingPlan", "P-1"),
}
NAMED = re.compile(r'\b(trainingPlanId|reportId|trainingSessionId|id): "(?:[^"\\]|\\.)*"')


def with_ids_of_ours(query: str) -> str:
    """Name things that are there, so that what lies behind them is asked too."""
    return NAMED.sub(lambda found: f'{found[1]}: "{OURS[found[1]]}"', query)


@settings(
    max_examples=30 * TIMES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
async def test_no_operation_of_the_schema_is_answered_by_a_fault(
    served: Served, load: Callable[..., Awaitable[object]], data: st.DataObject
) -> None:
    await load(a_plan())
    viewer = data.draw(st.sampled_from(VIEWERS))
    made = data.draw(OPERATIONS[data.draw(st.sampled_from(sorted(OPERATIONS)))])
    for query in (made, with_ids_of_ours(made)):
        answer = await served.http.post("/graphql", json={"query": query}, headers=served.headers(viewer))
        assert answer.status_code < 500, query
        codes = [error["extensions"]["code"] for error in answer.json().get("errors", ())]
        assert "INTERNAL" not in codes, query


def test_every_root_field_is_asked() -> None:
    assert len(OPERATIONS) >= 25
    assert {ADVISER, IDENTIFIER, SIRET} == {viewer.key for viewer in VIEWERS}

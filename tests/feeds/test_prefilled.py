"""Whatever loads, the form opens with what can be sent back as it is."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.blockers import blockers
from domain.form import TypedForm
from feeds.lheo import read_lheo
from feeds.outcome import Accepted
from feeds.plans import read_plans
from feeds.trainees import read_trainees
from tests.domain.known import KNOWN
from tests.feeds.factories import action_xml, formation_xml, jsonl, lheo, plan_line, session_line, source
from tests.feeds.test_trainee import MORE
from tests.feeds.test_trainees import ROW

if TYPE_CHECKING:
    from domain.form import Form
    from domain.plan import Plan

FIELDS = {
    "durationHours": "duration_hours",
    "teachingModeCode": "teaching_mode",
    "certifying": "certifying",
    "certificationCode": "certification",
    "exitLevelCode": "exit_level",
    "objective": "objective",
    "content": "content",
}
CODES = st.sampled_from(
    ["RNCP34159", "rncp 12", "RS6117", "RNCP34159BC01", "80735", "999999", "TP Vente", "-", "-1", ""]
)
LEVELS = st.sampled_from([*map(str, range(20)), "99", "N4", ""])
MODES = st.sampled_from(["0", "1", "2", "7", "mixte", ""])
YES_OR_NO = st.sampled_from(["", "0", "1", "oui", "2"])
TEXTS = st.one_of(
    st.sampled_from(
        [
            "<p>a</p>",
            "&lt;ul&gt;&lt;li&gt;b&lt;/li&gt;",
            "a < b",
            "&nbsp;",
            "-",
            "",
            "x" * 3000,
            "é" * 2999,
            "- x\n" * 740,
            "<li>x" * 700,
        ]
    ),
    st.text(alphabet="ab <>&;/p\n", max_size=40),
)
HOURS = st.sampled_from(["", "0", "70", "70,0", "99999", "100000", "cf. devis", "-5"])
many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def comes_back(plan: Plan) -> None:
    opened = plan.prefilled_form(KNOWN)
    sent = typed(opened).answered(KNOWN)
    refused = {FIELDS[(each.path or ())[1]] for each in blockers(sent, plan, KNOWN) if (each.path or ())[1] in FIELDS}
    prefilled = {name for name in FIELDS.values() if getattr(opened, name) is not None}
    if opened.certifying and opened.certification is None:
        refused.discard("certification")  # asked for, not refused
    assert sent.answers() == opened.answers()
    assert not refused & prefilled


def typed(form: Form) -> TypedForm:
    def code(name: str) -> str | None:
        answer = getattr(form, name)
        return answer.code if answer else None

    coded = {f"{name}_code": code(name) for name in ("teaching_mode", "certification", "exit_level")}
    return TypedForm.model_validate(coded | form.model_dump(include={*FIELDS.values()} - {"certification"}))


def entry(code: str) -> dict[str, str] | None:
    return {"code": code, "label": "De la session"} if code.strip("- ") else None


@many
@given(st.data())
def test_of_the_plans_feed(data: st.DataObject) -> None:
    told: dict[str, Any] = {
        "durationHours": data.draw(st.none() | st.integers(0, 99_999)),
        "teachingModeCode": data.draw(MODES) or None,
        "certifying": data.draw(st.none() | st.booleans()),
        "certification": entry(data.draw(CODES)),
        "exitLevelCode": data.draw(LEVELS) or None,
        "objective": data.draw(TEXTS),
        "content": data.draw(TEXTS),
    }
    for outcome in read_plans(source(jsonl(plan_line(session=session_line(**told))))):
        assert isinstance(outcome, Accepted), outcome
        comes_back(outcome.value)


@many
@given(st.data())
def test_of_trainees_on_the_sessions_of_the_offer_and_without(data: st.DataObject) -> None:
    of_rncp, of_certif_info = (f"<{name}>{data.draw(CODES)}</{name}>" for name in ("code-RNCP", "code-CERTIFINFO"))
    hours = f"<nombre-heures-total>{data.draw(HOURS)}</nombre-heures-total>"
    mode = f"<modalites-enseignement>{data.draw(MODES)}</modalites-enseignement>"
    xml = formation_xml(action_xml(more=hours).replace("<modalites-enseignement>1</modalites-enseignement>", mode))
    changes = {
        "<code-RNCP>34054</code-RNCP><code-CERTIFINFO>80735</code-CERTIFINFO>": of_rncp + of_certif_info,
        "<certifiante>1</certifiante>": f"<certifiante>{data.draw(YES_OR_NO)}</certifiante>",
        "<code-niveau-sortie>13": f"<code-niveau-sortie>{data.draw(LEVELS)}",
        "Vendre &amp; plaire": escape(data.draw(TEXTS)),
        "<contenu-formation>-": f"<contenu-formation>{escape(data.draw(TEXTS))}",
    }
    for before, after in changes.items():
        assert before in xml
        xml = xml.replace(before, after)
    row = ROW | MORE | {"dn_certifinfo_1_id": data.draw(CODES)}
    (trainee,) = read_trainees(source("|".join(row) + "\n" + "|".join(row.values())))
    (course,) = read_lheo(source(lheo(xml)))
    assert isinstance(trainee, Accepted)
    assert isinstance(course, Accepted), course

    comes_back(trainee.value.plan(None, KNOWN))
    comes_back(trainee.value.plan(course.value.labelled(KNOWN), KNOWN))

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from domain.facts import PlanExit, PlanExitKind
from domain.nomenclature import Entry
from domain.plan import Plan, Withdrawn
from feeds.outcome import Accepted, NotThisFormat, Outcome, Rejected
from feeds.plan_line import plans_schema
from feeds.plans import read_plan, read_plans
from tests.feeds.factories import jsonl, organization_line, plan_line, session_line, source


def read(**changes: Any) -> Outcome[Plan]:
    return read_plan(1, jsonl(plan_line(**changes)))


def accepted(outcome: Outcome[Plan]) -> Accepted[Plan]:
    assert isinstance(outcome, Accepted), outcome
    return outcome


def reasons(outcome: Outcome[Plan]) -> dict[str, str]:
    assert isinstance(outcome, Rejected), outcome
    return {remark.where: remark.reason for remark in outcome.reasons}


def flagged(outcome: Outcome[Plan]) -> list[str]:
    return [flag.where for flag in accepted(outcome).flags]


def lines(outcomes: Iterable[Outcome[Plan]]) -> list[tuple[int, str]]:
    return [(outcome.line, type(outcome).__name__) for outcome in outcomes]


def test_a_line_of_the_contract_becomes_a_plan_without_flags() -> None:
    outcome = accepted(read(exit={"kind": "ABANDONMENT", "lastDay": "2026-10-02", "reasonCode": "SANTE"}))

    plan = outcome.value
    assert plan.session is not None
    assert plan.session.certification == Entry(code="RNCP34054", label="Titre")
    assert plan.session.duration_hours == 258
    assert plan.job_seeker.first_name == "Zoé"
    assert plan.exit == PlanExit(kind=PlanExitKind.ABANDONMENT, last_day=date(2026, 10, 2), reason_code="SANTE")
    assert plan.absences == ()
    assert plan.report is None
    assert outcome.flags == ()


@pytest.mark.parametrize("day", ["2026-01-01", "2026-09-03"])
def test_who_never_came_needs_no_day_of_presence(day: str) -> None:
    plan = accepted(read(exit={"kind": "ABANDONMENT", "lastDay": day, "reasonCode": "NON_PRESENTE"})).value
    assert plan.never_attended
    assert plan.opens_on == plan.starts_on


def test_a_plan_without_a_session_has_its_own_title_and_number() -> None:
    plan = accepted(read(session=None, title="Soudure", carifNumber="90512")).value

    assert (plan.title, plan.carif_number) == ("Soudure", "90512")


def test_a_plan_with_neither_session_nor_title_is_rejected() -> None:
    assert list(reasons(read(session=None, title=" "))) == ["title"]


def test_every_problem_of_a_line_is_told_at_once_by_its_path() -> None:
    broken = plan_line(startsOn="04/09/2026", funding={"scheme": " "}, session=session_line(durationHours="258"))
    del broken["organization"]

    found = reasons(read_plan(1, jsonl(broken)))

    assert set(found) == {
        "startsOn",
        "funding.scheme",
        "funding.employmentServiceFunded",
        "organization",
        "session.durationHours",
    }


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"id": ""}, "id"),
        ({"id": "x" * 65}, "id"),
        ({"id": 7}, "id"),
        ({"endsOn": "2026-09-03"}, "endsOn"),
        ({"endsOn": "2026-02-30"}, "endsOn"),
        ({"endsOn": "2026-11-19T00:00:00"}, "endsOn"),
        ({"endsOn": "1234569600"}, "endsOn"),
        ({"endsOn": 1_234_569_600}, "endsOn"),
        ({"endsOn": "3000-01-01"}, "endsOn"),
        ({"startsOn": "1899-12-31"}, "startsOn"),
        ({"session": session_line(endsOn="2026-01-01")}, "session.endsOn"),
        ({"session": session_line(title="x" * 256)}, "session.title"),
        ({"session": session_line(objective="x" * 3001)}, "session.objective"),
        ({"session": session_line(durationHours=100_000)}, "session.durationHours"),
        ({"session": session_line(certifying=1)}, "session.certifying"),
        ({"organization": organization_line(siret="")}, "organization.siret"),
        ({"organization": organization_line(siret="7328/2932")}, "organization.siret"),
        ({"organization": organization_line(siret="1234567890123456")}, "organization.siret"),
        ({"exit": {"kind": "FIRED", "lastDay": "2026-10-02"}}, "exit.kind"),
        ({"exit": {"kind": "EARLY_EXIT", "lastDay": "2026-09-03"}}, "exit.lastDay"),
    ],
)
def test_what_cannot_be_a_plan_is_rejected(changes: dict[str, Any], where: str) -> None:
    assert list(reasons(read(**changes))) == [where]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"organization": organization_line(siret="11111111111111")}, "organization.siret"),
        ({"organization": organization_line(siret="011111111111111")}, "organization.siret"),
        ({"jobSeeker": {"identifier": "DE-12", "lastName": "A", "firstName": "B"}}, "jobSeeker.identifier"),
        ({"funding": {"scheme": "NOUVEAU", "employmentServiceFunded": True}}, "funding.scheme"),
        ({"session": session_line(teachingModeCode="9")}, "session.teachingModeCode"),
        ({"session": session_line(exitLevelCode="99")}, "session.exitLevelCode"),
        ({"exit": {"kind": "EARLY_EXIT", "lastDay": "2026-11-20"}}, "exit.lastDay"),
        ({"exit": {"kind": "EARLY_EXIT", "lastDay": "2026-11-01", "reasonCode": "X"}}, "exit.reasonCode"),
    ],
)
def test_what_is_odd_and_harmless_is_kept_and_flagged(changes: dict[str, Any], where: str) -> None:
    assert flagged(read(**changes)) == [where]


def test_the_dispositif_of_the_session_is_flagged_by_its_own_path() -> None:
    funding = {"scheme": "NOUVEAU", "employmentServiceFunded": True}

    assert flagged(read(session=session_line(funding=funding))) == ["session.funding.scheme"]


def test_an_exit_on_the_last_day_of_the_plan_is_nothing_odd() -> None:
    assert flagged(read(exit={"kind": "EARLY_EXIT", "lastDay": "2026-11-19"})) == []


def test_an_identifier_may_have_three_digits_before() -> None:
    assert flagged(read(jobSeeker={"identifier": "0167942369Z", "lastName": "A", "firstName": "B"})) == []


def test_a_siret_written_with_spaces_is_the_same_key() -> None:
    outcome = accepted(read(organization=organization_line(siret="732 829 320 00074")))

    assert outcome.value.organization.siret == "73282932000074"


def test_a_rejection_never_repeats_what_is_personal() -> None:
    outcome = read(jobSeeker={"identifier": "1205012K" * 9, "lastName": ["ADAM"], "firstName": {"a": "Zoé"}})

    assert isinstance(outcome, Rejected)
    assert [remark.value for remark in outcome.reasons] == ["", "", ""]


@pytest.mark.parametrize("ascii_only", [True, False])
def test_control_characters_and_decomposed_accents_are_cleaned_however_they_are_escaped(
    ascii_only: bool,  # noqa: FBT001 - a parameter of the case
) -> None:
    dirty = plan_line(jobSeeker={"identifier": "1205012K", "lastName": "AD\x7fAM\x85", "firstName": " Zoe\u0301 "})
    dirty["session"]["objective"] = "one\r\ntwo\x00"

    plan = accepted(read_plan(1, json.dumps(dirty, ensure_ascii=ascii_only).encode())).value

    assert (plan.job_seeker.last_name, plan.job_seeker.first_name) == ("ADAM", "Zoé")
    assert plan.session is not None
    assert plan.session.objective == "one\ntwo"


@pytest.mark.parametrize("blank", ["  ", "\u200b", "\ufeff \xad"])
def test_blank_text_is_no_answer_where_nothing_is_required(blank: str) -> None:
    plan = accepted(read(organization=organization_line(phone=blank))).value

    assert plan.organization.phone is None


def test_unknown_keys_are_ignored_and_reports_never_come_in() -> None:
    plan = accepted(read(report={"version": 1}, absences=[1], reportVersion=4, novelty={"deep": [1]})).value

    assert (plan.report, plan.absences, plan.report_version) == (None, (), 0)


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": "P-1"',
        b"not json",
        b"[]",
        b"null",
        jsonl(plan_line()).replace(b"ADAM", b"AD\xffAM"),
        jsonl(plan_line()).replace(b"ADAM", b"\\ud800"),
        jsonl(plan_line()).replace(b"258", b"9" * 5000),
        jsonl(plan_line()).replace(b"258", b"[" * 100_000),
        jsonl(plan_line(novelty="x" * (1 << 20))),
    ],
    ids=["cut", "text", "list", "null", "latin1", "surrogate", "huge number", "deep", "over 1 MiB"],
)
def test_one_bad_line_is_rejected_with_its_number_and_the_others_load(line: bytes) -> None:
    good = jsonl(plan_line())

    outcomes = list(read_plans(source(good + line.rstrip(b"\n") + b"\n" + good)))

    assert lines(outcomes) == [(1, "Accepted"), (2, "Rejected"), (3, "Accepted")]


def test_byte_order_mark_windows_line_ends_and_blank_lines_are_no_matter() -> None:
    good = jsonl(plan_line()).rstrip(b"\n")

    outcomes = list(read_plans(source(b"\xef\xbb\xbf" + good + b"\r\n\r\n  \n" + good)))

    assert lines(outcomes) == [(1, "Accepted"), (4, "Accepted")]


def test_a_bad_first_line_does_not_make_it_another_format() -> None:
    outcomes = read_plans(source(b"garbage\n" + jsonl(plan_line())))

    assert lines(outcomes) == [(1, "Rejected"), (2, "Accepted")]


def test_an_empty_feed_is_a_feed() -> None:
    assert list(read_plans(source(b""))) == []


@pytest.mark.parametrize("content", [b"a;b;c\n1;2;3\n", b"<lheo/>", b"\x00\x01\x02", b'{"other": 1}\n', b"[1, 2]"])
def test_a_file_of_another_format_is_refused_before_its_first_record(content: bytes) -> None:
    with pytest.raises(NotThisFormat, match="not the plans feed"):
        read_plans(source(content))


@pytest.mark.parametrize(("said", "withdrawn"), [(True, Withdrawn.CANCELLED), (False, None), (None, None)])
def test_a_line_may_say_that_its_plan_is_cancelled(
    said: bool | None,  # noqa: FBT001 - yes, no, nothing
    withdrawn: Withdrawn | None,
) -> None:
    assert accepted(read(cancelled=said)).value.withdrawn is withdrawn


def test_the_published_schema_describes_a_line_as_the_contract_writes_it() -> None:
    schema = plans_schema()
    session = schema["$defs"]["SessionLine"]

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(plan_line(title=None, carifNumber=None, cancelled=False)) == set(schema["properties"])
    assert schema["required"] == ["id", "startsOn", "endsOn", "funding", "jobSeeker", "organization"]
    assert set(session_line()) < set(session["properties"])
    assert session["properties"]["startsOn"] == {"format": "date", "title": "Startson", "type": "string"}
    assert session["properties"]["title"]["maxLength"] == 255


def test_a_siret_of_zeros_names_no_organization() -> None:
    (outcome,) = read_plans(source(jsonl(plan_line(organization=organization_line(siret="00000000000000")))))

    assert isinstance(outcome, Rejected)
    assert [reason.where for reason in outcome.reasons] == ["organization.siret"]


def test_a_siret_between_marks_that_nobody_sees_is_one() -> None:
    siret = "\u202a732 829 320 00074\u202c"
    (outcome,) = read_plans(source(jsonl(plan_line(organization=organization_line(siret=siret)))))

    assert isinstance(outcome, Accepted)
    assert (outcome.value.organization.siret, outcome.flags) == ("73282932000074", ())

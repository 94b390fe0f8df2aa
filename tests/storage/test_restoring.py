from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import Absence, Facts, Funding, PlanExit, PlanExitKind, Session
from domain.form import Form, Internship, Period
from domain.nomenclature import Entry
from domain.people import Address, Adviser, JobSeeker, Organization
from domain.plan import Plan
from domain.report import Report
from storage.restoring import paths, restoring
from tests.factories import a_plan, an_organization

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.values import Value

TEXT, DAYS, HOURS = st.text(max_size=5), st.dates(), st.integers(0, 99)
ENTRY = st.builds(Entry, code=TEXT, label=TEXT)
FUNDING = st.builds(Funding, reference=st.none() | TEXT, scheme=TEXT, employment_service_funded=st.booleans())
ADDRESS = st.builds(Address, street=st.none() | TEXT, city=TEXT)
PERIOD = st.builds(Period, starts_on=DAYS, ends_on=DAYS)
INTERNSHIP = st.builds(Internship, place=st.none() | TEXT, periods=st.lists(PERIOD, max_size=2).map(tuple))
FORM = st.builds(Form, objective=st.none() | TEXT, exit_level=st.none() | ENTRY, internship=st.none() | INTERNSHIP)
SESSION = st.builds(
    Session,
    id=TEXT,
    carif_number=TEXT,
    title=TEXT,
    starts_on=DAYS,
    ends_on=DAYS,
    funding=st.none() | FUNDING,
    certification=st.none() | ENTRY,
    content=st.none() | TEXT,
)
EXIT = st.builds(PlanExit, kind=st.sampled_from(PlanExitKind), last_day=DAYS, reason_code=st.none() | TEXT)
ABSENCE = st.builds(Absence, id=TEXT, starts_on=DAYS, ends_on=DAYS, hours=st.none() | HOURS)
FACTS = {
    "starts_on": DAYS,
    "ends_on": DAYS,
    "own_title": st.none() | TEXT,
    "funding": FUNDING,
    "job_seeker": st.builds(JobSeeker, identifier=TEXT, last_name=TEXT, first_name=TEXT),
    "organization": st.builds(Organization, siret=TEXT, legal_name=TEXT, address=ADDRESS),
    "session": st.none() | SESSION,
    "recorded_exit": st.none() | EXIT,
    "absences": st.lists(ABSENCE, max_size=2).map(tuple),
}
REPORT = st.builds(
    Report,
    version=HOURS,
    created_at=st.datetimes(),
    updated_at=st.datetimes(),
    form=FORM,
    transmitted_at=st.none() | st.datetimes(),
    facts=st.none() | st.builds(Facts, **FACTS),
)


def may_be_unread(path: str) -> bool:
    holder, _, name = path.rpartition(".")
    models: dict[str, type[Value]] = {"": Plan, "session": Session, "report": Report, "organization": Organization}
    return not models[holder].model_fields[name].is_required() or path in ("funding", "job_seeker", "report.form")


PLANS = st.builds(
    Plan,
    id=TEXT,
    adviser=st.none() | st.builds(Adviser, id=TEXT, name=TEXT, agency=TEXT),
    report=st.none() | REPORT,
    report_version=HOURS,
    **FACTS,
)
OF_PARTS = frozenset({"session.none", "report.none", "organization.none"})
PARTS = [*filter(may_be_unread, paths(Plan, OF_PARTS)), "session", "report", "organization"]
"""Fields of a plan, and of what it holds, that have a default or hold a value of ours."""


@given(PLANS, st.frozensets(st.sampled_from(PARTS), min_size=1))
def test_what_was_read_is_as_in_the_whole_plan(plan: Plan, unread: frozenset[str]) -> None:
    part = restoring(Plan, unread)(without(plan.model_dump(), unread))

    for path in paths(Plan, unread):
        assert value(part, path) == value(plan, path), path


@given(PLANS, st.frozensets(st.sampled_from(PARTS), min_size=1))
def test_what_was_not_read_is_no_part_of_the_value(plan: Plan, unread: frozenset[str]) -> None:
    part = restoring(Plan, unread)(without(plan.model_dump(), unread))

    for path in unread:
        holder, _, name = path.rpartition(".")
        if holder and (holder in unread or value(plan, holder) is None):
            continue
        with pytest.raises(AttributeError):
            getattr(value(part, holder) if holder else part, name)


@given(PLANS)
def test_a_plan_is_itself_again_after_it_was_dumped(plan: Plan) -> None:
    assert restoring(Plan)(plan.model_dump()) == plan


def test_a_field_younger_than_the_dump_has_its_default() -> None:
    dump = {"city": "Lens"}

    part = restoring(Address, frozenset({"street"}))(dump)

    assert part.postal_code is None


def test_a_part_that_is_the_same_in_the_next_dump_is_the_same_value() -> None:
    plans = [a_plan("P-1"), a_plan("P-2"), a_plan("P-3", organization=an_organization(legal_name="Une autre"))]

    first, second, third = [restoring(Plan)(plan.model_dump()) for plan in plans]

    assert first.organization is second.organization
    assert third == plans[2]


def value(plan: Plan, path: str) -> object:
    found: object = plan
    for name in path.split("."):
        found = getattr(found, name) if found is not None else None
    return found


def without(dump: Mapping[str, Any], unread: frozenset[str]) -> dict[str, Any]:
    left = {}
    for name, each in dump.items():
        below = frozenset(path.removeprefix(f"{name}.") for path in unread if path.startswith(f"{name}."))
        if name not in unread:
            left[name] = without(each, below) if below and each is not None else each
    return left

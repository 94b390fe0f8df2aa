from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from domain.account import Account
from domain.course import CourseKey, CourseSession
from domain.facts import Funding, Session
from domain.loading import Written
from domain.nomenclature import UNKNOWN_LABEL, Entry, ListedEntry, NomenclatureName
from domain.people import Address, JobSeeker, Organization
from domain.plan import Plan
from feeds.tally import Tally
from feeds.trainee import Trainee, joining
from storage.accounts import AccountRepository
from storage.client import close_database, open_database
from storage.courses import CourseRepository
from storage.embedded import embedded_server
from storage.indexes import ensure_indexes
from storage.loading import PlanLoader
from storage.nomenclatures import NomenclatureRepository
from tests import DRIVER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.client import Database

ORGANIZATION = Organization(siret="73282932000074", legal_name="FORMA", address=Address(city="Lens"))
FUNDING = Funding(scheme="AIF", employment_service_funded=True)


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    async with embedded_server(tmp_path_factory.mktemp("registers")) as url:
        yield url


@pytest.fixture
async def registers(server: str) -> AsyncIterator[Database]:
    database = open_database(server, "registers", driver=DRIVER)
    await database.client.drop_database("registers")
    await ensure_indexes(database)
    yield database
    await close_database(database)


def course(number: str = "SE_1", title: str = "Vente") -> CourseSession:
    key = CourseKey(formation="AF_1", action="AC_1", session=number)
    session = Session(
        id=str(key),
        carif_number="AF_1",
        title=title,
        starts_on=date(2026, 9, 4),
        ends_on=date(2026, 11, 19),
        funding=FUNDING,
        rome=Entry(code="F1605", label=UNKNOWN_LABEL),
        certification=Entry(code="RNCP34054", label=UNKNOWN_LABEL),
    )
    return CourseSession(key=key, session=session, organization=ORGANIZATION)


def trainee(number: str = "SE_1") -> Trainee:
    return Trainee(
        id="T-1",
        starts_on=date(2026, 9, 7),
        ends_on=date(2026, 11, 13),
        title="Vente",
        carif_number="AF_1",
        key=CourseKey(formation="AF_1", action="AC_1", session=number),
        funding=FUNDING,
        job_seeker=JobSeeker(identifier="1205012K", last_name="ADAM", first_name="Zoé"),
        organization=ORGANIZATION,
    )


async def test_sessions_load_and_again_change_nothing(registers: Database) -> None:
    courses = CourseRepository(registers)

    assert await courses.load([course(), course("SE_2")]) == Written(added=2)
    assert await courses.load([course(), course("SE_2", "Soudure"), course("SE_3")]) == Written(1, 1, 1)


async def test_of_two_sessions_with_the_same_numbers_the_later_counts(registers: Database) -> None:
    courses = CourseRepository(registers)

    assert await courses.load([course(), course(title="Soudure")]) == Written(added=1, unchanged=1)
    assert (await courses.find([course().key]))[course().key].session.title == "Soudure"


async def test_a_session_is_found_by_its_three_numbers_with_the_labels_of_today(registers: Database) -> None:
    courses = CourseRepository(registers)
    await courses.load([course(), course("SE_2")])
    await NomenclatureRepository(registers).publish(
        NomenclatureName.ROME, [ListedEntry(code="F1605", label="Montage")]
    )
    other = CourseKey(formation="AF_1", action="AC_2", session="SE_1")

    found = await courses.find([course().key, other])

    expected = course().session.model_copy(update={"rome": Entry(code="F1605", label="Montage")})
    assert found == {course().key: course().model_copy(update={"session": expected})}


def test_numbers_with_a_stroke_in_them_are_told_apart() -> None:
    assert str(CourseKey(formation="a/b", action="c", session="d")) != str(
        CourseKey(formation="a", action="b/c", session="d")
    )


async def test_a_trainee_loaded_before_its_session_gets_it_when_loaded_again(registers: Database) -> None:
    courses, plans = CourseRepository(registers), PlanLoader(registers)
    load = joining(courses.find, plans.load, Tally())

    assert await load([trainee()]) == Written(added=1)
    assert (await kept(registers)).session is None
    await courses.load([course()])
    assert await load([trainee()]) == Written(changed=1)
    assert await load([trainee()]) == Written(unchanged=1)

    plan = await kept(registers)
    assert plan.session is not None
    assert (plan.session.id, plan.title) == ("AF_1/AC_1/SE_1", "Vente")


async def kept(database: Database) -> Plan:
    document = await database["plans"].find_one({"_id": "T-1"})
    assert document is not None
    return Plan.model_validate({**document, "id": document["_id"]})


async def test_accounts_load_by_siret_and_agreement_and_again_change_nothing(registers: Database) -> None:
    accounts = AccountRepository(registers)
    first = Account(siret="73282932000074", legal_name="FORMA", agreement="01-1", starts_on=date(2017, 9, 5))
    second = first.model_copy(update={"agreement": "01-2"})
    other = first.model_copy(update={"siret": "732829320000741"})

    assert await accounts.load([second, first, other]) == Written(added=3)
    assert await accounts.load([first]) == Written(unchanged=1)
    assert await accounts.of("73282932000074") == [first, second]


async def test_publishing_one_register_retires_nothing_of_another(registers: Database) -> None:
    lists = NomenclatureRepository(registers)
    name = NomenclatureName.CERTIFICATION
    codes = ["RNCP1", "RNCP2", "RS1", "80735"]
    await lists.publish(name, [ListedEntry(code=code, label=code) for code in codes])

    retired = await lists.publish(name, [ListedEntry(code="RNCP1", label="RNCP1")], among="^(?:RNCP)[0-9]")

    found = await lists.lookup([(name, code) for code in codes])
    assert retired == 1
    assert [entry.code for entry in found.values() if entry.retired] == ["RNCP2"]


async def test_a_code_without_a_label_is_not_learned(registers: Database) -> None:
    courses, plans = CourseRepository(registers), PlanLoader(registers)
    await courses.load([course()])

    await joining(courses.find, plans.load, Tally())([trainee()])

    name = NomenclatureName.CERTIFICATION
    assert await NomenclatureRepository(registers).lookup([(name, "RNCP34054")]) == {}

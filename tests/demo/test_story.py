"""The demonstration tells the story of the user guide, whenever it is loaded, and once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from pypdf import PdfReader
from stdnum.fr import siret

from demo.loading import load_demonstration, story_plans
from demo.story import ADVISER, JOB_SEEKER, ORGANIZATION, OTHER_ORGANIZATION, lines
from domain.calendar import paris_day
from domain.facts import PlanExitKind
from domain.filters import PlanFilter, ReportFilter, SessionFilter
from domain.pages import PageRequest
from domain.report import ReportStatus
from service.clock import present
from settings import Settings
from storage import listings
from storage.client import close_database, open_database
from storage.plans import PlanRepository
from tests import DRIVER
from tests.factories import counsellor, staff, trainee

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from domain.plan import Plan
    from storage.client import Database
    from storage.lists import Listing

STAFF = staff(ORGANIZATION)
DAYS = [
    datetime(2026, 11, 23, 12, tzinfo=UTC),
    datetime(2027, 1, 1, 0, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 30, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
]
SEVEN = {
    "90512": "Titre professionnel - Assistant de vie aux familles (ADVF)",
    "00081467": "Diplôme d'État d'accompagnant éducatif et social (DEAES)",
    "00092233": "CQP Agent de Prévention et de Sécurité",
    "00035125": "Titre Professionnel Monteur Dépanneur Frigoriste",
    "14_AF_0000044465": "Titre professionnel Cuisinier",
    "00077810": "Bureautique : tableur et traitement de texte",
    "00064402": "Anglais professionnel pour l'accueil",
}


ADDRESS = "http://127.0.0.1:8123"


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    names = sorted(await database.list_collection_names())
    return {name: [each async for each in database[name].find().sort("_id", 1)] for name in names}


@pytest.fixture(scope="module")
async def loaded(mongodb_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    """The demonstration, loaded once; then again, which changes nothing."""
    name = f"test-demo-{uuid4().hex[:12]}"
    folder = tmp_path_factory.mktemp("demo")
    settings = Settings(mongodb_database=name, jwt_secret="s" * 32, data_dir=folder)
    database = open_database(mongodb_url, name, driver=DRIVER)
    try:
        await load_demonstration(settings, mongodb_url, ADDRESS)
        once = await everything(database)
        await load_demonstration(settings, mongodb_url, ADDRESS)
        assert await everything(database) == once
        yield database
    finally:
        await database.client.drop_database(name)
        await close_database(database)


async def listed(database: Database, listing: Listing) -> list[Plan]:
    return list((await PlanRepository(database).page(listing, PageRequest(100))).items)


async def test_papers_are_verified_where_the_service_is(loaded: Database) -> None:
    papers = [PdfReader(BytesIO(paper["content"])) async for paper in loaded["papers"].find()]
    assert len(papers) == 3
    for paper in papers:
        assert f"{ADDRESS}/verification/" in paper.pages[0].extract_text()


@pytest.mark.parametrize("now", DAYS)
def test_every_line_of_the_story_is_a_plan_without_a_flaw(now: datetime) -> None:
    plans = story_plans(now)
    assert len(plans) == len(lines(paris_day(now))) == 23
    assert len({plan.id for plan in plans}) == 23
    assert {plan.organization.siret for plan in plans} == {ORGANIZATION, OTHER_ORGANIZATION}
    assert all(siret.is_valid(plan.organization.siret) for plan in plans)


@pytest.mark.parametrize("now", DAYS)
def test_what_is_over_is_over_whenever_the_story_is_told(now: datetime) -> None:
    today = paris_day(now)
    plans = {plan.id: plan for plan in story_plans(now)}
    not_over = {plan_id for plan_id, plan in plans.items() if plan.status(today) is ReportStatus.NOT_OPEN}
    assert not_over == {"P-ADAM-2", "P-MOREL"}
    assert all(plan.last_day < today for plan_id, plan in plans.items() if plan_id not in not_over)
    assert all(plan.starts_on < today for plan in plans.values())


def test_one_left_a_session_that_goes_on() -> None:
    now = DAYS[0]
    (left,) = [plan for plan in story_plans(now) if plan.exit]
    assert left.exit is not None
    assert (left.exit.kind, left.ends_on > paris_day(now)) == (PlanExitKind.ABANDONMENT, True)
    assert left.status(paris_day(now)) is ReportStatus.TO_ENTER


def test_one_has_two_plans_on_one_session_under_two_fundings() -> None:
    both = [plan for plan in story_plans(DAYS[0]) if plan.job_seeker.last_name == "YANN"]
    assert {plan.funding.reference for plan in both} == {"41C011478389", "41N012253095"}
    assert {plan.carif_number for plan in both} == {"00035125"}
    assert len({plan.job_seeker.identifier for plan in both}) == 1


async def test_the_desk_has_seven_sessions_that_are_over_and_one_that_somebody_left(loaded: Database) -> None:
    found = await listed(loaded, listings.sessions(STAFF, SessionFilter(), paris_day(present())))
    sessions = {plan.session.carif_number: plan.session for plan in found if plan.session}
    assert {number: sessions[number].title for number in SEVEN} == SEVEN
    assert set(sessions) - set(SEVEN) == {"00051190"}
    first = sessions["90512"]
    assert (first.city, first.funding.reference if first.funding else None) == ("Compiègne", "41C25")
    assert sessions["00081467"].city == "Valenciennes"


async def test_the_desk_has_plans_without_session_and_drafts(loaded: Database) -> None:
    today = paris_day(present())
    unreferenced = await listed(loaded, listings.pending_plans(STAFF, PlanFilter(referenced=False), today))
    assert {plan.job_seeker.last_name for plan in unreferenced} == {"QUENTIN", "ROUSSEL"}
    drafts = await listed(loaded, listings.drafts(STAFF, ReportFilter()))
    assert [plan.job_seeker.last_name for plan in drafts] == ["GARCIA", "EVRARD"]


async def test_adam_reads_the_report_on_the_training_of_the_guide(loaded: Database) -> None:
    (plan,) = await listed(loaded, listings.transmitted(trainee(JOB_SEEKER), ReportFilter()))
    assert (plan.job_seeker.last_name, plan.title) == ("ADAM", "CQP Agent de Prévention et de Sécurité")
    assert plan.report is not None
    assert plan.report.sha256 is not None


async def test_the_adviser_has_transmitted_reports_to_read(loaded: Database) -> None:
    found = await listed(loaded, listings.transmitted(counsellor(ADVISER), ReportFilter()))
    assert [plan.job_seeker.last_name for plan in found] == ["ADAM", "HAMDI"]


async def test_the_other_organization_has_its_own_plans_to_enter(loaded: Database) -> None:
    viewer = staff(OTHER_ORGANIZATION)
    found = await listed(loaded, listings.pending_plans(viewer, PlanFilter(), paris_day(present())))
    assert {plan.job_seeker.last_name for plan in found} == {"ORTEGA", "PETIT"}


async def test_nothing_was_written_after_now_and_reports_only_once_their_plan_was_over(loaded: Database) -> None:
    now = present()
    reports = [
        *await listed(loaded, listings.drafts(STAFF, ReportFilter())),
        *await listed(loaded, listings.transmitted(STAFF, ReportFilter())),
    ]
    assert len(reports) == 5
    for plan in reports:
        assert plan.report is not None
        assert plan.report.updated_at < now - timedelta(hours=20)
        assert paris_day(plan.report.created_at) >= plan.opens_on

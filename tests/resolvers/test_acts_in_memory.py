"""The order of reads, decisions and writes in an act, on mongomock: quick, and no proof of what MongoDB does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, cast

import pytest
from mongomock_motor import AsyncMongoMockClient

from credentials.links import Links
from domain.errors import RefusalCode, Refused
from domain.form import TypedForm
from domain.report import ReportStatus
from pdf.printer import Printer
from resolvers import acts
from resolvers.services import Services
from storage.announcements import AnnouncementLog
from storage.documents import to_document
from storage.hub import Hub
from storage.nomenclatures import NomenclatureRepository
from storage.papers import PaperRepository
from storage.plans import PlanRepository
from storage.verifications import Verifications
from tests.factories import a_plan, staff

if TYPE_CHECKING:
    from domain.plan import Plan
    from storage.client import Database

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def in_memory() -> tuple[Services, Database]:
    database = cast("Database", AsyncMongoMockClient(tz_aware=True)["bilans"])
    services = Services(
        plans=PlanRepository(database),
        nomenclatures=NomenclatureRepository(database),
        papers=PaperRepository(database),
        verifications=Verifications(database, 100),
        log=AnnouncementLog(database),
        hub=Hub(database, AnnouncementLog(database)),
        printer=Printer(),
        links=Links("http://127.0.0.1", b"secret"),
    )
    return services, database


async def keep(database: Database, plan: Plan) -> None:
    await database["plans"].insert_one({**to_document(plan), "_id": plan.id, "revision": 0})


async def test_a_draft_is_saved_read_again_and_thrown_away() -> None:
    services, database = in_memory()
    plan = a_plan()
    await keep(database, plan)
    viewer = staff()

    saved = await acts.save_report_draft(
        services, viewer, plan.id, TypedForm(duration_hours=7), None, now=NOW, today=TODAY
    )
    found = await services.plans.find(viewer, plan.id)
    discarded = await acts.discard_report_draft(services, viewer, plan.id, 1)

    assert saved.report is not None
    assert found is not None
    assert found.report == saved.report
    assert discarded.status(TODAY) is ReportStatus.TO_ENTER


async def test_a_second_writer_is_given_the_draft_that_stands() -> None:
    services, database = in_memory()
    plan = a_plan()
    await keep(database, plan)
    viewer = staff()
    await acts.save_report_draft(services, viewer, plan.id, TypedForm(duration_hours=7), None, now=NOW, today=TODAY)

    with pytest.raises(Refused) as refused:
        await acts.save_report_draft(services, viewer, plan.id, TypedForm(), None, now=NOW, today=TODAY)

    assert [each.code for each in refused.value.refusals] == [RefusalCode.STALE_VERSION]
    assert refused.value.plan is not None
    assert refused.value.plan.report is not None
    assert refused.value.plan.report.form.duration_hours == 7


async def test_a_plan_of_another_organization_is_not_found() -> None:
    services, database = in_memory()
    await keep(database, a_plan())
    stranger = staff("38012986600014")

    with pytest.raises(Refused) as refused:
        await acts.discard_report_draft(services, stranger, a_plan().id, None)

    assert [each.code for each in refused.value.refusals] == [RefusalCode.NOT_FOUND]

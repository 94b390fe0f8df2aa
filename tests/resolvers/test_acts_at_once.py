"""Several do something to one plan at once, through connections of their own, on the real server."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from domain.errors import RefusalCode, Refused
from domain.facts import PlanExit, PlanExitKind
from domain.filters import ReportFilter
from domain.form import TypedForm
from domain.pages import PageRequest
from resolvers import acts, attendance
from storage import listings
from storage.announcements import AnnouncementLog
from storage.client import close_database, open_database
from storage.loading import PlanLoader
from storage.papers import PaperRepository
from storage.plans import PlanRepository
from tests import DRIVER
from tests.factories import NOW, TODAY, a_form, a_plan, a_session, counsellor, staff

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from domain.access import Viewer
    from domain.plan import Plan
    from resolvers.services import Services
    from storage.client import Database

    Load = Callable[..., Awaitable[object]]

STAFF = staff()


@asynccontextmanager
async def another_process(mongodb_url: str, services: Services, database: Database) -> AsyncIterator[Services]:
    """The services of another process: nothing shared but the server."""
    other = open_database(mongodb_url, database.name, driver=DRIVER)
    try:
        yield replace(
            services, plans=PlanRepository(other), papers=PaperRepository(other), log=AnnouncementLog(other)
        )
    finally:
        await close_database(other)


async def outcomes(done: Iterable[Awaitable[Plan]]) -> tuple[list[Plan], list[Refused]]:
    results = await asyncio.gather(*done, return_exceptions=True)
    unexpected = [each for each in results if isinstance(each, BaseException) and not isinstance(each, Refused)]
    assert not unexpected
    refused = [each for each in results if isinstance(each, Refused)]
    return [each for each in results if not isinstance(each, BaseException)], refused


def save(services: Services, hours: int, version: int | None, by: str | None = None) -> Awaitable[Plan]:
    form = TypedForm(duration_hours=hours, objective=by)
    return acts.save_report_draft(services, STAFF, "P-1", form, version, now=NOW, today=TODAY)


def transmit(services: Services, form: TypedForm | None, seconds: int = 0) -> Awaitable[Plan]:
    now = NOW + timedelta(seconds=seconds)
    return acts.transmit_report(services, STAFF, "P-1", form, None, now=now, today=TODAY)


async def test_the_same_transmitted_twenty_times_at_once_is_one_transmission_and_one_announcement(
    mongodb_url: str, services: Services, database: Database, load: Load
) -> None:
    await load(a_plan())
    async with another_process(mongodb_url, services, database) as elsewhere:
        both = [services, elsewhere]
        plans, refused = await outcomes(transmit(both[number % 2], a_form(), number) for number in range(20))

    assert not refused
    assert len({plan.report.transmitted_at for plan in plans if plan.report}) == 1
    assert {plan.report.version for plan in plans if plan.report} == {1}
    for viewer in (STAFF, counsellor()):
        (announced,) = await services.log.since_for(viewer, 0)
        assert (announced[0], announced[1].id) == (1, "P-1")
    assert await services.log.announce_waiting() == 0


async def test_of_six_different_reports_transmitted_at_once_one_is_kept_and_the_others_are_told(
    services: Services, load: Load
) -> None:
    await load(a_plan())

    plans, refused = await outcomes(transmit(services, a_form(duration_hours=number)) for number in range(6))

    (kept,) = plans
    assert kept.report is not None
    assert {each.code for refusal in refused for each in refusal.refusals} == {RefusalCode.ALREADY_TRANSMITTED}
    shown = [refusal.plan.report.sha256 for refusal in refused if refusal.plan and refusal.plan.report]
    assert shown == [kept.report.sha256] * 5
    assert (await services.papers.content(kept.report.sha256 or "") or b"").startswith(b"%PDF")
    assert len(await services.log.since(0)) == 1


async def test_of_ten_first_drafts_saved_at_once_one_is_kept(services: Services, load: Load) -> None:
    await load(a_plan())

    plans, refused = await outcomes(save(services, hours, None) for hours in range(10))

    (kept,) = plans
    assert {each.code for refusal in refused for each in refusal.refusals} == {RefusalCode.STALE_VERSION}
    assert all(refusal.plan is not None and refusal.plan.report == kept.report for refusal in refused)
    found = await services.plans.find(STAFF, "P-1")
    assert found is not None
    assert found.report == kept.report


async def test_no_save_is_lost_to_another_that_has_read_the_draft_before(services: Services, load: Load) -> None:
    """Each adds an hour to what it has read, and reads again when it was not the first."""
    await load(a_plan())
    await save(services, 0, None)

    async def add_an_hour(rank: int) -> None:
        while True:
            plan = await services.plans.find(STAFF, "P-1")
            assert plan is not None
            assert plan.report is not None
            hours, version = plan.report.form.duration_hours or 0, plan.report.version
            saved, _ = await outcomes([save(services, hours + 1, version, f"de {rank}")])
            if saved:
                return

    await asyncio.gather(*(add_an_hour(rank) for rank in range(10)))

    found = await services.plans.find(STAFF, "P-1")
    assert found is not None
    assert found.report is not None
    assert (found.report.form.duration_hours, found.report.version) == (10, 11)


async def test_the_same_draft_saved_again_by_who_lost_the_answer_is_a_success_that_changes_nothing(
    services: Services, load: Load
) -> None:
    await load(a_plan())
    first = await save(services, 7, None)

    again = await save(services, 7, None)

    assert again.report == first.report
    with pytest.raises(Refused) as refused:
        await save(services, 8, None)
    assert [each.code for each in refused.value.refusals] == [RefusalCode.STALE_VERSION]


async def test_an_import_and_acts_at_once_lose_nothing_of_each_other(
    services: Services, database: Database, load: Load
) -> None:
    await load(a_plan())

    async def feed() -> None:
        for number in range(1, 11):
            await PlanLoader(database).load([a_plan(session=a_session(title=f"Titre {number}"))])

    async def desk() -> None:
        for number in range(10):
            await save(services, number, number or None)

    left = PlanExit(kind=PlanExitKind.EARLY_EXIT, last_day=TODAY - timedelta(days=20))
    await asyncio.gather(feed(), desk(), attendance.record_plan_exit(services, STAFF, "P-1", left))

    found = await services.plans.find(STAFF, "P-1")
    assert found is not None
    assert found.report is not None
    assert (found.title, found.report.version, found.report.form.duration_hours) == ("Titre 10", 10, 9)
    assert found.recorded_exit == left


class OvertakenPapers(PaperRepository):
    """Papers beside which somebody saves the draft once more, after the first was kept and before it is sent."""

    def __init__(self, database: Database, act: Callable[[], Awaitable[object]]) -> None:
        super().__init__(database)
        self._acts = [act]

    async def keep(self, sha256: str, content: bytes, *, plan_id: str) -> None:
        await super().keep(sha256, content, plan_id=plan_id)
        while self._acts:
            await self._acts.pop()()


async def test_the_paper_of_a_transmission_that_somebody_was_quicker_than_is_not_kept(
    services: Services, database: Database, load: Load
) -> None:
    await load(a_plan())
    await acts.save_report_draft(services, STAFF, "P-1", a_form(), None, now=NOW, today=TODAY)
    papers = OvertakenPapers(database, lambda: save(services, 7, 1))

    _, refused = await outcomes(
        [acts.transmit_report(replace(services, papers=papers), STAFF, "P-1", a_form(), 1, now=NOW, today=TODAY)]
    )

    assert [each.code for refusal in refused for each in refusal.refusals] == [RefusalCode.STALE_VERSION]
    assert await database["papers"].count_documents({}) == 0


class Overtaken(PlanLoader):
    """A loader that is overtaken by an act between its reading and its first write."""

    def __init__(self, database: Database, act: Callable[[], Awaitable[object]]) -> None:
        super().__init__(database)
        self._acts = [act]

    async def _bulk(self, writes: Any) -> tuple[int, int]:
        while writes and self._acts:
            await self._acts.pop()()
        return await super()._bulk(writes)


async def test_a_draft_saved_while_its_plan_is_imported_stands_in_the_list_of_drafts(
    services: Services, database: Database, load: Load
) -> None:
    await load(a_plan())
    loader = Overtaken(database, lambda: save(services, 7, None))

    await loader.load([a_plan(session=a_session(title="Autre"))])

    page = await services.plans.page(listings.drafts(STAFF, ReportFilter()), PageRequest())
    assert [(plan.title, plan.report_version) for plan in page.items] == [("Autre", 1)]


async def test_a_transmission_during_an_import_shows_one_state_of_the_feed_for_ever(
    services: Services, database: Database, load: Load
) -> None:
    await load(a_plan())

    async def feed() -> None:
        for number in range(1, 11):
            session = a_session(title=f"Titre {number}", city=f"Ville {number}")
            await PlanLoader(database).load([a_plan(session=session)])

    _, sent = await asyncio.gather(feed(), transmit(services, a_form()))

    found = await services.plans.find(STAFF, "P-1")
    assert found is not None
    reported = found.as_reported()
    assert reported.session == sent.as_reported().session
    assert reported.session is not None
    assert (found.title, reported.title.removeprefix("Titre ")) == (
        "Titre 10",
        (reported.session.city or "").removeprefix("Ville ")
        if reported.title != a_session().title
        else reported.title,
    )


async def test_a_plan_that_was_changed_since_it_was_read_is_not_written(services: Services, load: Load) -> None:
    await load(a_plan())
    read = await services.plans.find(STAFF, "P-1")
    assert read is not None
    saved = await save(services, 7, None)

    assert not await services.plans.replace(STAFF, read, read.with_report(None))
    found = await services.plans.find(STAFF, "P-1")
    assert found is not None
    assert found.report == saved.report


@pytest.mark.parametrize("viewer", [staff("38012986600014"), counsellor()])
async def test_the_write_itself_holds_to_who_writes(services: Services, load: Load, viewer: Viewer) -> None:
    await load(a_plan())
    read = await services.plans.find(STAFF, "P-1")
    assert read is not None

    assert not await services.plans.replace(viewer, read, read)

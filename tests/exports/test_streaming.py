"""Long lists: read as they are sent, counted and written down before they leave, never half a table for the whole."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette

from domain.calendar import paris_day
from domain.listed import AskedList, ListName, TableFormat
from domain.trail import Origin
from resolvers.exports import export_link, exported
from resolvers.visits import Watch
from service.clock import present
from storage.client import close_database, open_database
from storage.documents import to_document
from storage.fetches import FetchLog
from storage.plans import PlanRepository
from storage.quota import PersonQuota
from storage.rows import BATCH
from storage.trail import Trail
from tests import DRIVER
from tests.exports.asking import PENDING, SESSIONS, linked, read_comma, read_sheet
from tests.factories import NOW, OTHER_SIRET, a_person, a_plan, a_session, an_organization, staff
from web.exports import AT_ONCE, MOST_WAITING, SHARE, export_routes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from resolvers.services import Services
    from settings import Settings
    from storage.client import Database
    from tests.service import Served

MANY = 10_000


@dataclass
class Desk:
    """How many plans there are to be for the test: they are kept as a feed would have them kept."""

    database: Database

    async def fill(self, number: int) -> None:
        session = a_session()
        made = (
            a_plan(f"P-{n:05}", session=session, job_seeker=a_person(f"{n:07}A", f"N{n:05}")) for n in range(number)
        )
        await self.database["plans"].insert_many(
            {**to_document(plan), "_id": plan.id, "revision": 0} for plan in made
        )


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


class TestLongLists:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"persons_per_hour": MANY})

    async def test_ten_thousand_rows_come_whole_in_both_formats_and_all_are_in_the_trail(
        self, served: Served, desk: Desk, database: Database
    ) -> None:
        await desk.fill(MANY)
        names = [f"N{n:05} Zoé" for n in range(MANY)]
        for kind, read in (("CSV", read_comma), ("XLSX", read_sheet)):
            link = await linked(served, staff(), PENDING, kind)
            answer = await served.http.get(link["url"], timeout=60)
            assert [row["Nom et prénom"] for row in read(answer.content)] == names
        persons = {
            each["person"]
            async for entry in database["trail"].find({"deed": "EXPORT", "outcome": "DONE"})
            for each in entry["seen"]
        }
        assert len(persons) >= MANY - BATCH

    async def test_rows_are_read_as_they_are_taken_and_never_more_than_a_batch_ahead(
        self, services: Services, database: Database, desk: Desk
    ) -> None:
        await desk.fill(5 * BATCH)
        quota = PersonQuota(database, MANY)
        watch = Watch(Trail(database), quota, FetchLog(database), lambda: NOW)
        watched = watch.begin(services, staff(), Origin())
        thing = {"format": TableFormat.CSV.value, "list": AskedList(name=ListName.PENDING_PLANS).model_dump()}
        export = exported(watched, staff(), thing, watch, now=NOW)
        counted = quota._known(staff().account, NOW)  # noqa: SLF001 - how far it has read
        read = [(piece.count(b"\r\n"), len(counted)) async for piece in export.pieces]
        assert [lines for lines, _ in read if lines] == [BATCH + 1, BATCH, BATCH, BATCH, BATCH]
        assert [number for _, number in read[:5]] == [BATCH * n for n in range(1, 6)]


class TestTheQuota:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"persons_per_hour": BATCH + 50})

    @pytest.mark.parametrize("kind", ["CSV", "XLSX"])
    async def test_a_list_of_more_people_than_may_be_read_is_refused_before_its_first_row(
        self, served: Served, desk: Desk, database: Database, kind: str
    ) -> None:
        await desk.fill(BATCH + 51)
        link = await linked(served, staff(), PENDING, kind)

        answer = await served.http.get(link["url"])

        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 3600
        assert answer.text.startswith("Ce compte a consulté trop de personnes en une heure : demandez moins")
        assert await database["person_quota"].count_documents({}) == 0
        assert (await served.http.get((await linked(served, staff(), SESSIONS, kind))["url"])).status_code == 200

    async def test_asking_for_a_link_or_a_number_is_not_reading(
        self, served: Served, desk: Desk, database: Database
    ) -> None:
        await desk.fill(3)
        found = await served.ask(staff(), "{ pendingPlans { totalCount export(format: CSV) { fileName } } }")
        assert found["pendingPlans"]["totalCount"] == 3
        assert await database["person_quota"].count_documents({}) == 0

    async def test_who_was_read_before_is_not_counted_again(self, served: Served, desk: Desk) -> None:
        await desk.fill(BATCH + 50)
        for kind in ("CSV", "XLSX", "CSV"):
            link = await linked(served, staff(), PENDING, kind)
            assert (await served.http.get(link["url"])).status_code == 200

    async def test_a_table_that_turns_out_too_long_on_its_way_fails_to_download(
        self, served: Served, desk: Desk, load: Callable[..., Awaitable[object]]
    ) -> None:
        others = [a_plan(f"Q-{n}", job_seeker=a_person(f"900{n:04}Z", "ZZZ")) for n in range(40)]
        await load(*others)
        await served.http.get((await linked(served, staff(), PENDING, "CSV"))["url"])
        await load(*(plan.model_copy(update={"ends_on": paris_day(NOW).replace(year=2035)}) for plan in others))
        await desk.fill(BATCH + 20)
        link = await linked(served, staff(), PENDING, "CSV")
        with pytest.raises(httpx.RemoteProtocolError):
            await served.http.get(link["url"])
        link = await linked(served, staff(), PENDING, "XLSX")
        assert (await served.http.get(link["url"])).status_code == 429


async def test_a_database_that_is_away_is_told_as_such(services: Services, database: Database) -> None:
    away = open_database("mongodb://127.0.0.1:1/?directConnection=true", timeout_ms=50, driver=DRIVER)
    watch = Watch(Trail(database), PersonQuota(database, MANY), FetchLog(database), present)
    lost = replace(services, plans=PlanRepository(away))
    application = Starlette(routes=export_routes(lost, watch, present))
    link, _ = export_link(services, staff(), AskedList(name=ListName.PENDING_PLANS), TableFormat.CSV, now=present())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application)) as http:
        answer = await http.get(link.url)
    await close_database(away)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert answer.text.startswith("Le service est momentanément indisponible")


async def test_who_goes_away_before_the_first_piece_leaves_nothing_either(
    services: Services, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    watch = Watch(Trail(database), PersonQuota(database, MANY), FetchLog(database), present)
    thing = {"format": TableFormat.XLSX.value, "list": AskedList(name=ListName.PENDING_PLANS).model_dump()}
    export = exported(watch.begin(services, staff(), Origin()), staff(), thing, watch, now=present())
    await export.pieces.aclose()
    assert not [*tmp_path.iterdir()]  # noqa: ASYNC240 - one look


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - nobody is told when a file comes and goes
            await asyncio.sleep(0.005)


async def test_whoever_goes_away_leaves_a_seat_and_nothing_on_disk(
    served: Served, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    await desk.fill(1_500)
    link = httpx.URL((await linked(served, staff(), PENDING, "XLSX"))["url"])
    for _ in range(AT_ONCE + 1):
        _, writer = await asyncio.open_connection(link.host, link.port)
        writer.write(b"GET " + link.raw_path + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        await until(lambda: any(tmp_path.glob("bilans-table-*")))
        writer.close()
        await writer.wait_closed()
        await until(lambda: not any(tmp_path.glob("bilans-table-*")))
    assert (await served.http.get(link, timeout=30)).status_code == 200


async def test_many_downloads_of_one_account_do_not_keep_another_from_its_own(
    served: Served, desk: Desk, load: Callable[..., Awaitable[object]]
) -> None:
    await desk.fill(1_000)
    greedy = (await linked(served, staff(), PENDING, "XLSX"))["url"]
    await load(a_plan("Q-1", organization=an_organization(OTHER_SIRET)))
    other = (await linked(served, staff(OTHER_SIRET), PENDING, "CSV"))["url"]
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=60), timeout=60) as http:
        downloads = [asyncio.create_task(http.get(greedy)) for _ in range(40)]
        await asyncio.wait(downloads, return_when=asyncio.FIRST_COMPLETED)
        mine = await served.http.get(other)
        before = sum(download.done() and download.result().status_code == 200 for download in downloads)
        answers = await asyncio.gather(*downloads)
    assert mine.status_code == 200
    assert before <= SHARE
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) == SHARE + MOST_WAITING
    assert statuses.count(429) == 40 - SHARE - MOST_WAITING
    assert {answer.headers.get("Retry-After") for answer in answers if answer.status_code == 429} == {"10"}

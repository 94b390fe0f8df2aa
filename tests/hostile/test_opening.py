"""A link opens what its viewer may see when it is opened, not what they saw when it was made."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from hypothesis import given

from domain.report import ReportStatus
from schema.ids import encode_id
from tests.hostile.rule import to_enter
from tests.hostile.worlds import VIEWERS, World, build, drawn_worlds, paper_of, reassign, worlds

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.access import Viewer
    from domain.plan import Plan
    from storage.client import Database
    from tests.hostile.worlds import Case
    from tests.service import Served


@drawn_worlds
@given(drawn=worlds)
async def test_a_link_opens_what_its_viewer_may_see_when_it_is_opened(
    served: Served, database: Database, drawn: list[Case]
) -> None:
    world = await build(database, drawn)
    links = {viewer: await links_of(served, viewer) for viewer in VIEWERS}
    later = await reassign(database, drawn, world)
    for viewer, urls in links.items():
        now = {str(encode_id("Report", plan.id)): plan for plan in later.seen(viewer)}
        for report, url in urls.items():
            answer = await served.http.get(url)
            if report in now:
                assert (answer.status_code, answer.content) == (200, paper_of(now[report]))
            else:
                assert (answer.status_code, answer.content) == await no_link(served)


TABLES: dict[str, Callable[[World, Viewer], list[Plan]]] = {
    "pendingPlans": to_enter,
    "draftReports": lambda world, viewer: world.in_state(viewer, ReportStatus.DRAFT),
    "transmittedReports": lambda world, viewer: world.in_state(viewer, ReportStatus.TRANSMITTED),
}


@drawn_worlds
@given(drawn=worlds)
async def test_a_table_has_what_its_viewer_may_see_when_it_is_opened_and_no_reason(
    served: Served, database: Database, drawn: list[Case]
) -> None:
    world = await build(database, drawn)
    text = "{ " + " ".join(f"{name} {{ export(format: CSV) {{ url }} }}" for name in TABLES) + " }"
    asked = {viewer: await served.ask(viewer, text) for viewer in VIEWERS}
    later = await reassign(database, drawn, world)
    for viewer, found in asked.items():
        for name, rule in TABLES.items():
            table = (await served.http.get(found[name]["export"]["url"])).content.decode("utf-8-sig")
            rows = csv.DictReader(table.splitlines(), delimiter=";")
            expected = [(plan.job_seeker.identifier, plan.title) for plan in rule(later, viewer)]
            assert sorted((row["N° DE"], row["Intitulé"]) for row in rows) == sorted(expected), (viewer, name)
            assert not any(reason in table for reason in ("SANTE", "MALADIE"))


async def links_of(served: Served, viewer: Viewer) -> dict[str, str]:
    found = await served.ask(viewer, "{ transmittedReports { nodes { id document { url } } } }")
    return {each["id"]: each["document"]["url"] for each in found["transmittedReports"]["nodes"]}


async def no_link(served: Served) -> tuple[int, bytes]:
    answer = await served.http.get("/documents/nothing/bilan.pdf")
    return answer.status_code, answer.content

"""A link opens for minutes, for the right of one viewer, and leaves nothing in a cache."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from credentials.links import Links
from resolvers import acts
from resolvers.exports import EXPORTS
from resolvers.reports import REPORTS
from service.clock import present
from storage.loading import PlanLoader
from tests.factories import ADVISER, OTHER_SIRET, a_form, a_plan, an_adviser, counsellor, staff, trainee
from tests.hostile.worlds import LAST, Case, build

if TYPE_CHECKING:
    from domain.access import Viewer
    from storage.client import Database
    from tests.service import Served

DOCUMENTS = "{ transmittedReports { nodes { document { url expiresAt } } } }"
TABLES = "{ transmittedReports { export(format: CSV) { url } } }"
CLOSED = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@pytest.fixture
async def reported(database: Database) -> Case:
    """A transmitted report, and those to whom it goes."""
    case = LAST[0]
    await build(database, [case])
    return case


def viewers(case: Case) -> list[Viewer]:
    assert case.adviser
    return [staff(case.siret), trainee(case.identifier), counsellor(case.adviser)]


async def link_of(served: Served, viewer: Viewer) -> str:
    found = await served.ask(viewer, DOCUMENTS)
    return str(found["transmittedReports"]["nodes"][0]["document"]["url"])


async def table_of(served: Served, viewer: Viewer) -> str:
    found = await served.ask(viewer, TABLES)
    return str(found["transmittedReports"]["export"]["url"])


async def test_what_a_link_leads_to_is_in_no_cache_and_names_nobody_in_its_address(
    served: Served, reported: Case
) -> None:
    for viewer in viewers(reported):
        for link in (await link_of(served, viewer), await table_of(served, viewer)):
            answer = await served.http.get(link)
            assert answer.status_code == 200
            assert {name: answer.headers[name] for name in CLOSED} == CLOSED
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            told = [each for each in (viewer.key, reported.identifier, reported.siret, viewer.name) if len(each) > 5]
            assert not [text for text in told if text.lower() in link.lower()]


async def test_a_refused_link_is_in_no_cache_either(served: Served) -> None:
    for path in ("/documents/x/bilan.pdf", "/exports/x/bilans.csv"):
        answer = await served.http.get(path)
        assert answer.status_code == 404
        assert {name: answer.headers[name] for name in CLOSED} == CLOSED


@pytest.mark.parametrize("kind", [REPORTS, EXPORTS])
async def test_a_link_is_over_a_quarter_of_an_hour_after_it_was_made(
    served: Served, reported: Case, kind: str
) -> None:
    viewer, links = viewers(reported)[1], served.running.services.links
    thing: dict[str, Any] = {"plan": "P-0"}
    if kind == EXPORTS:
        thing = sealed_in(served, await table_of(served, viewer))
    young = links.make(kind, viewer, thing, "x", now=present() - timedelta(minutes=14))
    old = links.make(kind, viewer, thing, "x", now=present() - timedelta(minutes=15, seconds=1))

    assert (await served.http.get(young.url)).status_code == 200
    assert (await served.http.get(old.url)).status_code == 404


def sealed_in(served: Served, link: str) -> dict[str, Any]:
    opened = served.running.services.links.open(EXPORTS, urlsplit(link).path.split("/")[2], now=present())
    assert opened
    return opened[1]


async def test_a_link_changed_anywhere_or_of_another_kind_opens_nothing(served: Served, reported: Case) -> None:
    link = await link_of(served, viewers(reported)[0])
    _, kind, sealed, name = urlsplit(link).path.split("/")
    for rank in range(0, len(sealed), 7):
        other = "A" if sealed[rank] != "A" else "B"
        changed = f"/{kind}/{sealed[:rank]}{other}{sealed[rank + 1 :]}/{name}"
        assert (await served.http.get(changed)).status_code == 404, rank
    assert (await served.http.get(f"/{EXPORTS}/{sealed}/x.csv")).status_code == 404
    assert (await served.http.get(f"/{kind}/{sealed[:-4]}/{name}")).status_code == 404


async def test_a_link_sealed_with_another_secret_opens_nothing(served: Served, reported: Case) -> None:
    forged = Links(served.url, b"another secret, thirty-two bytes at least")
    link = forged.make(REPORTS, viewers(reported)[0], {"plan": "P-0"}, "bilan.pdf", now=present())
    assert (await served.http.get(link.url)).status_code == 404


async def test_a_link_is_for_the_right_of_its_viewer_alone(served: Served, reported: Case) -> None:
    links = served.running.services.links
    for stranger in (staff(OTHER_SIRET), trainee("9999999Z"), counsellor("A-99")):
        link = links.make(REPORTS, stranger, {"plan": "P-0"}, "bilan.pdf", now=present())
        assert (await served.http.get(link.url)).status_code == 404
    assert reported.siret != OTHER_SIRET


async def test_a_link_of_an_adviser_who_no_longer_follows_opens_nothing(served: Served, database: Database) -> None:
    await PlanLoader(database).load([a_plan()])
    await send(served)
    adviser, followed = counsellor(), await link_of(served, counsellor())
    assert (await served.http.get(followed)).status_code == 200

    await PlanLoader(database).load([a_plan(adviser=an_adviser("A-9"))])

    assert (await served.http.get(followed)).status_code == 404
    assert (await served.http.get(await link_of(served, counsellor("A-9")))).status_code == 200
    assert adviser.key == ADVISER


async def send(served: Served) -> None:

    now = present()
    await acts.transmit_report(served.running.services, staff(), "P-1", a_form(), None, now=now, today=now.date())

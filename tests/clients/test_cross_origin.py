"""Pages of other origins: who may read, what a preflight says, what caches are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from settings import WrongSetting, read_settings
from tests.factories import a_plan, staff
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from pdf.printer import Printer
    from settings import Settings
    from tests.service import Served

FRONT, STRANGER = "https://front.example.fr", "https://stranger.example"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type,bilans-organization",
}
TABLE = "{ pendingPlans { export(format: CSV) { url } } }"


@pytest.fixture
async def served(settings: Settings, mongodb_url: str, printer: Printer) -> AsyncIterator[Served]:
    """The service as it is set up for a front end that capitalises its origin and writes its port."""
    allowing = settings.model_copy(update={"allowed_origins": "https://Front.example.fr:443, http://other.example"})
    async with serving(allowing, mongodb_url, printer) as served:
        yield served


async def test_a_preflight_of_an_allowed_origin_is_answered_for_a_day(served: Served) -> None:
    answer = await served.http.options("/graphql", headers={"Origin": FRONT, **PREFLIGHT})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == FRONT
    assert answer.headers["Access-Control-Max-Age"] == "86400"
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin", [STRANGER, "null", f"{FRONT}.evil.example", "http://front.example.fr", f"{FRONT}:8443"]
)
async def test_another_origin_reads_nothing(served: Served, origin: str) -> None:
    preflight = await served.http.options("/graphql", headers={"Origin": origin, **PREFLIGHT})
    asked = await served.http.post("/graphql", json={"query": "{ __typename }"}, headers={"Origin": origin})
    for answer in (preflight, asked):
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Origin" in answer.headers["Vary"]


async def test_an_allowed_origin_reads_answers_refusals_and_what_links_lead_to(
    served: Served, load: Callable[..., Awaitable[object]]
) -> None:
    await load(a_plan())
    headers = served.headers(staff()) | {"Origin": FRONT}
    table = (await served.ask(staff(), TABLE))["pendingPlans"]["export"]["url"]
    answers = {
        200: await served.http.post("/graphql", json={"query": "{ __typename }"}, headers=headers),
        401: await served.http.post("/graphql", json={"query": "{ __typename }"}, headers={"Origin": FRONT}),
        405: await served.http.put("/graphql", headers=headers),
    }
    for status, answer in [*answers.items(), (200, await served.http.get(table, headers={"Origin": FRONT}))]:
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == FRONT
        assert "Content-Disposition" in answer.headers["Access-Control-Expose-Headers"]
        assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_what_a_cache_may_keep_differs_by_origin_whoever_asked_first(served: Served) -> None:
    answer = await served.http.get("/graphql", params={"query": "{ __typename }"}, headers=served.headers(staff()))
    assert "Origin" in answer.headers["Vary"]


async def test_the_public_verification_is_open_to_every_page(served: Served) -> None:
    asked = {"Origin": STRANGER, "Accept": "application/json"}
    answer = await served.http.get("/verification", params={"code": "AAAA"}, headers=asked)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "value", ["*", "null", "front.example.fr", "https://front.example.fr/", "https://*.fr", "ftp://a"]
)
def test_what_is_no_origin_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BILANS_ALLOWED_ORIGINS", f"https://good.example, {value}")
    with pytest.raises(WrongSetting, match=r"BILANS_ALLOWED_ORIGINS: .* is no origin: write https://HOST"):
        read_settings()

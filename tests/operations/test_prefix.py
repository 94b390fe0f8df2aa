"""Under a path of its public address the service answers whether the proxy leaves that path or takes it away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from service.version import VERSION
from tests.factories import staff
from tests.service import serving

if TYPE_CHECKING:
    from pdf.printer import Printer
    from settings import Settings


@pytest.mark.parametrize("left", ["", "/bilans"])
async def test_pages_and_questions_are_found(
    settings: Settings, mongodb_url: str, printer: Printer, left: str
) -> None:
    under = settings.model_copy(update={"public_url": "https://example.fr/bilans/"})
    async with serving(under, mongodb_url, printer) as served, httpx.AsyncClient(base_url=served.url) as http:
        body = {"query": "{ __typename }"}
        answer = await http.post(f"{left}/graphql", json=body, headers=served.headers(staff()))
        assert answer.json() == {"data": {"__typename": "Query"}}
        health = (await http.get(f"{left}/healthz")).json()
        assert health == {"status": "ok", "version": VERSION}
        page = (await http.get(f"{left}/verification", headers={"Accept": "text/html"})).text
        assert re.search(r'<form action="/bilans/verification"', page)
        assert served.running.services.links.page("verification") == "https://example.fr/bilans/verification"
        assert (await http.get("/elsewhere/healthz")).status_code == 404
        assert (await http.get("/bilansx/healthz")).status_code == 404

"""Secrets are rotated with an overlap: what was sealed or signed with the former one is good while it is given."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr

from commands.resealing import reseal_webhooks
from credentials.claims import BadToken
from credentials.links import Links
from credentials.sessions import Sessions, SignedIn
from credentials.tokens import DevelopmentTokens
from demo.loading import story_plans
from domain.access import Role
from service.calling import webhook_seals
from service.clock import present
from tests.delivery.desk import NOW, adviser
from tests.service import HOUR, serving
from tests.webhooks.office import office_on, real_time

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pdf.printer import Printer
    from settings import Settings
    from storage.client import Database

OLD, NEW = b"the former secret, thirty-two bytes long", b"the present secret, thirty-two bytes long"


def sealing(settings: Settings, secret: bytes, former: bytes | None = None) -> Settings:
    """The same service with another LINK_SECRET."""
    given = {"link_secret": SecretStr(secret.decode())}
    return settings.model_copy(update=given | ({"link_secret_former": SecretStr(former.decode())} if former else {}))


async def test_tokens_and_links_of_the_former_secret_are_good_while_it_is_given() -> None:
    token = DevelopmentTokens(OLD).issue(Role.ADVISER, "A-1", now=present(), lifetime=HOUR)
    assert (await DevelopmentTokens(NEW, [OLD]).viewer(token)).key == "A-1"
    with pytest.raises(BadToken):
        await DevelopmentTokens(NEW).viewer(token)

    link = Links("http://a", OLD).make("documents", adviser("A-1"), {"plan": "P-1"}, "a.pdf", now=NOW)
    sealed = link.url.split("/")[4]
    later = NOW + timedelta(minutes=1)
    assert Links("http://a", NEW, former=[OLD]).open("documents", sealed, now=later)
    assert Links("http://a", NEW).open("documents", sealed, now=later) is None


async def test_webhooks_are_sealed_anew_so_that_the_former_secret_may_go(
    database: Database, settings: Settings, mongodb_url: str, printer: Printer, capsys: pytest.CaptureFixture[str]
) -> None:
    async with office_on(database, printer, real_time(), sealing=OLD) as office:
        _, secret = await office.registers("http://127.0.0.1:1/bilans")
    here = settings.model_copy(update={"mongodb_url": SecretStr(mongodb_url)})
    both, new = sealing(here, NEW, OLD), sealing(here, NEW)
    assert await reseal_webhooks(new) == 1
    assert "1 webhooks were sealed with another secret" in capsys.readouterr().out
    assert await reseal_webhooks(both) == 0
    kept = await database["webhooks"].find_one({})
    assert kept
    assert webhook_seals(new).open(bytes(kept["secret"])) == secret


def test_sessions_forms_and_what_pages_keep_are_good_while_the_former_secret_is_given() -> None:
    old, both, new = Sessions(OLD), Sessions(NEW, [OLD]), Sessions(NEW)
    session = SignedIn("t", 2e9, "account", "ADVISER", "Claire")
    cookies, kept, proof = old.cookies("a", session), old.seal("search", "x"), old.form_token("account")
    assert both.session("a", cookies, now=1e9) == session
    assert both.open("search", kept) == "x"
    assert both.is_form_token("account", proof)
    assert not both.is_form_token("other", proof)
    assert new.session("a", cookies, now=1e9) is None
    assert new.open("search", kept) is None
    assert not new.is_form_token("account", proof)
    assert new.is_form_token("account", both.form_token("account"))


async def test_people_at_work_notice_nothing_when_the_secret_is_rotated(
    settings: Settings, mongodb_url: str, printer: Printer, load: Callable[..., Awaitable[object]]
) -> None:
    """A session of the desk, the form of an open page, a sealed address, a link and an identifier: all go on."""
    await load(*story_plans(present()))
    async with httpx.AsyncClient(headers={"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}) as marie:
        async with serving(sealing(settings, OLD), mongodb_url, printer) as served:
            await marie.post(f"{served.url}/connexion", data={"personne": "1"})
            page = (await marie.get(f"{served.url}/sessions")).text
            form = {"jeton": found(r'name="jeton" value="([^"]+)"', page), "recherche": "a"}
            searched = (await marie.post(f"{served.url}/brouillons", data=form)).headers["Location"]
            link = (await marie.get(f"{served.url}/sessions?format=csv")).headers["Location"]
        kept = [found(r'href="(/sessions/[^"?]+)"', page), searched, urlsplit(link).path]
        async with serving(sealing(settings, NEW, OLD), mongodb_url, printer) as served:
            assert [(await marie.get(served.url + path)).status_code for path in kept] == [200, 200, 200]
            assert (await marie.post(f"{served.url}/brouillons", data=form)).status_code == 303
        async with serving(sealing(settings, NEW), mongodb_url, printer) as served:
            assert (await marie.get(f"{served.url}/sessions")).headers["Location"].startswith("/connexion")
            assert (await marie.get(served.url + kept[2])).status_code == 404


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match, page
    return match[1]

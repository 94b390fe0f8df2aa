"""Who comes in at the desk, and how: cookies, proof of origin, refusals, headers."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import jwt
import pytest

from credentials.sessions import LARGEST_COOKIE, Sessions, SignedIn
from demo.story import ORGANIZATION, OTHER_ORGANIZATION
from service.clock import present
from tests.conftest import SECRET
from tests.service import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from pdf.printer import Printer
    from settings import Settings
    from tests.service import Served

OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


def field(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found
    return found[1]


@asynccontextmanager
async def signed_in(served: Served, number: str = "1", *, at: str = "") -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=served.url, headers=OURS) as client:
        answer = await client.post(f"{at}/connexion", data={"personne": number})
        assert answer.status_code == 303
        yield client


async def test_the_session_is_sealed_in_a_cookie_that_scripts_do_not_read(desk: Served) -> None:
    async with httpx.AsyncClient(base_url=desk.url, headers=OURS) as client:
        answer = await client.post("/connexion", data={"personne": "1", "retour": "/sessions"})
    assert answer.headers["Location"] == "/sessions"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=" in cookie
    assert "Lefebvre" not in cookie


async def test_behind_tls_the_cookie_is_bound_to_the_host(
    settings: Settings, mongodb_url: str, printer: Printer
) -> None:
    behind = settings.model_copy(update={"public_url": "https://bilans.example.fr"})
    sessions = Sessions(SECRET.encode())
    async with serving(behind, mongodb_url, printer) as served:
        token = served.tokens
        assert token
        answer = await served.http.get("/connexion", headers=OURS)
        assert answer.headers["Strict-Transport-Security"]
        assert "Aucun moyen de se connecter" in answer.text
        refused = await served.http.post("/connexion", data={"personne": "1"}, headers=OURS)
        assert refused.status_code == 404
    assert next(iter(sessions.cookies("__Host-bureau", SignedIn("t", 1.0, "a", "r", "n")))) == "__Host-bureau"


@pytest.mark.parametrize(
    "headers",
    [{"X-Forwarded-For": "203.0.113.9"}, {"Host": "bilans.example.fr"}, {"Forwarded": "for=203.0.113.9"}],
)
async def test_nobody_of_the_demonstration_is_chosen_from_elsewhere(desk: Served, headers: dict[str, str]) -> None:
    shown = await desk.http.get("/connexion", headers={**OURS, **headers})
    assert "Lefebvre" not in shown.text
    answer = await desk.http.post("/connexion", data={"personne": "1"}, headers={**OURS, **headers})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {},
    ],
)
async def test_what_does_not_come_from_a_page_of_ours_is_refused(desk: Served, headers: Mapping[str, str]) -> None:
    answer = await desk.http.post("/connexion", data={"personne": "1"}, headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


async def test_a_browser_that_says_only_its_origin_is_believed(desk: Served) -> None:
    answer = await desk.http.post("/connexion", data={"personne": "1"}, headers={"Origin": desk.url})
    assert answer.status_code == 303


async def test_a_form_of_another_person_or_of_none_is_refused(desk: Served) -> None:
    async with signed_in(desk, "1") as marie, signed_in(desk, "2") as antoine:
        token = field((await antoine.get("/sans-referencement")).text, "jeton")
        for wrong in (token, "", "zz", "é"):
            answer = await marie.post("/sans-referencement", data={"recherche": "x", "jeton": wrong})
            assert answer.status_code == 403
        good = field((await marie.get("/sans-referencement")).text, "jeton")
        assert (await marie.post("/sans-referencement", data={"recherche": "x", "jeton": good})).status_code == 303


async def test_a_page_of_another_role_is_not_shown(desk: Served) -> None:
    async with signed_in(desk, "4") as adviser:
        answer = await adviser.get("/tableau-de-bord")
    assert answer.status_code == 403
    assert "Page réservée aux organismes de formation" in answer.text


async def test_somebody_of_two_organizations_acts_for_one_and_then_for_the_other(desk: Served) -> None:
    sirets = [ORGANIZATION, OTHER_ORGANIZATION]
    claims = {"sub": "paul", "name": "Paul", "role": "training_organization", "organization": sirets}
    token = jwt.encode(claims | {"exp": int(present().timestamp()) + 600}, SECRET, "HS256")
    session = SignedIn(
        token, present().timestamp() + 600, "paul", "TRAINING_ORGANIZATION", "Paul", organization=sirets[0]
    )
    async with httpx.AsyncClient(base_url=desk.url, headers=OURS) as paul:
        paul.cookies.update(Sessions(SECRET.encode()).cookies("bureau", session))
        choice = (await paul.get("/organisme")).text
        assert "Artois Compétences" in choice
        theirs = re.findall(r'href="(/sessions/[^"?]+)"', (await paul.get("/sessions")).text)
        answer = await paul.post("/organisme", data={"jeton": field(choice, "jeton"), "organisme": sirets[1]})
        assert answer.headers.get("Location") == "/", answer.text
        page = (await paul.get("/sessions")).text
        assert "Formation Vallée de l" in page
        assert not set(theirs) & set(re.findall(r'href="(/sessions/[^"?]+)"', page))
        old = await paul.post("/brouillons", data={"jeton": field(choice, "jeton"), "recherche": "x"})
        assert old.status_code == 403
        wrong = {"jeton": field(page if 'name="jeton"' in page else choice, "jeton"), "organisme": "00000000000000"}
        assert (await paul.post("/organisme", data=wrong)).status_code == 404


async def test_without_a_session_one_signs_in_and_comes_back(desk: Served) -> None:
    answer = await desk.http.get("/sessions?q=a", headers=OURS)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/connexion?retour=/sessions%3Fq%3Da"


@pytest.mark.parametrize("back", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "/\tx"])
async def test_one_never_comes_back_elsewhere(desk: Served, back: str) -> None:
    answer = await desk.http.post("/connexion", data={"personne": "1", "retour": back}, headers=OURS)
    assert answer.headers["Location"] == "/tableau-de-bord"


async def test_what_was_typed_is_kept_over_the_end_of_a_session_for_that_person_alone(desk: Served) -> None:
    async with signed_in(desk, "1") as marie:
        token = field((await marie.get("/sans-referencement")).text, "jeton")
        marie.cookies.clear()
        answer = await marie.post("/sans-referencement", data={"recherche": "roussel", "jeton": token})
        assert answer.status_code == 401
        assert "Reconnectez-vous pour enregistrer" in answer.text
        assert "roussel" not in answer.text
        kept = field(answer.text, "garde")
        async with signed_in(desk, "2") as antoine:
            assert (await antoine.post("/sans-referencement", data={"garde": kept})).status_code == 403
        await marie.post("/connexion", data={"personne": "1"})
        assert (await marie.post("/brouillons", data={"garde": kept})).status_code == 403
        again = await marie.post("/sans-referencement", data={"garde": kept})
        assert again.status_code == 303
        assert "ROUSSEL" in (await marie.get(again.headers["Location"])).text


async def test_every_page_says_what_browsers_may_do_with_it(desk: Served) -> None:
    async with signed_in(desk) as marie:
        for path in ("/tableau-de-bord", "/rien", "/connexion"):
            headers = (await marie.get(path)).headers
            assert headers["Cache-Control"] == "no-store"
            assert "default-src 'none'" in headers["Content-Security-Policy"]
            assert "unsafe" not in headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["X-Content-Type-Options"] == "nosniff"


async def test_a_first_visit_weighs_less_than_fifty_kilobytes_and_its_files_are_kept(desk: Served) -> None:
    for number, address in (
        ("1", "/connexion"),
        ("1", "/tableau-de-bord"),
        ("3", "/mes-formations"),
        ("4", "/recus"),
    ):
        async with signed_in(desk, number) as somebody:
            page = await somebody.get(address)
            named = set(re.findall(r"/ressources/[\w.-]+", page.text))
            style = await somebody.get(next(name for name in named if name.endswith(".css")))
            named |= {f"/ressources/{font}" for font in re.findall(r'url\("([^"]+)"\)', style.text)}
            weight = int(page.headers["Content-Length"])
            for name in named:
                answer = await somebody.get(name)
                assert "immutable" in answer.headers["Cache-Control"]
                weight += int(answer.headers["Content-Length"])
        assert len(named) >= 5
        assert weight <= 50 * 1024, (address, weight)


async def test_what_is_no_form_or_too_large_is_refused(desk: Served) -> None:
    async with signed_in(desk) as marie:
        as_json = await marie.post("/brouillons", json={"recherche": "x"})
        assert as_json.status_code == 400
        token = field((await marie.get("/brouillons")).text, "jeton")
        for length in (600_000, 3_000_000):
            large = await marie.post("/brouillons", data={"jeton": token, "recherche": "x" * length})
            assert large.status_code == 413
        many = await marie.post(
            "/brouillons", content=b"a=&" * 5000, headers={"Content-Type": "application/x-www-form-urlencoded"}
        )
        assert many.status_code == 400


async def test_signing_out_takes_the_session_back(desk: Served) -> None:
    async with signed_in(desk) as marie:
        token = field((await marie.get("/tableau-de-bord")).text, "jeton")
        answer = await marie.post("/deconnexion", data={"jeton": token})
        assert answer.headers["Location"] == "/deconnexion"
        assert (await marie.get("/tableau-de-bord")).status_code == 303


async def test_an_address_that_is_not_the_viewers_is_none_at_all(desk: Served) -> None:
    async with signed_in(desk, "1") as marie, signed_in(desk, "2") as antoine:
        page = await marie.get("/sessions")
        path = re.search(r'href="(/sessions/[\w=-]+)"', page.text)
        assert path
        assert (await marie.get(path[1])).status_code == 200
        theirs, nobodys = await antoine.get(path[1]), await antoine.get("/sessions/rien")
        assert theirs.status_code == nobodys.status_code == 404
        for wrong in ("?apres=x", "?statut=zz&apres=gAAAA"):
            assert (await marie.get(path[1] + wrong)).status_code == 404


async def test_a_whole_list_is_given_as_a_table(desk: Served) -> None:
    async with signed_in(desk) as marie:
        for address in ("/sessions?financement=oui", "/sans-referencement?x=1", "/brouillons?x=1"):
            answer = await marie.get(f"{address}&format=csv")
            assert answer.status_code == 303
            assert (await marie.get(answer.headers["Location"])).headers["Content-Type"].startswith("text/csv")


async def test_a_long_session_is_cut_into_cookies_that_browsers_keep() -> None:
    sessions = Sessions(SECRET.encode())
    session = SignedIn("t" * 6000, 2e9, "account", "ADVISER", "Claire", "agence", "p", "r" * 1000, "i" * 2000)
    cookies = sessions.cookies("bureau", session)
    assert len(cookies) > 1
    assert all(len(value) <= LARGEST_COOKIE for value in cookies.values())
    assert sessions.session("bureau", cookies, now=1e9) == session
    assert sessions.session("bureau", cookies, now=2e9) is None
    assert sessions.session("bureau", dict(list(cookies.items())[:1]), now=1e9) is None
    assert Sessions(b"another secret" * 4).session("bureau", cookies, now=1e9) is None


async def test_switched_off_it_has_no_address(
    settings: Settings, mongodb_url: str, printer: Printer, serve: Callable[[], AbstractAsyncContextManager[Served]]
) -> None:
    del serve
    without = settings.model_copy(update={"desk": False})
    async with serving(without, mongodb_url, printer) as served:
        for path in ("/", "/connexion", "/tableau-de-bord", "/sessions"):
            assert (await served.http.get(path, headers=OURS)).status_code == 404
        assert (await served.http.get("/verification")).status_code == 200


async def test_under_the_path_of_a_public_address_every_link_and_redirection_stays_under_it(
    settings: Settings, mongodb_url: str, printer: Printer
) -> None:
    under = settings.model_copy(update={"public_url": "http://127.0.0.1:1/bilans"})
    async with serving(under, mongodb_url, printer) as served, signed_in(served, at="/bilans") as marie:
        for path in ("/tableau-de-bord", "/sessions?financement=oui", "/brouillons", "/rien"):
            page = await marie.get(f"/bilans{path}")
            named = re.findall(r'(?:href|action|src)="([^"#]+)"', page.text)
            assert len(named) > 5
            assert [address for address in named if not address.startswith("/bilans/")] == []
        style = next(address for address in re.findall(r'href="([^"]+\.css)"', page.text))
        font = re.search(r'url\("([^"]+)"\)', (await marie.get(style)).text)
        assert font
        assert (await marie.get(f"{style.rpartition('/')[0]}/{font[1]}")).status_code == 200
        assert (await marie.get("/bilans/")).headers["Location"] == "/bilans/tableau-de-bord"

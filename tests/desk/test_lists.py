"""Every list of the desk: empty, empty by its filters, its second page, the way back, and its order."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import jwt
import pytest

from credentials.sessions import Sessions, SignedIn
from service.clock import present
from tests.conftest import SECRET
from tests.desk.grid import fields_of
from tests.desk.long_lists import (
    ADVISER,
    OTHER_ADVISER,
    OTHERS,
    SEEKER,
    SENT_OF_SESSION,
    STAFF,
    filled,
)
from tests.desk.test_door import field, signed_in

if TYPE_CHECKING:
    import httpx

    from tests.service import Served


@pytest.fixture(scope="module")
async def many(one_desk: Served) -> Served:
    return await filled(one_desk)


LONG_LISTS = [
    (STAFF, "/sessions", 20, "Sessions de formation avec bilan à saisir"),
    (STAFF, "/sans-referencement", 20, "DE inscrits sur formation sans référencement"),
    (STAFF, "/brouillons", 20, "Bilans enregistrés en brouillon"),
    (STAFF, "/transmis", 20, "Bilans transmis"),
    (STAFF, "/en-cours", 20, "Formations en cours"),
    (STAFF, "search:/demandeurs?liste", 20, "Demandeurs d’emploi"),
    (STAFF, "session:", 100, "Session longue, bilans à transmettre"),
    (STAFF, "session:/saisie", 100, "Saisir toute la session, Session longue"),
    (SEEKER, "/mes-formations", 20, "27 formations dans mon suivi"),
    (ADVISER, "/recus", 20, "25 bilans non lus"),
    (ADVISER, "/attendus", 20, "Bilans attendus"),
]
"""Who, an address, how many lines a page has, its title."""


def rows(page: str) -> list[str]:
    """The lines of a page, by what they lead to or whom they name."""
    body = page[page.index("<main") : page.index("</main>")]
    found = re.findall(r'<tr role="row"[^>]*>(?:(?!</tr>).)*<td.*?</tr>', body, re.DOTALL)
    body = body if not found else "".join(each for each in found if "<tfoot" not in each and "Ensemble" not in each)
    return list(
        dict.fromkeys(
            re.findall(
                r'value="(?:[^"]{40,})"|href="(/(?:bilans|sessions|recus|en-cours|demandeurs|mes-formations)/[^"/?]+)',
                body,
            )
        )
    )


def title_of(page: str) -> str:
    return unescape(re.findall("<title>(.*?) – Bilans", page)[0])


async def first_page(client: httpx.AsyncClient, address: str) -> str:
    kind, _, rest = address.partition(":")
    if kind in ("session", "session-of"):
        wanted, rest = (rest, "") if kind == "session-of" else ("session longue", rest)
        found = await client.get("/sessions", params={"q": wanted})
        return str(re.findall(r'href="(/sessions/[^"?]+)"', found.text)[0]) + rest
    if kind == "search":
        path, _, wanted = rest.partition("?")
        token = field((await client.get(path)).text, "jeton")
        return (await client.post(path, data={"recherche": wanted, "jeton": token})).headers["Location"]
    return address


@pytest.mark.parametrize(("who", "address", "size", "title"), LONG_LISTS, ids=[each[1] for each in LONG_LISTS])
async def test_a_list_is_turned_both_ways_and_says_its_page(
    many: Served, who: str, address: str, size: int, title: str
) -> None:
    async with signed_in(many, who) as client:
        first = (await client.get(await first_page(client, address))).text
        assert title_of(first) == title
        assert 'rel="prev"' not in first
        onward = re.search(r'href="([^"]+)" rel="next"', first)
        assert onward
        second = (await client.get(unescape(onward[1]))).text
        assert title_of(second) == f"{title}, page 2"
        assert f"{size + 1} à " in second.replace("\N{NARROW NO-BREAK SPACE}", "")
        assert rows(second)
        assert rows(second) != rows(first)
        back = re.search(r'href="([^"]+)" rel="prev"', second)
        assert back
        again = (await client.get(unescape(back[1]))).text
        assert rows(again) == rows(first)
        assert title_of(again) == title


NOTHING = "du=1/1/2001&au=2/1/2001"
FILTERED = [
    (STAFF, f"/sessions?financement=oui&{NOTHING}"),
    (STAFF, "/sessions?q=rien-de-tel&tri=-ville"),
    (STAFF, f"/sans-referencement?{NOTHING}"),
    (STAFF, f"/en-retard?{NOTHING}"),
    (STAFF, f"/brouillons?{NOTHING}"),
    (STAFF, f"/transmis?{NOTHING}"),
    (STAFF, "/transmis?lecture=conseiller&session=rien-de-tel"),
    (STAFF, "search:/en-cours?rien-de-tel"),
    (STAFF, "search:/transmis?rien-de-tel"),
    (STAFF, "/sessions?q=rien-de-tel&bilans=brouillons"),
    (STAFF, f"/brouillons?complets=non&{NOTHING}"),
    (STAFF, f"/statistiques?{NOTHING}"),
    (ADVISER, f"/attendus?obligatoires=oui&{NOTHING}"),
    (ADVISER, "search:/recus?rien-de-tel"),
]


@pytest.mark.parametrize(("who", "address"), FILTERED, ids=[each[1] for each in FILTERED])
async def test_a_list_that_its_filters_leave_empty_offers_to_drop_them(many: Served, who: str, address: str) -> None:
    async with signed_in(many, who) as client:
        page = (await client.get(await first_page(client, address))).text
        said = page[page.index('class="empty') :].partition("</p>")[0]
        link = re.search(r'href="([^"]+)">(Retirer les filtres|Voir tou[ts])', said)
        assert link, said
        whole = (await client.get(unescape(link[1]))).text
        assert 'class="empty' not in whole


@pytest.mark.parametrize(
    ("who", "address", "said"),
    [
        (OTHERS, "/brouillons", "Aucun brouillon."),
        (OTHERS, "/transmis", "Aucun bilan transmis."),
        (OTHERS, "/en-retard", "Aucun bilan en retard."),
        (OTHERS, "/sans-referencement", "Aucun DE à saisir sans référencement."),
        (OTHERS, "/en-cours", "Aucune formation en cours."),
        (OTHERS, "/sessions?financement=non", "Aucune session ne correspond."),
        (OTHERS, "search:/demandeurs?rien-de-tel", "Personne ne correspond."),
        (OTHER_ADVISER, "/recus", "Aucun bilan pour le moment"),
        (SEEKER, "nobody:/mes-formations", "Aucune formation dans mon suivi"),
        ("A-RIEN", "nobody:/attendus", "Aucun bilan attendu."),
    ],
)
async def test_a_list_without_anything_says_so(many: Served, who: str, address: str, said: str) -> None:
    async with signed_in(many, who if len(who) == 1 else ADVISER) as client:
        if address.startswith("nobody:"):
            role = "JOB_SEEKER" if who == SEEKER else "ADVISER"
            claims = {"sub": "9999999Z", "name": "Personne", "role": role.lower()}
            claims |= {"job_seeker": "9999999Z"} if who == SEEKER else {"adviser": "A-RIEN"}
            until = int(present().timestamp()) + 600
            session = SignedIn(
                jwt.encode(claims | {"exp": until}, SECRET, "HS256"), until, "nobody", role, "Personne"
            )
            client.cookies.update(Sessions(SECRET.encode()).cookies("bureau", session))
        page = (await client.get(await first_page(client, address.removeprefix("nobody:")))).text
        assert said in page
        assert "Retirer les filtres" not in page


@pytest.mark.parametrize("address", ["/sessions", "/sans-referencement", "/brouillons", "/transmis"])
async def test_a_filter_an_order_and_a_search_lead_back_to_the_first_page(many: Served, address: str) -> None:
    async with signed_in(many) as marie:
        first = (await marie.get(address)).text
        onward = re.search(r'href="([^"]+)" rel="next"', first)
        assert onward
        second = (await marie.get(unescape(onward[1]))).text
        applied = second[second.index('<form method="get"') :].partition("</form>")[0]
        for name in ("apres", "avant", "page"):
            assert f'name="{name}"' not in applied
            for order in re.findall(r'<th[^>]*><a href="([^"]+)"', second):
                assert f"{name}=" not in order
        if address != "/sessions":
            sent = {"recherche": "LISTE", "jeton": field(second, "jeton")}
            answer = await marie.post(unescape(onward[1]), data=sent)
            assert "apres=" not in answer.headers["Location"]
            assert "LISTE" not in answer.headers["Location"]


ORDERS = [
    (STAFF, "/sessions", "carif", "N° CARIF"),
    (STAFF, "/sessions", "financement", "Financement"),
    (STAFF, "/sessions", "intitule", None),
    (STAFF, "/sans-referencement", "numero", "N° DE"),
    (STAFF, "/sans-referencement", "nom", None),
    (STAFF, "/sans-referencement", "financement", "Financement"),
    (STAFF, "/sans-referencement", "fin", None),
    (STAFF, "/en-retard", "nom", None),
    (STAFF, "/en-cours", "nom", None),
    (STAFF, "/en-cours", "numero", "N° DE"),
    (STAFF, "/en-cours", "fin", None),
    (STAFF, "session:", "nom", None),
    (STAFF, "session:", "numero", "N° DE"),
    (STAFF, "/brouillons", "cree", None),
    (STAFF, "/transmis", "transmis", None),
    (ADVISER, "/recus", "transmis", None),
    (ADVISER, "/attendus", "attendu", None),
]


@pytest.mark.parametrize(("who", "address", "key", "label"), ORDERS, ids=[f"{each[1]} {each[2]}" for each in ORDERS])
async def test_a_list_is_sorted_by_every_column_that_has_an_order(
    many: Served, who: str, address: str, key: str, label: str | None
) -> None:
    async with signed_in(many, who) as client:
        seen = {}
        for direction, asked in (("ascending", key), ("descending", f"-{key}")):
            page = (await client.get(f"{await first_page(client, address)}?tri={asked}")).text
            assert page.count("aria-sort=") == 1
            assert f'aria-sort="{direction}"' in page
            seen[direction] = rows(page)
            if label:
                cells = [each.strip() for each in re.findall(rf'data-label="{label}">([^<]*)<', page)]
                assert cells == sorted(cells, reverse=direction == "descending")
        assert seen["ascending"] != seen["descending"]


async def test_drafts_are_narrowed_to_those_that_are_complete(many: Served) -> None:
    async with signed_in(many) as marie:
        counts = []
        for wanted in ("", "?complets=oui", "?complets=non"):
            page = (await marie.get(f"/brouillons{wanted}")).text
            counts.append(int(re.findall(r'class="lead">(\d+)', page)[0]))
        assert counts[0] == counts[1] + counts[2] > 0


async def test_transmitted_reports_are_narrowed_to_those_that_one_has_not_read_and_to_a_session(many: Served) -> None:
    plans = many.running.database["plans"]
    await plans.update_many({"_id": {"$in": ["P-SENT-0", "P-SENT-1"]}}, {"$unset": {"unread.JOB_SEEKER": ""}})
    path = "/transmis?lecture=de&tri=transmis"
    async with signed_in(many) as marie:
        whole = (await marie.get("/transmis")).text
        first = (await marie.get(path)).text
        counts = [int(re.findall(r'class="lead">(\d+)', page)[0]) for page in (whole, first)]
        assert counts[0] - counts[1] == 2
        assert '<option value="de" selected>' in first
        links = re.findall(r'href="([^"]+)" (?:rel="next"|download)', first)
        links += re.findall(r'<th[^>]*><a href="([^"]+)"', first)
        assert len(links) == 4
        assert all("lecture=de" in link for link in links), "kept over pages, orders and exports"
        csv = (await marie.get(unescape(links[0]), follow_redirects=True)).content.decode("utf-8-sig")
        assert len(csv.splitlines()) == counts[1] + 1
        session = re.findall(r'<option value="([^"]+)">Session transmise,', whole)[0]
        of_session = (await marie.get(f"/transmis?session={session}")).text
        assert len(rows(of_session)) == len(SENT_OF_SESSION)
        assert f'<option value="{session}" selected>' in of_session
        assert len(rows((await marie.get(f"/transmis?session={session}&lecture=de")).text)) == 1


async def test_a_session_of_which_all_is_begun_stays_in_reach(one_desk: Served) -> None:
    async with signed_in(one_desk) as marie:
        path = (await first_page(marie, "session-of:bureautique")) + "/saisie"
        typed = await fields_of(marie, path)
        assert (await marie.post(path, data=typed | {"faire": "enregistrer"})).status_code == 303
        assert "Bureautique" not in (await marie.get("/sessions?q=bureautique&bilans=")).text.partition("<tbody")[2]
        kept = (await marie.get("/sessions?q=bureautique&bilans=brouillons")).text
        assert "Brouillons<span" in kept.partition("<tbody")[2]


async def test_a_person_of_a_long_session_is_found_by_name_which_is_in_no_address(many: Served) -> None:
    async with signed_in(many) as marie:
        path = await first_page(marie, "session:")
        page = (await marie.get(path)).text
        answer = await marie.post(path, data={"recherche": "rien-de-tel", "jeton": field(page, "jeton")})
        assert "rien-de-tel" not in answer.headers["Location"]
        assert "Personne ne correspond." in (await marie.get(answer.headers["Location"])).text

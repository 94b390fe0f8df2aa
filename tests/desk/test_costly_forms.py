"""What a form may cost before it is known who sends it, and how many lines one may make of a trainee."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.people import PEOPLE
from desk.asking import read_operations
from desk.file_places import AT_ONCE, SHARE, FilePlaces
from desk.forms import LARGEST_FORM, LARGEST_READ, MOST_FIELDS, pairs_of
from desk.session_grid import typed_lines
from desk.stopping import Stopped
from service.desk import desk, served_pages
from service.telling import Teller
from tests.bounds.test_worst import counted
from tests.desk.test_door import field, signed_in

if TYPE_CHECKING:
    from settings import Settings
    from tests.service import Served

PIECES = [
    *(b"%41", b"%3D", b"%3d", b"%0A", b"%00", b"%25", b"%C3%A9", b"%C3", b"\xc3\xa9", b"\n", b"\r", b"\t", b" "),
    *(b"+", b"=", b"=\n", b"&", b"a=", b"_", b"?", b"4"),
]  # fmt: skip


@given(body=st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_a_form_is_read_as_the_standard_library_reads_it(body: bytes) -> None:
    try:
        expected = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body))
    except ValueError:
        with pytest.raises(ValueError, match=r"^$"):
            pairs_of(body)
    else:
        assert pairs_of(body) == expected


@pytest.mark.parametrize("body", [b"a=%", b"a=%4", b"a=%zz", b"a=\xff", b"&" * MOST_FIELDS, b"a=%" * 500_000])
def test_what_no_browser_sends_is_no_form(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"^$|utf-8"):
        pairs_of(body)


def test_two_megabytes_of_escapes_cost_a_few_calls() -> None:
    with counted() as work:
        ((_, value),) = pairs_of(b"a=" + b"%C3%A9" * (LARGEST_READ // 6))

    assert value == "é" * (LARGEST_READ // 6)
    assert work.calls < 100


def test_a_trainee_has_one_line_however_often_a_form_names_them() -> None:
    plans: list[dict[str, Any]] = [{"id": name, "report": None} for name in ("P-1", "P-2")]
    form = {f"plan-{number}": "P-1" for number in range(1, 3_000)} | {"plan-3000": "P-2"}

    assert [line.plan["id"] for line in typed_lines(plans, form)] == ["P-1", "P-2"]


async def test_of_a_form_that_nobody_signed_in_for_no_more_is_read_than_could_be_kept(one_desk: Served) -> None:
    place = urlsplit(one_desk.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(
        b"POST /sessions/rien/saisie HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n"
        % LARGEST_READ
        + b"a=".ljust(LARGEST_FORM + 1, b"a")
    )
    async with asyncio.timeout(8):  # where all is waited for, ten seconds
        head = await reader.readuntil(b"\r\n")
    writer.close()
    assert b" 413 " in head


async def test_a_form_between_the_two_is_shown_back_to_its_author(one_desk: Served) -> None:
    async with signed_in(one_desk, "1") as marie:
        typed = {"jeton": field((await marie.get("/brouillons?x=1")).text, "jeton"), "objectif": "é" * 300_000}
        answer = await marie.post(
            "/bilans/rien",
            content=urlencode(typed).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
    assert answer.status_code == 413
    assert "é" * 300_000 in answer.text


SPREADSHEETS = "/sessions/rien/saisie/tableur"
OURS = {"Sec-Fetch-Site": "same-origin"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}


async def test_one_account_sends_few_files_at_once_and_another_sends_its_own(
    one_desk: Served, settings: Settings
) -> None:
    doors = one_desk.running.doors.http
    at = desk(settings, doors, read_operations(), one_desk.url, PEOPLE, on_worked=lambda *_: None)
    pages = httpx.ASGITransport(served_pages([], at, Teller(b"")))
    async with httpx.AsyncClient(transport=pages, base_url=one_desk.url, headers=OURS) as browser:

        async def sent_by(person: str) -> httpx.Response:
            token = field((await browser.get("/connexion")).text, "jeton")
            await browser.post("/connexion", data={"personne": person, "jeton": token})
            return await browser.post(SPREADSHEETS, content=b"", headers=MULTIPART)

        with ExitStack() as held:
            for _ in range(SHARE):
                held.enter_context(at.file_places.one("demonstration:1"))
            refused = await sent_by("1")
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
            assert (await sent_by("2")).status_code == 403, "its form has no token: it was read"
        assert (await sent_by("1")).status_code == 403


def test_places_are_few_for_all_together() -> None:
    places = FilePlaces()
    with ExitStack() as held:
        for number in range(AT_ONCE):
            held.enter_context(places.one(str(number)))
        with pytest.raises(Stopped), places.one("another"):
            pass
    with places.one("another"):
        pass


async def test_a_file_that_nobody_signed_in_for_is_not_read_to_its_end(one_desk: Served) -> None:
    file = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n' + b"0" * (LARGEST_FORM + 1)
    async with signed_in(one_desk, "1") as marie:
        marie.cookies.clear()
        answer = await marie.post(SPREADSHEETS, content=file, headers=MULTIPART)
    assert answer.status_code == 413

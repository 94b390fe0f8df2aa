"""`python -m bench.session`: thirty reports of one session, by the form, the grid, the spreadsheet and a program.

A service with a database of its own answers one client, who sends what a browser or a program sends, and never pauses
to type. Counted are the requests, and the commands that the service sends the database for them.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import re
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from time import perf_counter
from typing import TYPE_CHECKING, Any

import httpx
import openpyxl
import orjson
from pymongo import monitoring

from credentials.tokens import DevelopmentTokens
from demo.people import PEOPLE
from demo.story import COURSES, ORGANIZATION, lines
from domain.access import Role
from domain.calendar import paris_day
from domain.facts import session_key
from feeds.outcome import Accepted
from feeds.plans import read_plan
from schema.ids import encode_id
from service.clock import present
from service.composition import connect, service
from service.serving import database_url, door_server, open_listener
from settings import read_settings
from storage.asking import present_asker
from storage.client import close_database
from storage.loading import PlanLoader
from tables.template import ROWS
from tables.template_columns import ANSWERS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from settings import Settings
    from storage.client import Database

OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
ANSWERED = {"stage": "non", "certifiante": "oui"}
EACH = {"diplome": "oui", "situation": "EMPLOI_CDI"}
SHEET = {"has_internship": "Non", "diploma_obtained": "Oui", "exit_situation_code": "EMPLOI_CDI"}
PROGRAM = {"hasInternship": False, "diplomaObtained": True, "exitSituationCode": "EMPLOI_CDI"}
TO_WRITE = """query ($id: ID!) { node(id: $id) { ... on TrainingSession {
  plans(reportStatus: [TO_ENTER], first: 100) { nodes { id
    prefilledForm { durationHours objective content certifying teachingMode { code } exitLevel { code }
      certification { code } } } } } } }"""
TRANSMIT = """mutation ($input: TransmitReportsInput!) { transmitReports(input: $input) { unreached
  userErrors { message } outcomes { userErrors { message } } } }"""
TRANSMITTED = """query ($id: ID!) { node(id: $id) { ... on TrainingSession {
  plans(reportStatus: [TRANSMITTED], first: 1) { totalCount } } } }"""


class Calls(monitoring.CommandListener):
    """Counts the commands that are sent for somebody who asks; what the service does by itself is not counted."""

    number = 0

    def started(self, _: monitoring.CommandStartedEvent) -> None:
        """Count one."""
        self.number += present_asker() is not None

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Count nothing."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Count nothing."""


class Fields(HTMLParser):
    """The fields of a page, as a browser would send them back."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._open = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an input, a text or a choice."""
        told = dict(attrs)
        name, value = told.get("name") or "", told.get("value") or ""
        if tag == "input" and name and (told.get("type") not in ("radio", "checkbox", "file") or "checked" in told):
            self.found[name] = value
        elif tag in ("select", "textarea"):
            self._open, self.found[name] = name, ""
        elif tag == "option" and "selected" in told:
            self.found[self._open] = value

    def handle_data(self, data: str) -> None:
        """Take what stands in a text."""
        if self.lasttag == "textarea" and self._open:
            self.found[self._open] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        """Leave a text or a choice."""
        if tag in ("select", "textarea"):
            self._open = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """A client at the desk, which counts its requests, the token of a program, and what counts commands."""

    client: httpx.AsyncClient
    token: str
    requests: list[str]
    calls: Calls

    async def page(self, path: str) -> str:
        """Read a page."""
        answer = await self.client.get(path)
        answer.raise_for_status()
        return answer.text

    async def sent(self, path: str, **fields: str) -> str:
        """Send a form, and read the page that it leads to; again where a busy machine says so."""
        answer = await self.client.post(path, data=fields)
        while answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            answer = await self.client.post(path, data=fields)
        answer.raise_for_status()
        return answer.text

    async def asked(self, text: str, **variables: object) -> dict[str, Any]:
        """Ask the API as a program does."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        answer = await self.client.post("/graphql", json={"query": text, "variables": variables}, headers=headers)
        told = answer.json()
        if "errors" in told:
            raise RuntimeError(told["errors"])
        data: dict[str, Any] = next(iter(told["data"].values()))
        return data


async def by_form(desk: Desk, session: str) -> None:
    """Open the form of each, answer, verify, transmit."""
    people = await desk.page(f"/sessions/{session}?statut=a-transmettre")
    for path in dict.fromkeys(re.findall(r'href="(/bilans/[^"/]+)"', people)):
        fields = Fields(await desk.page(path)).found
        checked = await desk.sent(path, **{**fields, **ANSWERED, **EACH, "faire": "transmettre"})
        await desk.sent(f"{path}/verifier", **Fields(checked).found)


async def by_grid(desk: Desk, session: str) -> None:
    """Answer what is common and the rows of the grid, verify, transmit all."""
    path = f"/sessions/{session}/saisie"
    fields = Fields(await desk.page(path)).found
    numbers = [name.removeprefix("plan-") for name in fields if name.startswith("plan-")]
    rows = {f"{name}-{number}": value for number in numbers for name, value in EACH.items()}
    await _transmitted(desk, path, await desk.sent(path, **{**fields, **ANSWERED, **rows, "faire": "transmettre"}))


async def by_spreadsheet(desk: Desk, session: str) -> None:
    """Download the template, fill it, give it back, verify, transmit all."""
    path = f"/sessions/{session}/saisie"
    book = openpyxl.load_workbook(io.BytesIO((await desk.client.get(f"{path}/modele")).content))
    sheet, headings = book[ROWS], {answer.field: answer.heading for answer in ANSWERS}
    places = {cell.value: cell.column for cell in sheet[1]}
    for line in range(2, sheet.max_row + 1):
        for field, value in SHEET.items():
            sheet.cell(line, places[headings[field]]).value = value
    file = io.BytesIO()
    book.save(file)
    data = {"jeton": Fields(await desk.page(path)).found["jeton"], "faire": "deposer"}
    sent = {"fichier": ("modele.xlsx", file.getvalue())}
    (await desk.client.post(f"{path}/tableur", data=data, files=sent)).raise_for_status()
    await _transmitted(desk, path, await desk.page(f"{path}/verifier"))


async def by_program(desk: Desk, session: str) -> None:
    """Ask which are to be written, and transmit them with what is common once."""
    plans = (await desk.asked(TO_WRITE, id=session))["plans"]["nodes"]
    known = plans[0]["prefilledForm"]
    same = {name: known[name] for name in ("durationHours", "objective", "content", "certifying")}
    codes = {f"{name}Code": known[name]["code"] for name in ("teachingMode", "exitLevel", "certification")}
    rows = [{"trainingPlanId": plan["id"], "form": PROGRAM} for plan in plans]
    asked = {"common": {**same, **codes}, "reports": rows}
    while (await desk.asked(TRANSMIT, input=asked))["unreached"]:
        pass


async def _transmitted(desk: Desk, path: str, page: str) -> None:
    """Confirm, and send the same again while some were not reached."""
    page = await desk.sent(f"{path}/verifier", **Fields(page).found)
    while "Transmission en cours" in page:
        page = await desk.sent(f"{path}/verifier", **Fields(page).found)


WAYS: dict[str, Callable[[Desk, str], Awaitable[None]]] = {
    "the form, one by one": by_form,
    "the grid": by_grid,
    "the spreadsheet": by_spreadsheet,
    "a program": by_program,
}


async def measured(desk: Desk, database: Database, number: int, people: int) -> None:
    """Load a session for each way, go that way, and print a row."""
    for place, (name, way) in enumerate(WAYS.items()):
        session = await _load(database, f"B-{number + place}", people)
        desk.requests.clear()
        calls, began = desk.calls.number, perf_counter()
        await way(desk, session)
        seconds, requests = perf_counter() - began, len(desk.requests)
        calls = desk.calls.number - calls
        done = (await desk.asked(TRANSMITTED, id=session))["plans"]["totalCount"]
        if done != people:
            raise RuntimeError(f"{name}: {done} of {people} were transmitted")
        sys.stdout.write(f"| {name} | {requests} | {calls} | {seconds:.1f} |\n")


async def _load(database: Database, session: str, people: int) -> str:
    """Load a session whose trainees are all over, and return its identifier."""
    today = paris_day(present())
    course, line = COURSES[0].line(today) | {"id": session}, lines(today)[4]
    plans = []
    for number in range(people):
        person = {"identifier": f"{session.removeprefix('B-'):0>3}{number:04}K", "lastName": "ESSAI"}
        told = {"id": f"{session}-{number}", "session": course, "endsOn": course["endsOn"]}
        read = read_plan(1, orjson.dumps({**line, **told, "jobSeeker": {**person, "firstName": f"Zoé {number}"}}))
        if isinstance(read, Accepted):
            plans.append(read.value)
    await PlanLoader(database).load(plans)
    return encode_id("TrainingSession", session_key(session, ORGANIZATION))


@asynccontextmanager
async def seated() -> AsyncIterator[tuple[Desk, Database]]:
    """Serve an empty database, and sign in."""
    calls = Calls()
    monitoring.register(calls)
    settings = read_settings().model_copy(update={"mongodb_database": "bench_session"})
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(database_url(settings))
        database = connect(settings, url)
        stack.push_async_callback(close_database, database)
        await database.client.drop_database(settings.mongodb_database)
        address = await stack.enter_async_context(_served(settings, url))
        desk = await stack.enter_async_context(_client(address, settings.development_secret(), calls))
        await desk.client.post("/connexion", data={"personne": "1"})
        yield desk, database


@asynccontextmanager
async def _served(settings: Settings, url: str) -> AsyncIterator[str]:
    listener, ready = open_listener("127.0.0.1", 0), asyncio.Event()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with service(settings, url, address, people=PEOPLE) as running:
        server = door_server(running, ready.set)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await ready.wait()
        try:
            yield address
        finally:
            server.should_exit = True
            await task


@asynccontextmanager
async def _client(address: str, secret: str, calls: Calls) -> AsyncIterator[Desk]:
    requests = list[str]()

    async def count(request: httpx.Request) -> None:
        requests.append(request.url.path)

    hooks: dict[str, list[Callable[..., Any]]] = {"request": [count]}
    token = DevelopmentTokens(secret).issue(
        Role.TRAINING_ORGANIZATION, ORGANIZATION, now=present(), lifetime=timedelta(hours=1)
    )
    async with httpx.AsyncClient(
        base_url=address, headers=OURS, timeout=60, follow_redirects=True, event_hooks=hooks
    ) as client:
        yield Desk(client, token, requests, calls)


async def _main(people: int) -> None:
    async with seated() as (desk, database):
        sys.stdout.write("To warm up, three reports each way:\n\n")
        await measured(desk, database, 0, 3)
        sys.stdout.write(f"\n| {people} reports by | requests | database calls | seconds |\n|---|---|---|---|\n")
        await measured(desk, database, len(WAYS), people)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.session", description=__doc__)
    parser.add_argument("--people", type=int, default=30, help="trainees of the session [%(default)s]")
    asyncio.run(_main(parser.parse_args().people))

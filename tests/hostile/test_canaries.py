"""No name, free text, identifier, token, link or variable is in any line of the logs, whatever is asked or sent."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64encode
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from credentials.tokens import DevelopmentTokens
from domain.access import Role
from domain.nomenclature import Entry
from domain.people import Address, Adviser, JobSeeker, Organization
from schema.cursors import encode_number
from schema.ids import encode_id
from tests.factories import PAID, a_plan, a_session
from tests.hostile.process import Process, process

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from domain.plan import Plan
    from storage.client import Database

SECRET = "kanarisecret" + token_hex(20)
BOARD = """query Board($search: String, $after: String) {
  viewer { name organization { legalName siret address { street city } phone } adviser { name } }
  reportDashboard { drafts fundedSessions } webhooks { url }
  pendingSessions(search: $search) { nodes { id title city carifNumber plans { nodes { id } } } }
  pendingPlans(search: $search, after: $after) { nodes { id title jobSeeker { lastName firstName identifier }
    prefilledForm { objective content certification { label } } } pageInfo { endCursor } }
  draftReports { nodes { id form { objective content internship { companyName place } } blockers { message } } }
  transmittedReports(search: $search) { nodes { id form { objective } document { url fileName } } }
  statistics { courses { title } }
}"""
FORM = """{ durationHours: 10, teachingModeCode: "0", certifying: false, exitLevelCode: "13", hasInternship: true,
  internship: { companyName: "%s", siret: "%s", place: "%s",
    periods: [{ startsOn: "2025-10-06", endsOn: "2025-10-07" }] },
  objective: "%s", content: "%s", exitSituationCode: "%s" }"""


class Canaries:
    """Words that nothing but the tests says, each planted somewhere."""

    def __init__(self) -> None:
        self.planted: list[str] = [SECRET]

    def __call__(self, where: str) -> str:
        """Make one for a place."""
        return self.hidden(f"kanari{where}{token_hex(4)}")

    def hidden(self, text: str) -> str:
        """Watch for a text too, such as a token."""
        self.planted.append(text)
        return text

    def found_in(self, lines: list[str]) -> list[tuple[str, str]]:
        """Give the lines that hold one, in any case; of encoded ones too."""
        encoded = [urlsafe_b64encode(each.encode()).decode().rstrip("=")[2:-2] for each in self.planted]
        words = {word.lower() for word in (*self.planted, *encoded, "kanari") if len(word) > 5}
        return [(word, line) for line in lines for word in words if word in line.lower()]


def a_world(canary: Canaries) -> list[Plan]:
    """Three plans of one organization with a canary in every text: to enter, to be transmitted, to be broken."""
    label = canary("label")
    address = Address(street=canary("street"), postal_code="62000", city=canary("town"))
    organization = Organization(
        siret=canary("siret"), legal_name=canary("legal"), address=address, phone=canary("phone")
    )
    session = a_session(
        canary("session"),
        carif_number=canary("carif"),
        agreement_number=canary("agreement"),
        title=canary("title"),
        city=canary("city"),
        funding=PAID.model_copy(update={"reference": canary("reference")}),
        certification=Entry(code=canary("code"), label=label),
        objective=canary("objective"),
        content=canary("content"),
    )
    adviser = Adviser(id=canary("adviserid"), name=canary("advisername"), agency=canary("agency"))
    return [
        a_plan(
            canary(f"plan{number}"),
            organization=organization,
            session=session,
            adviser=adviser,
            job_seeker=JobSeeker(
                identifier=canary("identifier"), last_name=canary("last"), first_name=canary("first")
            ),
        )
        for number in range(3)
    ]


class Visitor:
    """Asks with the tokens of the world, and counts what it asked of GraphQL over HTTP."""

    def __init__(self, url: str, canary: Canaries, plans: list[Plan]) -> None:
        self.url, self.canary, self.plans = url, canary, plans
        self.asked = 0
        tokens = DevelopmentTokens(SECRET.encode())
        plan, now = plans[0], datetime.now(UTC)
        assert plan.adviser
        keys = {
            Role.TRAINING_ORGANIZATION: plan.organization.siret,
            Role.JOB_SEEKER: plan.job_seeker.identifier,
            Role.ADVISER: plan.adviser.id,
        }
        self.tokens = {
            role: tokens.issue(role, key, now=now, lifetime=timedelta(hours=1), name=canary("viewer"))
            for role, key in keys.items()
        }
        for token in self.tokens.values():
            for part in token.split("."):
                canary.hidden(part)
        self.staff = {"Authorization": f"Bearer {self.tokens[Role.TRAINING_ORGANIZATION]}"}

    async def post(self, http: httpx.AsyncClient, query: str, **variables: Any) -> Any:
        self.asked += 1
        headers = {**self.staff, "User-Agent": self.canary("agent"), "Cookie": self.canary("cookie")}
        return (await http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)).json()


async def work(visitor: Visitor, http: httpx.AsyncClient) -> list[str]:
    """Do what an organization does; give the links it was handed."""
    canary, (first, second, _) = visitor.canary, visitor.plans
    for _ in range(2):  # the second time it is compiled
        await visitor.post(http, BOARD, search=canary("search"), after=None)
    form = FORM % tuple(canary(each) for each in ("company", "siret", "place", "objective", "content", "situation"))
    save = f"mutation Save($id: ID!) {{ saveReportDraft(input: {{ trainingPlanId: $id, form: {form} }}) {{ report {{ version document {{ url }} }} userErrors {{ code message }} }} }}"  # noqa: E501 - one text
    saved = await visitor.post(http, save, id=encode_id("TrainingPlan", first.id))
    whole = FORM % (canary("company"), "35600000000048", canary("place"), canary("aim"), canary("text"), "EMPLOI_CDI")
    transmit = f"mutation Send($id: ID!) {{ transmitReport(input: {{ trainingPlanId: $id, form: {whole} }}) {{ report {{ document {{ url }} }} userErrors {{ code path }} }} }}"  # noqa: E501 - as above
    sent = await visitor.post(http, transmit, id=encode_id("TrainingPlan", second.id))
    assert sent["data"]["transmitReport"]["userErrors"] == []
    preview = "mutation ($id: ID!) { previewReport(input: {trainingPlanId: $id, form: {}}) { document { url } } }"
    shown = await visitor.post(http, preview, id=encode_id("TrainingPlan", first.id))
    hook = "mutation ($url: String!) { registerWebhook(input: { url: $url }) { secret userErrors { message } } }"
    await visitor.post(http, hook, url=f"https://{canary('host')}.invalid/{canary('path')}")
    absence = 'mutation ($id: ID!, $r: String!) { recordAbsence(input: { trainingPlanId: $id, startsOn: "2025-10-01", endsOn: "2025-10-02", reasonCode: $r }) { userErrors { message } } }'  # noqa: E501 - as above
    await visitor.post(http, absence, id=encode_id("TrainingPlan", first.id), r=canary("reason"))
    await visitor.post(http, "query ($c: String!) { verifyReport(code: $c) { organizationName } }", c=canary("code"))
    payloads = (saved["data"]["saveReportDraft"], sent["data"]["transmitReport"])
    links = [payload["report"]["document"]["url"] for payload in payloads if payload["report"]]
    links += [await table_link(visitor, http, kind, first.job_seeker.last_name) for kind in ("CSV", "XLSX")]
    return [*links, shown["data"]["previewReport"]["document"]["url"]]


async def table_link(visitor: Visitor, http: httpx.AsyncClient, kind: str, search: str) -> str:
    """Give the link to the drafts found by a name."""
    query = f"query ($s: String) {{ draftReports(search: $s) {{ export(format: {kind}) {{ url fileName }} }} }}"
    url: str = (await visitor.post(http, query, s=search))["data"]["draftReports"]["export"]["url"]
    return url


async def open_links(visitor: Visitor, http: httpx.AsyncClient, links: list[str]) -> None:
    """Open them, tampered too, and pages that are not there."""
    for link in links:
        path = urlsplit(link).path
        visitor.canary.hidden(path.split("/")[2])
        assert (await http.get(path)).status_code == 200
        assert (await http.get(path.replace("s/g", "s/h", 1))).status_code == 404
    for path in ("/{}", "/documents/{}/bilan.pdf", "/exports/{}/x.csv", "/verification/{}", "/verification?code={}"):
        await http.get(path.format(visitor.canary("path")), headers={"Referer": visitor.canary("referer")})
    for method in ("KANARIMETHOD", "DELETE"):
        await http.request(method, "/healthz")


async def send_rubbish(visitor: Visitor, http: httpx.AsyncClient) -> None:
    """Send what is wrong in every way, over HTTP."""
    canary = visitor.canary
    bodies: list[bytes] = [
        canary("body").encode(),
        b'{"query": "' + canary("cut").encode(),
        b"\xff\xfe" + canary("bytes").encode(),
        b'"' + canary("string").encode() + b'"',
        b'{"query": ' + b"9" * 5000 + canary("number").encode() + b"}",
        json.dumps({"query": "{ " + canary("field") + " }"}).encode(),
        json.dumps({"query": f'{{ jobSeekers(search: "{canary("literal")}") {{ {canary("sub")} }} }}'}).encode(),
        json.dumps({"query": f"{{ viewer {{ name }} # {canary('comment')}\n ~ {canary('syntax')} }}"}).encode(),
        json.dumps({"query": f"{{ viewer {{ {canary('alias')}: name }} }}"}).encode(),
        json.dumps({"query": "{ viewer { name } }", "operationName": canary("operation")}).encode(),
        json.dumps({"query": "query ($d: DateRange) { pendingPlans(planEndsOn: $d) { totalCount } }",
                    "variables": {"d": {canary("key"): canary("value")}}}).encode(),
        json.dumps({"query": "query ($a: String) { pendingPlans(after: $a) { totalCount } }",
                    "variables": {"a": canary("cursor")}}).encode(),
        json.dumps({"query": "query ($i: ID!) { node(id: $i) { id } }", "variables": {"i": canary("id")}}).encode(),
        json.dumps({"query": "{ viewer { name } }", "extensions": {"persistedQuery": {
            "version": 1, "sha256Hash": canary("hash")}}}).encode(),
        b'{"query":"{ viewer { name } }","variables":{"' + canary("big").encode() + b'":"' + b"x" * 300_000 + b'"}}',
    ]  # fmt: skip
    for body in bodies:
        visitor.asked += 1
        headers = {**visitor.staff, "Content-Type": "application/json", "X-Request-ID": canary("requestid")}
        await http.post("/graphql", content=body, headers=headers)
    for headers in (
        {"Authorization": f"Bearer {canary('token')}"},
        {"Authorization": canary("scheme")},
        {"Authorization": f"Bearer {visitor.tokens[Role.ADVISER][:-6]}{canary('sig')}"},
        {**visitor.staff, "Accept": f"text/{canary('accept')}"},
        {**visitor.staff, "Content-Type": f"text/{canary('type')}"},
    ):
        visitor.asked += 1
        await http.post("/graphql", json={"query": "{ viewer { name } }"}, headers=headers)
    for query in (f"?query={canary('get')}", f"?variables={canary('getvars')}&query={{viewer{{name}}}}"):
        visitor.asked += 1
        await http.get(f"/graphql{query}", headers=visitor.staff)
    await send_bytes(visitor.url, f"GET /{canary('raw')} KANARI/9.9\r\n\r\n".encode())
    await send_bytes(visitor.url, f"{canary('garbage')}\x00\r\nHost: {canary('rawhost')}\r\n\r\n".encode())


async def send_bytes(url: str, text: bytes) -> None:
    """Send what is no HTTP."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(text)
    with suppress(OSError):
        await asyncio.wait_for(reader.read(), 5)
    writer.close()


async def talk(visitor: Visitor) -> None:
    """Open WebSockets as one should and as one should not."""
    canary, url = visitor.canary, visitor.url.replace("http", "ws", 1) + "/graphql"
    protocol: Any = ["graphql-transport-ws"]
    token = f"Bearer {visitor.tokens[Role.ADVISER]}"
    async with connect(url, subprotocols=protocol, proxy=None) as socket:
        await say(socket, {"type": "connection_init", "payload": {"Authorization": token, "x": canary("init")}})
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        await ask(socket, canary("wsid"), {"query": BOARD, "variables": {"search": canary("wssearch")}})
        await ask(socket, canary("wsid"), {"query": "{ " + canary("wsfield") + " }"})
        after = {"query": "subscription ($a: String) { reportTransmitted(after: $a) { cursor } }"}
        await ask(socket, canary("wsid"), {**after, "variables": {"a": canary("wscursor")}})
        await say(socket, {"id": canary("wsid"), "type": "subscribe", "payload": after})
        await say(socket, {"type": canary("wstype")})
        await ended(socket)
    for text in (canary("wstext"), "[" + canary("wslist"), canary("wsbinary").encode()):
        async with connect(url, subprotocols=protocol, proxy=None) as socket:
            await socket.send(text)
            await ended(socket)
    async with connect(url, subprotocols=protocol, proxy=None) as socket:
        await say(socket, {"type": "connection_init", "payload": {"Authorization": f"Bearer {canary('wstoken')}"}})
        await ended(socket)
    with suppress(InvalidHandshake):
        async with connect(url, subprotocols=protocol, origin=f"https://{canary('origin')}.test", proxy=None):  # type: ignore[arg-type]
            pass
    async with connect(url, subprotocols=[canary("protocol")], proxy=None) as socket:  # type: ignore[list-item]
        await ended(socket)


async def say(socket: Any, message: dict[str, Any]) -> None:
    await socket.send(json.dumps(message))


async def ask(socket: Any, identifier: str, payload: dict[str, Any]) -> None:
    """Ask, and wait for the first answer."""
    await say(socket, {"id": identifier, "type": "subscribe", "payload": payload})
    while json.loads(await socket.recv()).get("id") != identifier:
        pass


async def ended(socket: Any) -> None:
    with suppress(ConnectionClosed):
        async for _ in socket:
            pass


async def follow(visitor: Visitor, http: httpx.AsyncClient) -> None:
    """Read one event of a stream, and have another refused."""
    headers = {**visitor.staff, "Accept": "text/event-stream"}
    for after in (encode_number(0), visitor.canary("ssecursor")):
        visitor.asked += 1
        text = "subscription ($a: String) { reportTransmitted(after: $a) { report { jobSeeker { lastName } } } }"
        async with http.stream(
            "POST", "/graphql", json={"query": text, "variables": {"a": after}}, headers=headers
        ) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data:"):
                    break


async def meet_faults(visitor: Visitor, http: httpx.AsyncClient, database: Database) -> None:
    """Break a document, so that every way to read it is a fault whose message holds what is in it."""
    canary, broken = visitor.canary, visitor.plans[2]
    document = "query ($id: ID!) { node(id: $id) { ... on Report { document { url } } } }"
    save = 'mutation ($id: ID!) { saveReportDraft(input: { trainingPlanId: $id, form: { objective: "x" } }) { report { id } } }'  # noqa: E501 - one text
    await visitor.post(http, save, id=encode_id("TrainingPlan", broken.id))
    found = await visitor.post(http, document, id=encode_id("Report", broken.id))
    link = urlsplit(found["data"]["node"]["document"]["url"]).path
    name = broken.job_seeker.last_name
    tables = [urlsplit(await table_link(visitor, http, kind, name)).path for kind in ("CSV", "XLSX")]
    await database["plans"].update_one(
        {"_id": broken.id}, {"$set": {"starts_on": canary("badday"), "report.form": canary("badform")}}
    )
    answer = await visitor.post(http, document, id=encode_id("Report", broken.id))
    assert answer["errors"][0]["extensions"]["code"] == "INTERNAL"
    for each in (link, *tables):
        assert (await http.get(each)).status_code == 500
    url: Any = visitor.url.replace("http", "ws", 1) + "/graphql"
    async with connect(url, subprotocols=["graphql-transport-ws"], proxy=None) as socket:  # type: ignore[list-item]
        await say(socket, {"type": "connection_init", "payload": visitor.staff})
        await socket.recv()
        await ask(socket, canary("wsid"), {"query": document, "variables": {"id": encode_id("Report", broken.id)}})


@pytest.mark.parametrize("log_format", ["json", "text"])
async def test_no_line_of_the_logs_tells_anything_of_anybody(
    log_format: str,
    database: Database,
    mongodb_url: str,
    load: Callable[..., Awaitable[object]],
    tmp_path: Path,
) -> None:
    canary = Canaries()
    plans = a_world(canary)
    await load(*plans)
    settings = {
        "MONGODB_URL": mongodb_url, "MONGODB_DATABASE": database.name, "JWT_SECRET": SECRET,
        "LOG_FORMAT": log_format, "DATA_DIR": str(tmp_path),
    }  # fmt: skip
    async with process(tmp_path, **settings) as served, httpx.AsyncClient(base_url=served.url, timeout=60) as http:
        visitor = Visitor(served.url, canary, plans)
        await open_links(visitor, http, await work(visitor, http))
        await send_rubbish(visitor, http)
        await talk(visitor)
        await follow(visitor, http)
        await meet_faults(visitor, http, database)

    lines = served.lines()
    assert canary.found_in(lines) == []
    assert_one_line_a_request(log_format, served, visitor.asked)


def assert_one_line_a_request(log_format: str, served: Process, asked: int) -> None:
    lines = served.lines()
    if log_format == "text":
        graphql = [line for line in lines if " request " in line and "operation=" in line]
        assert len([line for line in graphql if "transport=http" in line or "transport=sse" in line]) == asked
        assert [line for line in lines if "Traceback" in line] == []
        return
    told = [json.loads(line) for line in lines if line.startswith("{")]
    assert len(told) == len(lines) - 1, "every line but that of the address is JSON"
    requests = [line for line in told if line["event"] == "request" and "operation" in line]
    assert len([line for line in requests if line["transport"] != "ws"]) == asked
    board = next(line for line in requests if line["operation"] == "Board")
    assert (board["outcome"], board["kind"], board["status"]) == ("ok", "query", 200)
    assert board["cost"] > 0
    assert board["milliseconds"] > 0
    pages = {(line["page"], line["status"]) for line in told if line["event"] == "request" and "page" in line}
    assert pages >= {("documents", 200), ("documents", 404), ("documents", 500), ("other", 404), ("healthz", 405)}
    faults = [line for line in told if line["event"] == "fault"]
    assert {line["kind"] for line in faults} == {"ValueError"}
    assert all(line["places"] for line in faults)
    streams = [line["events"] for line in requests if line["transport"] == "sse"]
    assert streams == [1, 0]

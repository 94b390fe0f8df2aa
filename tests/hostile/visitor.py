"""A visitor who does all that can be done with the service, rightly and wrongly, and leaves canaries everywhere."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from credentials.tokens import DevelopmentTokens
from domain.access import Role
from schema.cursors import encode_number
from schema.ids import encode_id
from tests.hostile.canaries import SECRET, Canaries

if TYPE_CHECKING:
    import httpx

    from domain.plan import Plan
    from storage.client import Database

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

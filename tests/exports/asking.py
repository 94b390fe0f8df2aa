"""How tests ask for tables: the lists of the desk, their pages, their links, and what is read back."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook

from domain.calendar import french_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.access import Viewer
    from tests.service import Served

Node = dict[str, Any]
PLAN = "title carifNumber startsOn endsOn reportRequired exit { lastDay }"
PERSON = "jobSeeker { identifier lastName firstName }"
STATUS = {"NOT_OPEN": "Formation en cours", "TO_ENTER": "À saisir", "DRAFT": "Brouillon", "TRANSMITTED": "Transmis"}


@dataclass(frozen=True)
class Asked:
    """A list: how it is asked for, where in the answer it is, and what a row of its table says of a node.

    `field` has %s where the page's arguments go; `within` is the object that has the list, if it is not the query.
    """

    field: str
    nodes: str
    told: Callable[[Node], dict[str, Any]]
    within: str = "%s"

    @property
    def name(self) -> str:
        return self.field.partition("(")[0]

    def query(self, page: str, selection: str) -> str:
        return "{ " + self.within % f"{self.field % page} {{ {selection} }}" + " }"

    def connection(self, data: Node) -> Node:
        while self.name not in data:
            (data,) = data.values()
        found: Node = data[self.name]
        return found


async def paged(served: Served, viewer: Viewer, asked: Asked, size: int = 2) -> list[Node]:
    """Walk through a list page by page."""
    nodes: list[Node] = []
    after = ""
    while True:
        query = asked.query(
            f"first: {size}{after}", f"nodes {{ {asked.nodes} }} pageInfo {{ hasNextPage endCursor }}"
        )
        page = asked.connection(await served.ask(viewer, query))
        nodes += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes
        after = f', after: "{page["pageInfo"]["endCursor"]}"'


async def linked(served: Served, viewer: Viewer, asked: Asked, kind: str) -> Node:
    """Ask for the link to a whole list."""
    query = asked.query("first: 1", f"export(format: {kind}) {{ url expiresAt fileName }}")
    link: Node = asked.connection(await served.ask(viewer, query))["export"]
    return link


async def table(served: Served, viewer: Viewer, asked: Asked, kind: str) -> list[dict[str, Any]]:
    """Download a whole list, and read it back: rows by heading, days as days, and None for nothing."""
    link = await linked(served, viewer, asked, kind)
    answer = await served.http.get(link["url"])
    assert answer.status_code == 200, answer.text
    return read_comma(answer.content) if kind == "CSV" else read_sheet(answer.content)


def read_comma(content: bytes) -> list[dict[str, Any]]:
    headings, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";", strict=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def read_sheet(content: bytes) -> list[dict[str, Any]]:
    book = load_workbook(io.BytesIO(content), read_only=True)
    read: list[dict[str, Any]] = []
    for sheet in book.worksheets:
        headings, *rows = sheet.iter_rows(values_only=True)
        read += [dict(zip(map(str, headings), map(_told, row), strict=True)) for row in rows]
    book.close()
    return read


def spelt(cell: object) -> str:
    """Spell what a cell of a sheet holds as CSV does."""
    return "" if cell is None else french_day(cell) if isinstance(cell, date) else str(cell)


def _told(cell: object) -> object:
    return cell.date() if isinstance(cell, datetime) else cell


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _of_plan(node: Node) -> dict[str, Any]:
    person = node["jobSeeker"]
    return {
        "N° DE": person["identifier"],
        "Nom et prénom": f"{person['lastName']} {person['firstName']}",
        "Date de début": _day(node["startsOn"]),
        "Date de fin": _day(node["endsOn"]),
        "Sortie anticipée": _day(node["exit"]["lastDay"]) if node["exit"] else None,
        "Bilan obligatoire": "Oui" if node["reportRequired"] else "Non",
        "N° CARIF": node["carifNumber"],
        "Intitulé": node["title"],
    }


def _of_session(node: Node) -> dict[str, Any]:
    return {
        "N° CARIF": node["carifNumber"],
        "Intitulé": node["title"],
        "Financement": node["funding"]["reference"],
        "Date de début": _day(node["startsOn"]),
        "Date de fin": _day(node["endsOn"]),
        "Ville": node["city"],
        "Bilans à saisir": node["pendingReportCount"],
    }


def _of_report(node: Node) -> dict[str, Any]:
    if not node["transmittedAt"]:
        return _of_plan(node["plan"] | {"jobSeeker": node["jobSeeker"]})
    situation = node["form"]["exitSituation"]["label"]
    sent = {"Situation à la sortie": situation, "Transmis le": _day(node["transmittedAt"])}
    return _of_plan(node["plan"] | {"jobSeeker": node["jobSeeker"]}) | sent


def _followed(node: Node) -> dict[str, Any]:
    return _of_plan(node) | {"Statut du bilan": STATUS[node["reportStatus"]]}


SESSION = "carifNumber title startsOn endsOn city funding { reference } pendingReportCount"
REPORT = f"transmittedAt form {{ exitSituation {{ label }} }} plan {{ {PLAN} }} {PERSON}"
SESSIONS = Asked("pendingSessions(%s)", SESSION, _of_session)
PENDING = Asked("pendingPlans(%s)", f"id {PLAN} {PERSON}", _of_plan)
DRAFTS = Asked("draftReports(%s)", REPORT, _of_report)
SENT = Asked("transmittedReports(%s)", REPORT, _of_report)


def plans_of(node_id: str, kind: str, statuses: str = "") -> Asked:
    """The plans of a person (JobSeeker) or of a session (TrainingSession)."""
    within = f'node(id: "{node_id}") {{ ...on {kind} {{ %s }} }}'
    return Asked(f"plans(%s{statuses})", f"id {PLAN} {PERSON} reportStatus", _followed, within)

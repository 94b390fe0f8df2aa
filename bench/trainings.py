"""A small schema of trainings and reports with its data, and what is asked of it."""

# ruff: noqa: A002, ARG002 - what the functions take is the schema

from __future__ import annotations

import asyncio
import enum
from collections.abc import AsyncGenerator  # noqa: TC003 - strawberry reads it
from datetime import date
from typing import Any

import strawberry


@strawberry.enum
class Status(enum.Enum):
    DRAFT = "draft"
    SENT = "sent"


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.type
class Code:
    code: str
    label: str | None


@strawberry.type
class Organization(Node):
    siret: str
    name: str
    city: str | None
    phone: str | None


@strawberry.type
class Training:
    title: str
    carif: str
    starts_on: date
    ends_on: date
    hours: int | None
    certifying: bool
    formacode: Code
    rome: Code | None


@strawberry.type
class Report(Node):
    status: Status
    version: int
    created_on: date
    sent_on: date | None
    goal: str | None
    content: str | None
    diploma: bool
    rate: float
    exit_code: str
    trainee: str
    organization: Organization
    training: Training


@strawberry.type
class Session(Node):
    title: str
    carif: str
    funding: str
    starts_on: date
    ends_on: date
    city: str | None
    pending: int


@strawberry.type
class Trainee(Node):
    name: str
    session: Session
    organization: Organization

    @strawberry.field
    def shown(self) -> str:
        return self.name.upper()


ORGANIZATION = Organization(id=strawberry.ID("o1"), siret="79455821200035", name="Greta", city="Calais", phone=None)
TRAINING = Training(
    title="Maçon",
    carif="00035125",
    starts_on=date(2026, 1, 2),
    ends_on=date(2026, 6, 2),
    hours=258,
    certifying=True,
    formacode=Code(code="42854", label="Bâtiment"),
    rome=Code(code="F1605", label="Montage"),
)
REPORT = Report(
    id=strawberry.ID("r1"),
    status=Status.SENT,
    version=3,
    created_on=date(2026, 6, 3),
    sent_on=date(2026, 6, 4),
    goal="x" * 400,
    content="y" * 900,
    diploma=True,
    rate=0.5,
    exit_code="EMPLOI_CDI",
    trainee="Zoé ADAM",
    organization=ORGANIZATION,
    training=TRAINING,
)


def session(number: int) -> Session:
    return Session(
        id=strawberry.ID(f"s{number}"),
        title=f"Maçon {number}",
        carif="00035125",
        funding="AFC",
        starts_on=date(2026, 1, 2),
        ends_on=date(2026, 6, 2),
        city="Calais",
        pending=number,
    )


SESSIONS = [session(number) for number in range(20)]
TRAINEES = [
    Trainee(id=strawberry.ID(f"t{number}"), name="Zoé", session=session(number), organization=ORGANIZATION)
    for number in range(50)
]


@strawberry.type
class Query:
    @strawberry.field
    async def report(self, info: strawberry.Info, id: strawberry.ID) -> Report | None:
        return REPORT

    @strawberry.field
    async def node(self, info: strawberry.Info, id: strawberry.ID) -> Node | None:
        return REPORT

    @strawberry.field
    async def sessions(self, info: strawberry.Info, first: int = 20) -> list[Session]:
        return SESSIONS[:first]

    @strawberry.field
    async def trainees(self, info: strawberry.Info) -> list[Trainee]:
        return TRAINEES


@strawberry.type
class Announced:
    share_key: strawberry.Private[int]
    cursor: str
    report: Report


class Topic:
    """A context: wakes all who wait for the next event."""

    def __init__(self) -> None:
        self.next: asyncio.Future[Announced] = asyncio.get_running_loop().create_future()

    def announce(self, number: int) -> None:
        now, self.next = self.next, asyncio.get_running_loop().create_future()
        now.set_result(Announced(share_key=number, cursor=str(number), report=REPORT))


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def announced(self, info: strawberry.Info[Topic, None]) -> AsyncGenerator[Announced, None]:
        while True:
            yield await asyncio.shield(info.context.next)


FIELDS = """id status version createdOn sentOn goal content diploma rate exitCode trainee
  organization { id siret name city phone }
  training { title carif startsOn endsOn hours certifying formacode { code label } rome { code label } }"""
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "report, 28 fields": (f"query($id: ID!) {{ report(id: $id) {{ {FIELDS} }} }}", {"id": "r1"}),
    "node, 28 fields": (
        f"query($id: ID!) {{ node(id: $id) {{ ...on Report {{ {FIELDS} }} }} }}",
        {"id": "r1"},
    ),
    "20 sessions x 8": (
        "query($n: Int!) { sessions(first: $n) { id title carif funding startsOn endsOn city pending } }",
        {"n": 20},
    ),
    "50 trainees with 2 objects": (
        "{ trainees { id name session { id title startsOn endsOn } organization { id name siret } } }",
        {},
    ),
    "50 trainees, a method each": (
        "{ trainees { id shown session { id title startsOn endsOn } organization { id name siret } } }",
        {},
    ),
}

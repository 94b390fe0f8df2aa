"""Processor time of an execution: graphql-core, compiled, by hand. `python -m bench.engine`."""

# ruff: noqa: A002, ANN401, ARG002, S101, T201 - a program that prints figures about toys

from __future__ import annotations

import asyncio
import enum
import gc
import time
from datetime import date
from typing import Any

import orjson
import strawberry

from engine.compiled import CompiledExecutor
from engine.operation import Request
from engine.plain import PlainExecutor

ROUNDS = 7


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


def by_hand_report() -> dict[str, Any]:
    r, o, t = REPORT, REPORT.organization, REPORT.training
    return {
        "id": r.id, "status": r.status.name, "version": r.version, "createdOn": r.created_on.isoformat(),
        "sentOn": r.sent_on and r.sent_on.isoformat(), "goal": r.goal, "content": r.content,
        "diploma": r.diploma, "rate": r.rate, "exitCode": r.exit_code, "trainee": r.trainee,
        "organization": {"id": o.id, "siret": o.siret, "name": o.name, "city": o.city, "phone": o.phone},
        "training": {
            "title": t.title, "carif": t.carif, "startsOn": t.starts_on.isoformat(),
            "endsOn": t.ends_on.isoformat(), "hours": t.hours, "certifying": t.certifying,
            "formacode": {"code": t.formacode.code, "label": t.formacode.label},
            "rome": t.rome and {"code": t.rome.code, "label": t.rome.label},
        },
    }  # fmt: skip


def by_hand_trainees() -> list[dict[str, Any]]:
    return [
        {
            "id": t.id, "name": t.name,
            "session": {"id": t.session.id, "title": t.session.title,
                        "startsOn": t.session.starts_on.isoformat(), "endsOn": t.session.ends_on.isoformat()},
            "organization": {"id": t.organization.id, "name": t.organization.name, "siret": t.organization.siret},
        }
        for t in TRAINEES
    ]  # fmt: skip


def by_hand_sessions() -> list[dict[str, Any]]:
    return [
        {"id": s.id, "title": s.title, "carif": s.carif, "funding": s.funding,
         "startsOn": s.starts_on.isoformat(), "endsOn": s.ends_on.isoformat(), "city": s.city,
         "pending": s.pending}
        for s in SESSIONS
    ]  # fmt: skip


BY_HAND = {
    "report, 28 fields": by_hand_report,
    "20 sessions x 8": by_hand_sessions,
    "50 trainees with 2 objects": by_hand_trainees,
}


async def measure(execute: Any, times: int) -> float:
    """Microseconds of processor time for one call, the best of the rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        gc.collect()
        start = time.process_time()
        for _ in range(times):
            await execute()
        best = min(best, time.process_time() - start)
    return best / times * 1e6


def executed(executor: Any, text: str, variables: dict[str, Any]) -> Any:
    raw = text.encode()

    async def execute() -> bytes:
        request = Request(raw.decode(), None, variables)
        response = await executor.prepare(request).execute(None)
        return response.body

    return execute


async def main() -> None:
    """Print microseconds by case: graphql-core, compiled, by hand."""
    schema = strawberry.Schema(Query, types=[Report])._schema  # noqa: SLF001 - the executor's subject
    plain, compiled = PlainExecutor(schema), CompiledExecutor(schema)
    print(f"{'µs of processor time':<30}{'graphql-core':>14}{'compiled':>10}{'by hand':>10}{'ratio':>8}")
    for name, (text, variables) in CASES.items():
        slow, fast = executed(plain, text, variables), executed(compiled, text, variables)
        await fast()
        assert await slow() == await fast()
        before, after = await measure(slow, 100), await measure(fast, 1000)
        hand = BY_HAND.get(name)

        async def by_hand(hand: Any = hand) -> bytes:
            return orjson.dumps({"data": {"it": hand()}})

        shown = f"{await measure(by_hand, 1000):10.1f}" if hand else f"{'':10}"
        print(f"{name:<30}{before:14.1f}{after:10.1f}{shown}{before / after:8.1f}")


if __name__ == "__main__":
    asyncio.run(main())

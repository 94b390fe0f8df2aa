"""Processor time of an execution: graphql-core, compiled, by hand. `python -m bench.engine`."""

# ruff: noqa: ANN401, S101, T201 - a program that prints figures about toys

from __future__ import annotations

import asyncio
import gc
import time
import tracemalloc
from typing import Any

import orjson
import strawberry

from bench.trainings import CASES, FIELDS, REPORT, SESSIONS, TRAINEES, Query, Report, Subscription, Topic
from engine.executors import compiled_executor, core_executor
from engine.operation import Request

ROUNDS = 7
SUBSCRIBERS = 2000


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


async def subscribed(executor: Any) -> tuple[float, float]:
    """Microseconds of processor time a delivery, and KiB an idle subscriber."""
    topic, left = Topic(), [0]
    request = Request(f"subscription {{ announced {{ cursor report {{ {FIELDS} }} }} }}")

    async def follow() -> None:
        async for _ in await executor.prepare(request).subscribe(topic):
            left[0] -= 1
            if not left[0]:
                done.set()

    done = asyncio.Event()
    gc.collect()
    tracemalloc.start()
    tasks = [asyncio.ensure_future(follow()) for _ in range(SUBSCRIBERS)]
    for _ in range(5):
        await asyncio.sleep(0)
    size = tracemalloc.get_traced_memory()[0] / SUBSCRIBERS / 1024
    tracemalloc.stop()
    best = float("inf")
    for number in range(3):
        left[0], start = SUBSCRIBERS, time.process_time()
        topic.announce(number)
        await done.wait()
        done.clear()
        best = min(best, time.process_time() - start)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return best / SUBSCRIBERS * 1e6, size


async def main() -> None:
    """Print microseconds by case: graphql-core, compiled, by hand."""
    schema = strawberry.Schema(Query, subscription=Subscription, types=[Report])._schema  # noqa: SLF001 - the executor's subject
    plain, compiled = core_executor(schema), compiled_executor(schema)
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
    for label, executor in {"graphql-core": plain, "compiled": compiled}.items():
        delivery, idle = await subscribed(executor)
        print(f"{SUBSCRIBERS} subscribers, {label}: {delivery:.1f} µs a delivery, {idle:.1f} KiB idle")


if __name__ == "__main__":
    asyncio.run(main())

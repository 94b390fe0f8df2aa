"""What runs in the background without end is one of `supervision.Loops`; every other task ends with its work."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKERS = {"create_task", "ensure_future", "TaskGroup", "Thread", "ThreadPoolExecutor", "run_in_executor"}
ENDS = {
    "credentials/keys.py": "one fetch of a provider's keys, in its seconds",
    "feeds/loading.py": "the writing of one batch, awaited before the next",
    "pdf/printer.py": "the beginning and the end of a seat, awaited when the printer is closed",
    "pdf/readings.py": "one document, for all who ask for it",
    "resolvers/courier.py": "what waits for one webhook, attempted; its hold ends",
    "resolvers/exports.py": "a file that is removed",
    "service/serving.py": "the end of one worker, which its loop awaits",
    "storage/asking.py": "one command to kill what somebody left behind",
    "storage/health.py": "one question to the database",
    "storage/lease.py": "the renewal of a lease, until its work is done",
    "storage/lists.py": "one counting, for all who ask for it",
    "storage/once.py": "one question, for all who ask it; nobody left, it is killed",
    "storage/threads.py": "threads that wait for the database, of which each call has its time",
    "storage/together.py": "one round of questions; a fault is raised to their callers",
    "storage/turns.py": "one call of the database, with its turn until the server answers",
    "supervision/loops.py": "the loops",
    "transport/connection.py": "the farewell of one socket",
    "transport/doors.py": "the farewell of each socket, awaited",
    "transport/event_stream.py": "one stream of events, as long as its client is there",
    "transport/leaving.py": "the watch over one client, until its answer is there",
    "transport/reception.py": "one operation of a client",
    "web/leaving.py": "one answer and the watch over its client, both awaited",
}
"""The files that start what runs beside them, and why that ends by itself: what does not is a loop."""


def test_every_task_and_thread_is_a_loop_or_ends_with_its_work() -> None:
    beside = {"tests", "bench", ".venv"}
    files = [path for path in ROOT.rglob("*.py") if path.relative_to(ROOT).parts[0] not in beside]
    assert {path.relative_to(ROOT).as_posix() for path in files if MAKERS & _called(path)} == set(ENDS)


def _called(path: Path) -> set[str]:
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return {call.attr for call in calls if isinstance(call, ast.Attribute)} | {
        call.id for call in calls if isinstance(call, ast.Name)
    }

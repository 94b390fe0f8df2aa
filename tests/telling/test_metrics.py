"""Figures for Prometheus: of all workers, by labels that no client chooses."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from credentials.tokens import DevelopmentTokens
from schema.ids import encode_id
from service.clock import present
from service.measuring import OTHERS, SHARED, Meters
from service.telling import pseudonym_of
from tests.factories import a_plan, staff
from tests.hostile.process import Process, process
from tests.service import HOUR

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from storage.client import Database

SECONDS = 120
SECRET = "of the tests, and thirty-two bytes long at least"
LABELS = {
    "transport", "kind", "operation", "outcome", "code", "page", "status", "part", "loop", "what", "le", "account",
}  # fmt: skip
SEND = """mutation ($id: ID!) { transmitReport(input: { trainingPlanId: $id, form: { durationHours: 9,
  teachingModeCode: "0", certifying: false, exitLevelCode: "13", hasInternship: false, objective: "a", content: "b",
  exitSituationCode: "EMPLOI_CDI" } }) { userErrors { code path } } }"""


def a_free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
async def settings_of_a_process(database: Database, mongodb_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        "MONGODB_URL": mongodb_url, "MONGODB_DATABASE": database.name, "JWT_SECRET": SECRET, "DATA_DIR": str(tmp_path)
    }  # fmt: skip


@pytest.fixture
async def asking() -> AsyncIterator[httpx.AsyncClient]:
    token = DevelopmentTokens(SECRET.encode()).issue(
        staff().role, staff().key, now=present(), lifetime=HOUR, name=staff().name
    )
    limits = httpx.Limits(max_keepalive_connections=0)  # each request its own connection, to any worker
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, limits=limits, timeout=60) as client:
        yield client


async def figures(address: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    async with httpx.AsyncClient() as client:
        text = (await client.get(f"http://{address}/metrics")).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    assert {name for sample in samples for name in sample.labels} <= LABELS
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}


def workers_of(served: Process) -> set[int]:
    """The processes that the service has spawned to serve."""
    children = Path(f"/proc/{served.running.pid}/task/{served.running.pid}/children").read_text().split()
    return {int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()}


async def test_what_all_workers_did_is_counted_once_by_labels_of_ours(
    settings_of_a_process: dict[str, str],
    asking: httpx.AsyncClient,
    load: Callable[..., Awaitable[object]],
    tmp_path: Path,
) -> None:
    await load(a_plan())
    address = f"127.0.0.1:{a_free_port()}"
    options = {**settings_of_a_process, "METRICS_ADDRESS": address}
    async with process(tmp_path, "--workers", "2", **options) as served:
        url = f"{served.url}/graphql"
        assert (await asking.get(f"{served.url}/readyz")).status_code == 200
        for number in range(20):
            await asking.post(url, json={"query": f"query Client{number} {{ viewer {{ name }} }}"})
        await asking.post(url, json={"query": "{ kanari }"})
        sent = await asking.post(url, json={"query": SEND, "variables": {"id": encode_id("TrainingPlan", "P-1")}})
        assert sent.json()["data"]["transmitReport"]["userErrors"] == []
        await asking.get(f"{served.url}/documents/kanari/x.pdf")
        told = await figures(address)

    def of(name: str, **labels: str) -> float:
        return told.get((name, tuple(sorted(labels.items()))), 0)

    asked = {"transport": "http", "operation": ""}
    assert of("bilans_requests_total", **asked, kind="query", outcome="ok") == 20
    assert of("bilans_requests_total", **asked, kind="none", outcome="refused") == 1
    assert of("bilans_requests_total", **asked, kind="mutation", outcome="ok") == 1
    assert of("bilans_request_seconds_count", **asked, kind="query") == 20
    assert of("bilans_errors_total", code="BAD_REQUEST") == 1
    assert of("bilans_pages_total", page="documents", status="4xx") == 1
    assert of("bilans_transmissions_total") == 1
    assert ("bilans_subscribers", ()) in told
    assert ("bilans_trail_backlog", ()) in told
    assert not [labels for _, labels in told if "kanari" in str(labels) or "Client" in str(labels)]


async def test_a_worker_that_is_killed_is_told_and_replaced_and_what_it_counted_stays_counted(
    settings_of_a_process: dict[str, str], asking: httpx.AsyncClient, tmp_path: Path
) -> None:
    address = f"127.0.0.1:{a_free_port()}"
    options = {**settings_of_a_process, "METRICS_ADDRESS": address, "LOG_FORMAT": "json"}
    async with process(tmp_path, "--workers", "2", **options) as served:
        async with asyncio.timeout(SECONDS):
            await asking.get(f"{served.url}/documents/one/x.pdf")
            while len(first := workers_of(served)) < 2:  # noqa: ASYNC110 - a process of another process
                await asyncio.sleep(0.05)
            for killed in first:
                os.kill(killed, signal.SIGKILL)
            while len(workers_of(served) - first) < 2:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)
            await asking.get(f"{served.url}/documents/two/x.pdf")
        told = await figures(address)
    assert told["bilans_pages_total", (("page", "documents"), ("status", "4xx"))] == 2
    lines = [json.loads(line) for line in served.lines() if line.startswith("{")]
    failed = [line for line in lines if line["event"] == "loop failed"]
    assert [(each["loop"], each["reason"]) for each in failed] == [("worker", "status -9")] * 2


async def test_an_address_that_is_taken_is_refused_with_a_sentence(
    settings_of_a_process: dict[str, str], tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(AssertionError, match=r"BILANS_METRICS_ADDRESS=.*cannot listen there"):
            async with process(tmp_path, **settings_of_a_process, METRICS_ADDRESS=address):
                pass


async def test_without_the_setting_nothing_is_told(
    settings_of_a_process: dict[str, str], asking: httpx.AsyncClient, tmp_path: Path
) -> None:
    async with process(tmp_path, **settings_of_a_process) as served:
        assert (await asking.get(f"{served.url}/metrics")).status_code == 404


async def test_who_causes_much_is_told_by_the_pseudonym_of_the_logs_and_nobody_else(
    settings_of_a_process: dict[str, str], asking: httpx.AsyncClient, tmp_path: Path
) -> None:
    """Of an account that spends its minute: what it spent, and how often it was refused."""
    address, statuses = f"127.0.0.1:{a_free_port()}", list[int]()
    options = {**settings_of_a_process, "METRICS_ADDRESS": address, "ANSWER_BYTES_PER_MINUTE": "100"}
    async with process(tmp_path, **options) as served:
        while statuses.count(429) < 2:  # a minute may end between two
            answer = await asking.post(f"{served.url}/graphql", json={"query": "{ viewer { name } }"})
            statuses.append(answer.status_code)
        told = await figures(address)

    account = (("account", pseudonym_of(f"training_organization:{staff().key}", SECRET.encode())),)
    assert told["bilans_account_refusals_total", account] == 2
    assert told["bilans_account_bytes_total", account] >= 100
    assert told["bilans_account_work_seconds_total", account] > 0
    assert {labels for name, labels in told if name.startswith("bilans_account_")} == {account}
    assert "account has spent its minute" in "".join(served.lines())


def test_of_many_accounts_those_that_come_last_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SHARED, raising=False)
    meters = Meters(named=False)
    for number in range(300):
        meters.spent(f"{number:012x}", 1, 10)

    (seconds,) = meters.account_seconds.collect()
    spent = {sample.labels["account"]: sample.value for sample in seconds.samples if sample.name.endswith("_total")}
    assert len(spent) == 201
    assert spent[OTHERS] == 100

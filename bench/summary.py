"""What `python -m bench` has shown: printed, kept as data, and read again."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.load import Measure
    from storage.client import Database

DATA = Path(__file__).resolve().parent.parent / "docs" / "performance.json"


@dataclass(frozen=True, slots=True)
class Row:
    """An operation on a desk, by a contender, from so many connections: the median of the rounds.

    `service` and `mongod` are microseconds of processor for each request, `p50` and `p99` milliseconds by the clock.
    """

    desk: str
    connections: int
    operation: str
    contender: str
    service: int
    mongod: int
    requests_per_second: int
    p50: float
    p99: float

    @classmethod
    def of(cls, desk: str, connections: int, operation: str, contender: str, rounds: Sequence[Measure]) -> Row:
        """Draw together what the rounds have shown."""
        return cls(
            desk,
            connections,
            operation,
            contender,
            round(median(each.processor / each.requests for each in rounds) * 1e6),
            round(median(each.mongod / each.requests for each in rounds) * 1e6),
            round(median(each.requests / each.seconds for each in rounds)),
            round(median(each.percentile(50) for each in rounds), 1),
            round(median(each.percentile(99) for each in rounds), 1),
        )


async def machine(database: Database) -> dict[str, Any]:
    """Describe where it is measured; `mongod` is the process of the database's server, which is on this machine."""
    told = await database.client.admin.command("serverStatus")
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)  # noqa: ASYNC221, S607 - once, before
    return {
        "day": date.today().isoformat(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(os.getppid())),
        "load_before": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "node": node.stdout.strip().removeprefix("v"),
        "mongodb": told["version"],
        "mongod": told["pid"],
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())


def summary(about: Mapping[str, Any], asked: Mapping[str, Any], rows: Iterable[Row]) -> str:
    """Write it as JSON, a line for each row."""
    kept = {name: each for name, each in about.items() if name != "mongod"}
    how = {name: asked[name] for name in ("plans", "rounds", "seconds")}
    lines = ",\n".join(f"    {json.dumps(asdict(row), ensure_ascii=False)}" for row in rows)
    head = json.dumps({"machine": kept, **how}, ensure_ascii=False, indent=2).removesuffix("\n}")
    return f'{head},\n  "measures": [\n{lines}\n  ]\n}}\n'


def printed(rows: Sequence[Row], first: str) -> str:
    """Show every row, and its cost beside the first contender's."""
    base = {(row.desk, row.connections, row.operation): row for row in rows if row.contender == first}
    lines = ["desk, connections, operation, contender: requests/s, p50 and p99 in ms, service, mongod, ratio"]
    for row in rows:
        ratio = row.service / base[row.desk, row.connections, row.operation].service
        lines.append(
            f"{row.desk:8} {row.connections:5} {row.operation:10} {row.contender:11} {row.requests_per_second:7} "
            f"{row.p50:7.1f} {row.p99:7.1f} {row.service:8} {row.mongod:7}  {ratio:5.2f}"
        )
    return "\n".join(
        [*lines, "service, mongod: µs of processor for each request; ratio: of service, to the first.", ""]
    )

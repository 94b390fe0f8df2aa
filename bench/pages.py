"""`python -m bench.pages`: writes the tables of docs/performance.md from docs/performance.json."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

from bench.summary import DATA, Row

if TYPE_CHECKING:
    from pathlib import Path

PAGE = DATA.with_suffix(".md")
_TABLES = re.compile(r"(<!-- measured -->\n).*?(<!-- /measured -->)", re.DOTALL)
_NAMES = {
    "report": "one transmitted report by id, 25 fields",
    "sessions": "page of 20 pending sessions",
    "counters": "counters",
    "trainees": "50 trainees with session and organization",
    "draft": "save a draft",
}
_SHOWN = {"compiled": "the service", "pymongo": "with PyMongo's client"}
_OURS, _PEER = ("compiled", "pymongo"), "mercurius"


def with_tables(page: str, data: dict[str, Any]) -> str:
    """Return the page with the tables that the data say between its two marks."""
    rows = [Row(**each) for each in data["measures"]]
    desks = {row.desk: None for row in rows}
    tables = [_told(data), *(_of_desk(desk, [row for row in rows if row.desk == desk]) for desk in desks)]
    return _TABLES.sub(lambda found: found[1] + "\n\n".join(tables) + "\n" + found[2], page)


def _told(data: dict[str, Any]) -> str:
    about = data["machine"]
    how = f"{data['plans']} plans; median of {data['rounds']} rounds of {data['seconds']} s, on {about['day']}."
    where = f"{about['processor']}, {about['cores']} cores, load {about['load_before']} before the run"
    versions = f"Python {about['python']}, Node {about['node']}, MongoDB {about['mongodb']}."
    return f"{how} {where}; {versions}\nEach cell: processor time for a request in µs, of the service + of mongod."


def _of_desk(desk: str, rows: list[Row]) -> str:
    contenders = list({row.contender: None for row in rows})
    kinds = list({(row.operation, row.connections): None for row in rows})
    found = {(row.operation, row.connections, row.contender): row for row in rows}
    costs = [
        [_NAMES[operation], connections, *(_cost(found[operation, connections, each]) for each in contenders)]
        for operation, connections in sorted(kinds, key=lambda kind: (list(_NAMES).index(kind[0]), kind[1]))
    ]
    shown = [_SHOWN.get(each, each) for each in contenders]
    parts = [f"The {desk} desk:", _table(["", "connections", *shown], costs)]
    if _PEER in contenders:
        heading = (
            f"The {desk} desk, {_PEER}'s cost beside the service's (above 1: the service is cheaper): alone, with "
            "mongod, and requests a second beside its:"
        )
        ours = [_SHOWN[each] for each in _OURS if each in contenders]
        parts += [heading, _table(["", "connections", *ours], _beside(found))]
    return "\n\n".join(parts)


def _beside(found: dict[tuple[str, int, str], Row]) -> list[list[object]]:
    lines: list[list[object]] = []
    for (operation, connections, contender), peer in found.items():
        if contender == _PEER:
            ours = [row for each in _OURS if (row := found.get((operation, connections, each)))]
            lines.append([_NAMES[operation], connections, *(_ratios(peer, row) for row in ours)])
    return sorted(lines, key=lambda line: (list(_NAMES.values()).index(str(line[0])), line[1]))


def _cost(row: Row) -> str:
    return f"{row.service} + {row.mongod}"


def _ratios(peer: Row, row: Row) -> str:
    both = (peer.service + peer.mongod) / (row.service + row.mongod)
    return f"{peer.service / row.service:.2f} · {both:.2f} · {row.requests_per_second / peer.requests_per_second:.2f}"


def _table(head: list[str], lines: list[list[object]]) -> str:
    rows = [head, ["---"] * len(head), *([str(cell) for cell in line] for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main(page: Path = PAGE, data: Path = DATA) -> int:
    """Write the page."""
    page.write_text(with_tables(page.read_text(), json.loads(data.read_text())))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The tables of docs/performance.md are written from what was measured, and nothing else of the page is touched."""

from __future__ import annotations

from bench.pages import PAGE, with_tables
from bench.summary import Row

MACHINE = {
    "day": "2026-01-05",
    "processor": "One",
    "cores": 2,
    "load_before": 0.1,
    "python": "3.11",
    "node": "20",
    "mongodb": "6",
}
ROWS = [
    Row("largest", 8, "counters", "compiled", service=200, mongod=800, requests_per_second=500, p50=2.0, p99=9.0),
    Row("largest", 8, "counters", "mercurius", service=400, mongod=2_600, requests_per_second=250, p50=4.0, p99=9.0),
]


def test_each_contender_has_its_cost_and_the_other_its_ratio_to_ours() -> None:
    measures = [{name: getattr(row, name) for name in Row.__slots__} for row in ROWS]
    data = {"machine": MACHINE, "plans": 7, "rounds": 3, "seconds": 2, "measures": measures}
    page = with_tables("before\n<!-- measured -->\nold\n<!-- /measured -->\nafter\n", data)

    assert "| counters | 8 | 200 + 800 | 400 + 2600 |" in page
    assert "| counters | 8 | 2.00 · 3.00 · 2.00 |" in page
    assert "old" not in page
    assert page.startswith("before\n<!-- measured -->\n7 plans; median of 3 rounds of 2 s, on 2026-01-05.")
    assert page.endswith("\n<!-- /measured -->\nafter\n")


def test_the_page_has_a_place_for_them() -> None:
    page = PAGE.read_text()
    assert page.index("<!-- measured -->") < page.index("<!-- /measured -->")

#!/usr/bin/env python3
"""Transmit a term's reports from a CSV, as an organization's own software would.

    python examples/transmit_reports.py http://127.0.0.1:8000/graphql reports.csv

The token is read from BILANS_TOKEN. The CSV has a heading: plan (an identifier that the API gave), then any answers
of ReportFormInput by their names (durationHours, exitSituationCode …). What is the same in all rows may be left out
and given in common.json beside the CSV. Needs: pip install 'gql[httpx]'.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from pathlib import Path
from typing import Any

from gql import Client, gql
from gql.transport.httpx import HTTPXTransport

AT_ONCE = 100
TRANSMIT = """
mutation Transmit($input: TransmitReportsInput!) {
  transmitReports(input: $input) {
    unreached
    userErrors { message }
    outcomes { trainingPlanId report { status transmittedAt } userErrors { path message } }
  }
}"""
NUMBERS = {"durationHours": int, "attendedHours": float}
ANSWERS = {"oui": True, "non": False}


def main(url: str, table: Path) -> int:
    """Transmit all rows; 1 when one was refused."""
    common_file = table.with_name("common.json")
    common = json.loads(common_file.read_text()) if common_file.exists() else None
    with table.open(newline="", encoding="utf-8-sig") as file:
        rows = [row_of(row) for row in csv.DictReader(file)]
    headers = {"Authorization": f"Bearer {os.environ['BILANS_TOKEN']}"}
    client = Client(transport=HTTPXTransport(url=url, headers=headers, timeout=60))
    refused = 0
    for begin in range(0, len(rows), AT_ONCE):
        asked = {"common": common, "reports": rows[begin : begin + AT_ONCE]}
        refused += sum(map(told, transmitted(client, asked)))
    return 1 if refused else 0


def row_of(row: dict[str, str]) -> dict[str, Any]:
    """Read a line: its plan, and the answers that it gives."""
    said = {name: value.strip() for name, value in row.items() if name != "plan" and value and value.strip()}
    form = {
        name: float(value) if name in NUMBERS else ANSWERS.get(value.lower(), value) for name, value in said.items()
    }
    if "durationHours" in form:
        form["durationHours"] = int(form["durationHours"])
    return {"trainingPlanId": row["plan"], "form": form}


def transmitted(client: Client, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Send until every report was reached: the same again changes nothing."""
    while True:
        request = gql(TRANSMIT)
        request.variable_values = {"input": asked}
        payload = client.execute(request)["transmitReports"]
        for error in payload["userErrors"]:
            sys.exit(error["message"])
        if not payload["unreached"]:
            outcomes: list[dict[str, Any]] = payload["outcomes"]
            return outcomes


def told(outcome: dict[str, Any]) -> bool:
    """Print what became of a report; whether it was refused."""
    for error in outcome["userErrors"]:
        print(f"{outcome['trainingPlanId']}: {'.'.join(error['path'] or [])}: {error['message']}", file=sys.stderr)
    if not outcome["userErrors"]:
        print(f"{outcome['trainingPlanId']}: {outcome['report']['status']} {outcome['report']['transmittedAt']}")
    return bool(outcome["userErrors"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))

"""`python -m bench.desk URL`: pages of the desk beside their operations, on a service with the demonstration.

Both over HTTP on one connection, in turns; the median of each, and the weight of a first visit. The service and this
command share the settings, as its development secret makes the token.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from datetime import timedelta
from statistics import median

import httpx

from credentials.tokens import DevelopmentTokens
from demo.story import ORGANIZATION
from desk.asking import read_operations
from domain.access import Role
from service.clock import present
from settings import read_settings

OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html", "Accept-Encoding": "gzip"}
NO_FILTER = {"planEndsOn": None}
PAGES = [
    ("/tableau-de-bord", "Dashboard", NO_FILTER),
    ("/sessions", "PendingSessions", {"orderBy": {"field": "ENDS_ON", "direction": "ASC"}}),
    ("/sans-referencement", "UnreferencedPlans", NO_FILTER),
    ("/brouillons", "Drafts", {}),
    ("/bilans/{plan}", "ReportForm", {"id": "{plan}"}),
]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.desk", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--times", type=int, default=200)
    parsed = parser.parse_args()
    tokens = DevelopmentTokens(read_settings().development_secret())
    token = tokens.issue(Role.TRAINING_ORGANIZATION, ORGANIZATION, now=present(), lifetime=timedelta(hours=1))
    operations = read_operations()
    with httpx.Client(base_url=parsed.url, headers=OURS, timeout=30) as client:
        client.post("/connexion", data={"personne": "1"})
        plan = re.findall(r'href="/bilans/([^"]+)"', client.get("/sans-referencement").text)[0]
        sys.stdout.write(
            "| page | its operation, ms | page, ms | page / operation | first visit, KB |\n|---|---|---|---|---|\n"
        )
        for path, name, variables in PAGES:
            asked = {key: plan if value == "{plan}" else value for key, value in variables.items()}
            body = {"query": operations[name], "variables": asked}
            bearer = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
            alone, whole = [], []
            for _ in range(parsed.times):
                alone.append(
                    _seconds(lambda body=body, bearer=bearer: client.post("/graphql", json=body, headers=bearer))
                )
                whole.append(_seconds(lambda path=path: client.get(path.format(plan=plan))))
            one, other = median(alone) * 1000, median(whole) * 1000
            weight = _first_visit(client, path.format(plan=plan)) / 1024
            sys.stdout.write(f"| {path} | {one:.1f} | {other:.1f} | {other / one:.2f} | {weight:.0f} |\n")


def _seconds(ask) -> float:  # noqa: ANN001
    begun = time.perf_counter()
    ask().raise_for_status()
    return time.perf_counter() - begun


def _first_visit(client: httpx.Client, path: str) -> int:
    page = client.get(path)
    named = set(re.findall(r"/ressources/[\w.-]+", page.text))
    style = client.get(next(each for each in named if each.endswith(".css")))
    named |= {f"/ressources/{font}" for font in re.findall(r'url\("([^"]+)"\)', style.text)}
    scripts = [each for each in named if each.endswith(".js")]
    named |= {
        f"/ressources/{part}"
        for each in scripts
        for part in re.findall(r'from "\./([\w.-]+)"', client.get(each).text)
    }
    answers = [client.get(each) for each in named]
    return sum(int(each.headers.get("Content-Length", len(each.content))) for each in [page, *answers])


if __name__ == "__main__":
    main()

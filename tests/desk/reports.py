"""A plan of the test's own: the page of its report, and what is kept of the answers typed there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from demo.loading import story_plans
from schema.ids import encode_id
from service.clock import present
from storage.loading import PlanLoader

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page

    from domain.plan import Plan
    from tests.service import Served

SEEN = 15_000
"""Milliseconds within which a page shows what became of an act, on a machine that does much else."""


async def new_plan(desk: Served, name: str, **facts: Any) -> str:
    """Load a plan of the test's own, which is like another of the demonstration; give its id."""
    known = next(plan for plan in story_plans(present()) if plan.id == "P-BELKACEM")
    plan: Plan = known.model_copy(update={"id": f"P-{name}", **facts})
    await PlanLoader(desk.running.database).load([plan])
    return plan.id


def form_of(plan: str) -> str:
    return f"/bilans/{encode_id('TrainingPlan', plan)}"


async def stored(desk: Served, plan: str) -> dict[str, Any]:
    found: dict[str, Any] | None = await desk.running.database["plans"].find_one({"_id": plan})
    assert found
    return found


async def written(page: Page, objective: str) -> None:
    await page.fill("#objectif", objective)


def posts(page: Page | BrowserContext) -> list[str]:
    """Note the forms that are sent from now on."""
    sent = list[str]()
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    return sent

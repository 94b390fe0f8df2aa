"""Nothing that the service does is refused by a sharded cluster, but what ADR 25 names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from commands.keeping import make_backup, verify
from commands.migrating import bring_up_to_date
from commands.retaining import retain
from schema.cursors import encode_number
from schema.ids import encode_id
from storage.indexes import indexes
from tests.delivery.test_corrections import ANNOUNCED, FORM, NODE, corrected, paper, transmitted
from tests.factories import OTHER_SIRET, a_plan, a_session, an_organization, counsellor, notifier, staff, trainee
from tests.operations.sharding import SHARD_KEYS, noted, noted_from_now, refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from settings import Settings
    from storage.client import Database
    from tests.service import Served

BY_NUMBERS = {"announcements", "numbers", "reminders", "codes"}
"""Unique indexes of plans that collections of their own would take the place of (ADR 25)."""
SAVE = """mutation($input: SaveReportDraftInput!) { saveReportDraft(input: $input) {
  report { version } userErrors { code } } }"""
LISTS = """{ reportDashboard { fundedSessions otherSessions unreferencedPlans drafts }
  pendingSessions { nodes { id title } } pendingPlans(search: "adam") { totalCount nodes { id } }
  trainingPlans(orderBy: { field: NAME, direction: ASC }) { totalCount nodes { id } export(format: CSV) { url } }
  transmittedReports { totalCount nodes { id } } jobSeekers(search: "adam") { nodes { id } }
  statistics(by: MONTH) { total { plans } } }"""
OTHERS = "{ transmittedReports { totalCount nodes { id form { content } } } viewer { name } }"


def update(collection: str, wanted: dict[str, Any], change: Any, **options: bool) -> dict[str, Any]:
    command = {"q": wanted, "u": change, "multi": False, "upsert": False} | options
    return {"op": "update", "ns": f"bilans.{collection}", "command": command}


def command(collection: str, **told: Any) -> dict[str, Any]:
    return {"op": "command", "ns": f"bilans.{collection}", "command": told}


WHOLE = {"_id": "P-1", "organization.siret": "1"}


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (
            update("plans", {"report.sha256": "1"}, {"$set": {"a": 1}}),
            "a change of one of plans which it does not name",
        ),
        (
            update("plans", {"_id": "P-1"}, {"$set": {"a": 1}}, upsert=True),
            "an upsert in plans without its shard key",
        ),
        (
            update("plans", {"_id": "P-1"}, {"$set": {"organization": {}}}),
            "a change of the shard key of plans without what it was",
        ),
        (
            {"op": "remove", "ns": "bilans.plans", "command": {"q": {"state": "OPEN"}, "limit": 1}},
            "a removal of one of plans which it does not name",
        ),
        (
            command("plans", findAndModify="plans", query={"_id": "P-1"}, update={}),
            "findAndModify of plans without its shard key",
        ),
        (command("plans", renameCollection="bilans.plans"), "renameCollection on plans"),
        (command("plans", find="plans", filter={"$and": [{"$where": "1"}]}), "$where in find"),
        (command("plans", aggregate="plans", pipeline=[{"$merge": {"into": "papers"}}]), "$merge into papers"),
    ],
)
def test_what_is_refused_is_found(entry: dict[str, Any], why: str) -> None:
    assert why in refused(entry)


@pytest.mark.parametrize(
    "entry",
    [
        update("plans", {"_id": {"$eq": "P-1"}}, {"$set": {"a": 1}}),
        update("plans", WHOLE, {"$set": {"organization": {}}}, upsert=True),
        update("plans", {"state": "OPEN"}, [{"$set": {"a": 1}}], multi=True),
        update("marks", {"state": "OPEN"}, {"$set": {"a": 1}}, upsert=True),
        command("plans", findAndModify="plans", query=WHOLE, update={}),
        command("webhooks", findAndModify="webhooks", query={"hold": 1}, update={}),
        command("plans", aggregate="plans", pipeline=[{"$unionWith": {"coll": "marks", "pipeline": []}}]),
    ],
)
def test_what_is_taken_is_not_called_refused(entry: dict[str, Any]) -> None:
    assert refused(entry) == []


def test_unique_indexes_of_what_is_sharded_are_those_that_the_design_names() -> None:
    unique = {
        model.document["name"]
        for collection in SHARD_KEYS
        for model in indexes().get(collection, [])
        if model.document.get("unique") and tuple(model.document["key"])[:1] != SHARD_KEYS[collection][:1]
    }
    assert unique == BY_NUMBERS


async def test_a_term_s_work_sends_nothing_that_a_sharded_cluster_refuses(
    served: Served,
    database: Database,
    load: Callable[..., Awaitable[object]],
    settings: Settings,
    mongodb_url: str,
    tmp_path: Path,
) -> None:
    await noted_from_now(database)
    await load(a_plan(), a_plan("P-2"), a_plan("P-3", session=None), a_plan("P-4"))
    draft = {"trainingPlanId": encode_id("TrainingPlan", "P-4"), "form": FORM}
    assert (await served.ask(staff(), SAVE, input=draft))["saveReportDraft"]["userErrors"] == []
    await load(  # a session told anew, and a plan with a draft that passes to another organization
        a_plan("P-2", session=a_session(title="Frigoriste")),
        a_plan("P-4", organization=an_organization(OTHER_SIRET), session=None),
    )
    async with served.following(counsellor(), ANNOUNCED, after=encode_number(0)) as events:
        first = await transmitted(served)
        await anext(events)
        second = (await corrected(served))["report"]
        await anext(events)
    for report in (first, second):
        assert await paper(served, report)
    for viewer in (staff(), staff(OTHER_SIRET), trainee(), counsellor()):
        await served.ask(viewer, NODE, id=second["id"])
        await served.ask(viewer, OTHERS)
    lists = await served.ask(staff(), LISTS)
    assert (await served.http.get(lists["trainingPlans"]["export"]["url"])).status_code == 200
    assert (await served.ask(notifier(), "{ viewer { name } }"))["viewer"]
    here = settings.model_copy(update={"mongodb_url": SecretStr(mongodb_url)})
    assert await retain(here, dry_run=False) == 0
    assert await make_backup(here, str(tmp_path / "kept")) == 0
    assert await verify(here) == 0
    assert await bring_up_to_date(here, check=True, dry_run=False) == 0

    entries = await noted(database)
    kinds = {(entry["op"], entry["ns"].partition(".")[2]) for entry in entries}
    assert {("update", "plans"), ("command", "plans"), ("insert", "papers"), ("insert", "trail")} <= kinds
    found = {why for entry in entries if "command" in entry for why in refused(entry)}
    assert found == set()

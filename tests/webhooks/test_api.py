"""Webhooks as their owners' programs use them, through the API of a whole service."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from domain.webhook import MOST_WEBHOOKS
from resolvers import acts
from settings import WrongSetting, read_settings
from tests.factories import NOW, OTHER_SIRET, TODAY, a_form, a_plan, counsellor, staff, trainee

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from domain.access import Viewer
    from storage.client import Database
    from tests.service import Served
    from tests.webhooks.receiver import Receiver

REGISTER = """
mutation ($url: String!, $after: String) {
  registerWebhook(input: {url: $url, after: $after}) {
    webhook { id url state cursor failures lastFailure nextAttemptAt disabledAt }
    secret
    userErrors { code message path }
  }
}"""
WEBHOOKS = "{ webhooks { id url state } }"


def act(name: str, fields: str = "webhook { id state }") -> str:
    return f"mutation ($id: ID!) {{ {name}(input: {{webhookId: $id}}) {{ {fields} userErrors {{ code path }} }} }}"


async def registered(served: Served, url: str, viewer: Viewer | None = None) -> dict[str, Any]:
    payload: dict[str, Any] = (await served.ask(viewer or counsellor(), REGISTER, url=url))["registerWebhook"]
    return payload


async def test_a_program_registers_is_called_and_removes(
    served: Served, load: Callable[..., Awaitable[object]], receiver: Receiver
) -> None:
    await load(a_plan())
    made = await registered(served, receiver.url)
    assert made["userErrors"] == []
    assert made["webhook"]["state"] == "ACTIVE"
    assert (await served.ask(counsellor(), WEBHOOKS))["webhooks"][0]["url"] == receiver.url

    await acts.transmit_report(served.running.services, staff(), "P-1", a_form(), None, now=NOW, today=TODAY)
    told = (await receiver.next()).verified(made["secret"])
    node = "query ($id: ID!) { node(id: $id) { ... on Report { status jobSeeker { lastName } } } }"
    asked = await served.ask(counsellor(), node, id=told["data"]["reportId"])
    assert asked["node"] == {"status": "TRANSMITTED", "jobSeeker": {"lastName": "ADAM"}}

    removed = await served.ask(counsellor(), act("removeWebhook"), id=made["webhook"]["id"])
    assert removed["removeWebhook"]["userErrors"] == []
    assert (await served.ask(counsellor(), WEBHOOKS))["webhooks"] == []


async def test_what_it_takes_after_a_restart_is_what_came_in_between(
    serve: Callable[[], AbstractAsyncContextManager[Served]],
    services: Any,
    load: Callable[..., Awaitable[object]],
    receiver: Receiver,
) -> None:
    await load(a_plan())
    async with serve() as served:
        await registered(served, receiver.url)
    await acts.transmit_report(services, staff(), "P-1", a_form(), None, now=NOW, today=TODAY)
    async with serve():
        assert (await receiver.next()).content["type"] == "report.transmitted"


async def test_a_test_call_tells_what_was_answered_and_is_not_for_hammering(
    served: Served, receiver: Receiver
) -> None:
    made = await registered(served, receiver.url)
    receiver.says(418)
    fields = "failure status webhook { failures }"
    tried = (await served.ask(counsellor(), act("testWebhook", fields), id=made["webhook"]["id"]))["testWebhook"]
    assert tried == {"failure": "STATUS", "status": 418, "webhook": {"failures": 0}, "userErrors": []}
    assert (await receiver.next()).verified(made["secret"])["type"] == "webhook.ping"

    again = (await served.ask(counsellor(), act("testWebhook", fields), id=made["webhook"]["id"]))["testWebhook"]
    assert again["userErrors"] == [{"code": "NOT_ALLOWED", "path": ["webhookId"]}]
    assert len(receiver.calls) == 1


async def test_a_new_secret_is_shown_once_and_signs_beside_the_former(served: Served, receiver: Receiver) -> None:
    made = await registered(served, receiver.url)
    rotate = act("rotateWebhookSecret", "secret")
    fresh = (await served.ask(counsellor(), rotate, id=made["webhook"]["id"]))["rotateWebhookSecret"]["secret"]
    await served.ask(counsellor(), act("testWebhook"), id=made["webhook"]["id"])

    call = await receiver.next()
    assert call.verified(fresh) == call.verified(made["secret"])


async def test_secrets_are_kept_sealed(served: Served, receiver: Receiver, database: Database) -> None:
    made = await registered(served, receiver.url)
    kept = await database["webhooks"].find_one({})
    assert made["secret"].startswith("whsec_")
    assert made["secret"].removeprefix("whsec_") not in str(kept)


async def test_anothers_webhook_does_not_exist(served: Served, receiver: Receiver) -> None:
    made = await registered(served, receiver.url)
    for other in (counsellor("A-8"), staff(), trainee()):
        for name in ("removeWebhook", "enableWebhook", "rotateWebhookSecret", "testWebhook"):
            answer = (await served.ask(other, act(name, ""), id=made["webhook"]["id"]))[name]
            assert answer["userErrors"] == [{"code": "NOT_FOUND", "path": ["webhookId"]}]
        assert (await served.ask(other, WEBHOOKS))["webhooks"] == []
    assert len((await served.ask(counsellor(), WEBHOOKS))["webhooks"]) == 1


async def test_a_job_seeker_registers_none(served: Served, receiver: Receiver) -> None:
    (error,) = (await registered(served, receiver.url, trainee()))["userErrors"]
    assert error["code"] == "NOT_ALLOWED"


async def test_an_organization_is_called_for_the_events_it_asks_for(served: Served, receiver: Receiver) -> None:
    text = """mutation ($url: String!, $events: [WebhookEvent!]) {
      registerWebhook(input: {url: $url, events: $events}) { webhook { events } userErrors { code path } }
    }"""
    wanted = ["REPORT_LATE", "REPORT_DIGEST"]
    made = (await served.ask(staff(), text, url=receiver.url, events=wanted))["registerWebhook"]
    assert made == {"webhook": {"events": wanted}, "userErrors": []}
    usual = (await served.ask(staff(), text, url=receiver.url))["registerWebhook"]
    assert usual["webhook"]["events"] == ["REPORT_TRANSMITTED"]
    refused = {"code": "INVALID", "path": ["events"]}
    for viewer, events in ((staff(), []), (counsellor(), ["REPORT_DUE"])):
        made = (await served.ask(viewer, text, url=receiver.url, events=events))["registerWebhook"]
        assert made == {"webhook": None, "userErrors": [refused]}


async def test_a_report_that_is_due_is_told_by_the_running_service(
    serve: Callable[[], AbstractAsyncContextManager[Served]],
    load: Callable[..., Awaitable[object]],
    database: Database,
    receiver: Receiver,
) -> None:
    text = "mutation ($url: String!) { registerWebhook(input: {url: $url, events: [REPORT_DUE]}) { secret } }"
    async with serve() as served:
        secret = (await served.ask(staff(), text, url=receiver.url))["registerWebhook"]["secret"]
    await database["webhooks"].update_one({}, {"$set": {"created_at": NOW}})
    await load(a_plan(ends_on=TODAY))
    async with serve():
        assert (await receiver.next()).verified(secret)["type"] == "report.due"


async def test_an_address_that_will_not_do_is_refused_with_a_sentence(served: Served) -> None:
    for url in ("https://10.0.0.1/", "http://example.org/", "ftp://example.org/", "example.org", ""):
        made = await registered(served, url)
        (error,) = made["userErrors"]
        assert (error["code"], error["path"], made["secret"]) == ("INVALID", ["url"], None)
        assert error["message"].endswith(".")


async def test_a_scope_has_five_at_most_even_at_once(served: Served, receiver: Receiver) -> None:
    made = await asyncio.gather(*(registered(served, receiver.url, staff()) for _ in range(MOST_WEBHOOKS + 3)))
    assert sorted(len(each["userErrors"]) for each in made) == [0] * MOST_WEBHOOKS + [1] * 3
    assert (await registered(served, receiver.url, staff(OTHER_SIRET)))["userErrors"] == []


async def test_registering_renewing_enabling_and_removing_are_in_the_trail(
    served: Served, receiver: Receiver, database: Database
) -> None:
    made = await registered(served, receiver.url)
    for name in ("rotateWebhookSecret", "enableWebhook", "removeWebhook", "removeWebhook"):
        await served.ask(counsellor(), act(name, ""), id=made["webhook"]["id"])

    entries = [(each["deed"], each["outcome"]) async for each in database["trail"].find().sort("at", 1)]
    assert entries == [
        ("REGISTER_WEBHOOK", "DONE"),
        ("ROTATE_WEBHOOK_SECRET", "DONE"),
        ("ENABLE_WEBHOOK", "DONE"),
        ("REMOVE_WEBHOOK", "DONE"),
        ("REMOVE_WEBHOOK", "NOT_FOUND"),
    ]


def test_loopback_is_not_for_production(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "OIDC_ISSUER": "https://issuer",
        "OIDC_AUDIENCE": "bilans",
        "OIDC_JWKS_URL": "https://issuer/keys",
        "LINK_SECRET": "x" * 32,
        "WEBHOOK_LOOPBACK": "true",
    }.items():
        monkeypatch.setenv(f"BILANS_{name}", value)
    with pytest.raises(WrongSetting, match="WEBHOOK_LOOPBACK"):
        read_settings()

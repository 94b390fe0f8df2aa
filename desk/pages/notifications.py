"""Notifications automatiques: the addresses that are called when a report is transmitted, due, or late.

The secret of an address is shown once, in the answer to the act that made it: no address leads to that page again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.stopping import Stopped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from desk.visit import Visit

TITLE = "Notifications automatiques"
MOST = 5
LONGEST_ADDRESS = 2000
FAILURES = {
    "ADDRESS": "l’adresse ne mène à aucun serveur public",
    "UNREACHABLE": "le serveur n’a pas pu être joint",
    "CERTIFICATE": "le certificat TLS du serveur ne convient pas",
    "TIMEOUT": "le serveur n’a pas répondu en 8 secondes",
    "STATUS": "le serveur a répondu autre chose que 200 à 299",
    "GONE": "le serveur a répondu 410 : il ne veut plus être appelé",
    "SECRET": "le secret ne peut plus être lu ici : demandez-en un nouveau",
}
EVENTS = {
    "REPORT_TRANSMITTED": "bilan transmis",
    "REPORT_DUE": "bilan à saisir",
    "REPORT_LATE": "bilan en retard",
    "REPORT_DIGEST": "récapitulatif de la semaine",
}
_ACTS = {
    "essayer": ("TestWebhook", "testWebhook"),
    "secret": ("RotateWebhookSecret", "rotateWebhookSecret"),
    "reprendre": ("EnableWebhook", "enableWebhook"),
    "retirer": ("RemoveWebhook", "removeWebhook"),
}
_CONFIRMED = {"secret", "retirer"}
"""Buttons that ask for a confirmation before the act is done."""


async def shown(visit: Visit) -> Response:
    """Show the addresses, with the state of their deliveries."""
    return await _page(visit)


async def sent(visit: Visit) -> Response:
    """Register an address, or do to one what the pressed button says; raises Stopped (400) for an unknown button."""
    act = visit.form.text("acte")
    if act == "ajouter":
        return await _register(visit)
    if act not in _ACTS:
        raise Stopped(400)
    if act in _CONFIRMED and not visit.form.has("oui"):
        return await _confirm(visit, act)
    return await _do(visit, act)


async def _register(visit: Visit) -> Response:
    typed = visit.form.text("adresse").strip()[:LONGEST_ADDRESS]
    chosen = [name for name in EVENTS if visit.form.has(name)]
    done = (await visit.ask("RegisterWebhook", input={"url": typed, "events": chosen}))["registerWebhook"]
    if problems := done["userErrors"]:
        field = "evenements" if problems[0]["path"] == ["events"] else "adresse"
        return await _page(visit, typed=typed, chosen=chosen, problems=problems, field=field)
    return await _page(visit, act="ajouter", done=done)


async def _confirm(visit: Visit, act: str) -> Response:
    wanted = visit.form.text("notification")
    found = [each for each in (await visit.ask("Webhooks"))["webhooks"] if each["id"] == wanted]
    if not found:
        raise Stopped.absent()
    title = "Changer le secret" if act == "secret" else "Retirer l’adresse"
    return visit.page("notification_confirmed.html", title=title, act=act, webhook=found[0])


async def _do(visit: Visit, act: str) -> Response:
    operation, name = _ACTS[act]
    done = (await visit.ask(operation, input={"webhookId": visit.form.text("notification")}))[name]
    if done["userErrors"]:
        return await _page(visit, problems=done["userErrors"])
    return await _page(visit, act=act, done=done)


async def _page(
    visit: Visit,
    *,
    act: str = "",
    done: dict[str, Any] | None = None,
    typed: str = "",
    chosen: Sequence[str] = ("REPORT_TRANSMITTED",),
    problems: list[dict[str, Any]] | None = None,
    field: str | None = None,
) -> Response:
    found = (await visit.ask("Webhooks"))["webhooks"]
    return visit.page(
        "notifications.html",
        title=TITLE,
        status=422 if problems else 200,
        webhooks=found,
        most=MOST,
        act=act,
        done=done,
        typed=typed,
        field=field,
        events=EVENTS,
        chosen=chosen,
        problems=[(field, each["message"]) for each in problems or ()],
        failures=FAILURES,
    )

"""Webhooks: who may have them, what is sent, when a failed delivery is tried again, and when it is given up."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from domain.access import Role, Viewer, notified
from domain.calendar import spelt_instant
from domain.errors import Refusal, RefusalCode, Refused
from domain.global_id import global_id, report_id
from domain.plan import Plan
from domain.values import Value

MOST_WEBHOOKS = 5
"""Of one organization or one adviser."""
SECRET_OVERLAP = timedelta(hours=24)
"""How long the secret before the last still signs beside it."""
PING_EVERY = timedelta(seconds=10)

_DELAYS = (5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 43_200, 43_200, 43_200, 43_200)
"""Seconds between attempts: a little under three days in all."""
_SPREAD = 0.2


class WebhookState(StrEnum):
    """Whether events are sent."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"


class WebhookEvent(StrEnum):
    """What a webhook is called for."""

    REPORT_TRANSMITTED = "report.transmitted"
    REPORT_DUE = "report.due"
    REPORT_LATE = "report.late"
    REPORT_DIGEST = "report.digest"


class WebhookFailure(StrEnum):
    """Why an attempt failed."""

    ADDRESS = "ADDRESS"
    UNREACHABLE = "UNREACHABLE"
    CERTIFICATE = "CERTIFICATE"
    TIMEOUT = "TIMEOUT"
    STATUS = "STATUS"
    GONE = "GONE"
    SECRET = "SECRET"  # noqa: S105 - a reason


class Answer(Value):
    """What became of a call: no failure when it was taken; `status` where one came back."""

    failure: WebhookFailure | None = None
    status: int | None = None


class Webhook(Value):
    """An address to which the events of a scope (a role and its key) are sent, in order.

    `cursor` is the number of the last announcement that was taken, `reminded` that of the last reminder, `digested`
    the week of the last digest; `failures` counts attempts since then.
    """

    id: str
    role: Role
    key: str
    account: str
    url: str
    created_at: datetime
    cursor: int
    events: tuple[WebhookEvent, ...] = (WebhookEvent.REPORT_TRANSMITTED,)
    reminded: int = 0
    digested: str | None = None
    state: WebhookState = WebhookState.ACTIVE
    due_at: datetime | None = None
    failures: int = 0
    last_failure: WebhookFailure | None = None
    last_status: int | None = None
    delivered_at: datetime | None = None
    disabled_at: datetime | None = None

    @property
    def viewer(self) -> Viewer:
        """Whose eyes it sees with."""
        return Viewer(role=self.role, key=self.key, name="", account=self.account)


def require_receiver(viewer: Viewer) -> Viewer:
    """Return the viewer; Refused for job seekers, whose reports come to their own application."""
    if viewer.role is Role.JOB_SEEKER:
        message = "Un demandeur d'emploi ne peut pas recevoir de notifications : son application les reçoit."
        raise Refused([Refusal(code=RefusalCode.NOT_ALLOWED, message=message)])
    return viewer


def require_events(viewer: Viewer, events: Iterable[WebhookEvent]) -> tuple[WebhookEvent, ...]:
    """Return the events, each once; Refused where there is none, or one that the viewer is not told of."""
    wanted = tuple(dict.fromkeys(events))
    if not wanted:
        message = "Choisissez au moins un événement."
    elif viewer.role is not Role.TRAINING_ORGANIZATION and wanted != (WebhookEvent.REPORT_TRANSMITTED,):
        message = "Seul un organisme de formation est prévenu de ses bilans à saisir ou en retard."
    else:
        return wanted
    raise Refused([Refusal(code=RefusalCode.INVALID, message=message, path=("events",))])


def no_more_webhooks() -> Refused:
    """Refuse one more than there may be."""
    message = f"Pas plus de {MOST_WEBHOOKS} adresses de notification : supprimez-en une d'abord."
    return Refused([Refusal(code=RefusalCode.NOT_ALLOWED, message=message)])


def webhook_not_found() -> Refused:
    """Answer the same for another's webhook and for nobody's."""
    message = "Cette adresse de notification n'existe pas ou n'est pas accessible."
    return Refused([Refusal(code=RefusalCode.NOT_FOUND, message=message, path=("webhookId",))])


def pinged_too_often() -> Refused:
    """Refuse a test so soon after another."""
    message = f"Un essai toutes les {PING_EVERY.seconds} secondes : réessayez dans un instant."
    return Refused([Refusal(code=RefusalCode.NOT_ALLOWED, message=message, path=("webhookId",))])


def bad_address(message: str) -> Refused:
    """Refuse an address with a French sentence."""
    return Refused([Refusal(code=RefusalCode.INVALID, message=message, path=("url",))])


def retry_delay(failures: int, chance: float) -> timedelta | None:
    """Return how long to wait after so many failures in a row, None to give up.

    `chance`, from 0 to 1, spreads it by 20 % either way.
    """
    if failures > len(_DELAYS):
        return None
    return timedelta(seconds=_DELAYS[failures - 1] * (1 + _SPREAD * (2 * chance - 1)))


def event_id(plan: Plan) -> str:
    """Return the identifier of a transmission's event, that of the subscription: the same at each attempt."""
    version = plan.report.version if plan.report else 0
    return global_id("ReportTransmittedEvent", f"{plan.id}:{version}")


def event_body(number: int, plan: Plan) -> dict[str, object]:
    """Return what is sent of a transmission: which report and when, nothing of whom or what."""
    report = plan.report
    instant = report.transmitted_at if report else None
    return {
        "type": "report.transmitted",
        "timestamp": spelt_instant(instant) if instant else None,
        "data": {
            "id": event_id(plan),
            "cursor": global_id("Announcement", str(number)),
            "reportId": report_id(plan),
        },
    }


def notice_body(number: int, plan: Plan, recipient: str) -> dict[str, object]:
    """Return what a program that notifies is sent of a transmission: which report, when, and whom it is for."""
    body = event_body(number, plan)
    data = body["data"]
    told = dict(data) if isinstance(data, dict) else {}
    return {**body, "type": "transmission.announced", "data": {**told, "recipient": recipient}}


def body_for(webhook: Webhook, number: int, plan: Plan) -> dict[str, object] | None:
    """Return what a webhook is sent of a transmission; None where it is nobody's to be told of."""
    if webhook.role is not Role.NOTIFIER:
        return event_body(number, plan)
    recipient = notified(webhook.viewer, plan)
    return None if recipient is None else notice_body(number, plan, recipient)


def ping_body(now: datetime) -> dict[str, object]:
    """Return what is sent for a test."""
    return {"type": "webhook.ping", "timestamp": spelt_instant(now), "data": {}}

"""Webhooks: addresses of programs that are called when a report is transmitted, due, or late."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

import strawberry
from strawberry import enum_value

from domain import webhook as domain
from domain.text import cleaned_code
from resolvers import webhooks
from schema.context import Info
from schema.cursors import decode_number, encode_number
from schema.ids import encode_id, key_of
from schema.node import shown
from schema.outcome import ERRORS, Errors, attempted


@strawberry.enum(description="Whether a webhook is called.")
class WebhookState(Enum):
    ACTIVE = enum_value("ACTIVE", description="It is called.")
    DISABLED = enum_value("DISABLED", description="It failed for too long, or said that it is gone: enable it again.")


@strawberry.enum(description="What a webhook is called for.")
class WebhookEvent(Enum):
    REPORT_TRANSMITTED = enum_value(
        "REPORT_TRANSMITTED",
        description="`report.transmitted`: a report was transmitted, the first or a corrected one.",
    )
    REPORT_DUE = enum_value(
        "REPORT_DUE", description="`report.due`: a report may be written from today on. For organizations."
    )
    REPORT_LATE = enum_value(
        "REPORT_LATE", description="`report.late`: a compulsory report is late from today on. For organizations."
    )
    REPORT_DIGEST = enum_value(
        "REPORT_DIGEST",
        description="`report.digest`: how many reports are to be written, begun and late, once a week. For "
        "organizations.",
    )


@strawberry.enum(description="Why a call was not taken.")
class WebhookFailure(Enum):
    ADDRESS = enum_value("ADDRESS", description="Its name leads nowhere, or not to a public server.")
    UNREACHABLE = enum_value("UNREACHABLE", description="No connection, or one that broke.")
    CERTIFICATE = enum_value("CERTIFICATE", description="Its TLS certificate will not do.")
    TIMEOUT = enum_value("TIMEOUT", description="No answer within 8 seconds.")
    STATUS = enum_value("STATUS", description="An answer other than 200 to 299; redirections are not followed.")
    GONE = enum_value("GONE", description="410: it wants no more calls, and is disabled at once.")
    SECRET = enum_value("SECRET", description="Its secret can no longer be read here: ask for a new one.")


@strawberry.type(
    description="An address that is called when something happens (notification). It belongs to the "
    "organization or the adviser in whose name it was registered, and is called for what they may see."
)
class Webhook:
    id: strawberry.ID = shown("Opaque and stable.")
    url: str = shown("Where it is called.")
    events: list[WebhookEvent] = shown("What it is called for.")
    state: WebhookState = shown("Whether it is called.")
    created_at: datetime = shown("When it was registered.")
    cursor: str = shown("Of the last transmission that it took, or after which it began; good for `after`.")
    delivered_at: datetime | None = shown("When it last took an event.")
    failures: int = shown("Calls in a row that were not taken.")
    last_failure: WebhookFailure | None = shown("Why the last call was not taken; null when it was.")
    last_status: int | None = shown("The HTTP status it answered then, if it did.")
    next_attempt_at: datetime | None = shown("When a call that was not taken is made again.")
    disabled_at: datetime | None = shown("When it was disabled.")

    @classmethod
    def of(cls, webhook: domain.Webhook) -> Self:
        """Show a webhook."""
        failure = webhook.last_failure
        active = webhook.state is domain.WebhookState.ACTIVE
        return cls(
            id=encode_id("Webhook", webhook.id),
            url=webhook.url,
            events=[WebhookEvent[each.name] for each in webhook.events],
            state=WebhookState(webhook.state.value),
            created_at=webhook.created_at,
            cursor=encode_number(webhook.cursor),
            delivered_at=webhook.delivered_at,
            failures=webhook.failures,
            last_failure=WebhookFailure(failure.value) if failure else None,
            last_status=webhook.last_status,
            next_attempt_at=webhook.due_at if active and webhook.failures else None,
            disabled_at=webhook.disabled_at,
        )


@strawberry.input(description="A webhook to be registered.")
class RegisterWebhookInput:
    url: str = strawberry.field(description="Begins with https://, and leads to a public server.")
    after: str | None = strawberry.field(
        default=None, description="The `cursor` of the last event known; without it, what comes from now on."
    )
    events: list[WebhookEvent] | None = strawberry.field(
        default=None, description="What it is called for; `REPORT_TRANSMITTED` when null."
    )


@strawberry.input(description="A webhook whose secret is to be replaced.")
class RotateWebhookSecretInput:
    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")


@strawberry.input(description="A webhook to be called for a test.")
class TestWebhookInput:
    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")


@strawberry.input(description="A webhook to be called again.")
class EnableWebhookInput:
    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")


@strawberry.input(description="A webhook to be removed.")
class RemoveWebhookInput:
    webhook_id: strawberry.ID = strawberry.field(description="The webhook.")


@strawberry.type(description="What became of the registration.")
class RegisterWebhookPayload:
    webhook: Webhook | None = shown("As registered.")
    secret: str | None = shown("`whsec_…`, with which calls are signed: shown once, keep it.")
    user_errors: Errors = shown(ERRORS)


@strawberry.type(description="What became of the secret.")
class RotateWebhookSecretPayload:
    webhook: Webhook | None = shown("As it stands now.")
    secret: str | None = shown("The new one, shown once; for 24 hours calls are signed with the former one too.")
    user_errors: Errors = shown(ERRORS)


@strawberry.type(description="What became of the test.")
class TestWebhookPayload:
    webhook: Webhook | None = shown("The webhook; a test changes nothing in it.")
    failure: WebhookFailure | None = shown("Why the call was not taken; null when it was.")
    status: int | None = shown("The HTTP status answered, if there was one.")
    user_errors: Errors = shown(ERRORS)


@strawberry.type(description="What became of the webhook.")
class EnableWebhookPayload:
    webhook: Webhook | None = shown("As it stands now.")
    user_errors: Errors = shown(ERRORS)


@strawberry.type(description="What became of the webhook.")
class RemoveWebhookPayload:
    webhook: Webhook | None = shown("As it was.")
    user_errors: Errors = shown(ERRORS)


@strawberry.type(description="Webhooks that can be asked for.")
class WebhookQuery:
    @shown("The webhooks of the viewer's organization, or of the viewer (an adviser), oldest first.")
    async def webhooks(self, info: Info) -> list[Webhook]:
        context = info.context
        return [Webhook.of(each) for each in await webhooks.webhooks(context.services, context.viewer)]


@strawberry.type(description="What can be done with webhooks.")
class WebhookMutation:
    @shown(
        "Register an address to be called when a report that the viewer may see is transmitted, or for other "
        "`events`; 5 at most. Each call tells which report or plan, and the API tells the rest."
    )
    async def register_webhook(
        self,
        info: Info,
        input: Annotated[RegisterWebhookInput, strawberry.argument(description="The webhook.")],  # noqa: A002
    ) -> RegisterWebhookPayload | None:
        services, viewer, now, _ = info.context.asked
        after = None if input.after is None else decode_number(input.after)
        events = [WebhookEvent.REPORT_TRANSMITTED] if input.events is None else input.events
        wanted = [domain.WebhookEvent[each.name] for each in events]
        made, errors = await attempted(
            webhooks.register_webhook(services, viewer, cleaned_code(input.url) or "", after, wanted, now=now)
        )
        webhook, secret = made or (None, None)
        return RegisterWebhookPayload(webhook=_of(webhook), secret=secret, user_errors=errors)

    @shown("Replace the secret of a webhook.")
    async def rotate_webhook_secret(
        self,
        info: Info,
        input: Annotated[RotateWebhookSecretInput, strawberry.argument(description="The webhook.")],  # noqa: A002
    ) -> RotateWebhookSecretPayload | None:
        services, viewer, now, _ = info.context.asked
        made, errors = await attempted(
            webhooks.rotate_webhook_secret(services, viewer, _key(input.webhook_id), now=now)
        )
        webhook, secret = made or (None, None)
        return RotateWebhookSecretPayload(webhook=_of(webhook), secret=secret, user_errors=errors)

    @shown(
        "Call a webhook with an event of type `webhook.ping`, and tell what it answered; every 10 seconds at most."
    )
    async def test_webhook(
        self,
        info: Info,
        input: Annotated[TestWebhookInput, strawberry.argument(description="The webhook.")],  # noqa: A002
    ) -> TestWebhookPayload | None:
        services, viewer, now, _ = info.context.asked
        tried, errors = await attempted(webhooks.try_webhook(services, viewer, _key(input.webhook_id), now=now))
        webhook, answer = tried or (None, domain.Answer())
        failure = WebhookFailure(answer.failure.value) if answer.failure else None
        return TestWebhookPayload(webhook=_of(webhook), failure=failure, status=answer.status, user_errors=errors)

    @shown("Call a webhook again at once, beginning with the first event that it did not take.")
    async def enable_webhook(
        self,
        info: Info,
        input: Annotated[EnableWebhookInput, strawberry.argument(description="The webhook.")],  # noqa: A002
    ) -> EnableWebhookPayload | None:
        services, viewer, now, _ = info.context.asked
        webhook, errors = await attempted(webhooks.enable_webhook(services, viewer, _key(input.webhook_id), now=now))
        return EnableWebhookPayload(webhook=_of(webhook), user_errors=errors)

    @shown("Remove a webhook with its secrets.")
    async def remove_webhook(
        self,
        info: Info,
        input: Annotated[RemoveWebhookInput, strawberry.argument(description="The webhook.")],  # noqa: A002
    ) -> RemoveWebhookPayload | None:
        services, viewer, _, _ = info.context.asked
        webhook, errors = await attempted(webhooks.remove_webhook(services, viewer, _key(input.webhook_id)))
        return RemoveWebhookPayload(webhook=_of(webhook), user_errors=errors)


def _key(global_id: str) -> str:
    return key_of(global_id, "Webhook")


def _of(webhook: domain.Webhook | None) -> Webhook | None:
    return Webhook.of(webhook) if webhook else None

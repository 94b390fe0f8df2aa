"""The subscriptions."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from datetime import datetime
from typing import Annotated, Protocol, Self

import strawberry
from graphql import GraphQLError

from domain.access import Role
from domain.errors import BadRequest, TooSlow, Unavailable
from domain.plan import Plan
from resolvers import following
from schema.context import Info
from schema.cursors import decode_number, encode_number
from schema.errors import RETRY_AFTER_SECONDS
from schema.ids import encode_id, key_of
from schema.node import shown
from schema.reports import Report, ReportTransmittedEvent
from schema.shown_once import OnceMade

_NOTIFIERS_ONLY = "Ce flux est réservé aux programmes qui notifient (rôle notifier) : suivez reportTransmitted."
_TOO_SLOW = "Le client n'a pas pris ce qui lui était annoncé : revenez avec le dernier curseur reçu."


@strawberry.type(description="That a report was transmitted, and to whom: nothing of what it says.")
class TransmissionAnnouncement:
    cursor: str = shown("Give it back as `after` to go on from here.")
    occurred_at: datetime = shown("When it was transmitted.")
    report_id: strawberry.ID = shown("The `id` by which the recipient asks for the report.")
    recipient: str = shown("Identifier of the job seeker (N° DE), or of the adviser, as the role's claim says.")


@strawberry.type(description="Facts announced as they happen.")
class Subscription:
    @strawberry.subscription(
        description="Reports transmitted from now on that the viewer may see. With `after`, first those transmitted "
        "since that event, in order, none missing and none twice, then those to come."
    )
    async def report_transmitted(
        self,
        info: Info,
        after: Annotated[
            str | None, strawberry.argument(description="The `cursor` of the last event handled.")
        ] = None,
        training_session_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only reports of this session.")
        ] = None,
    ) -> AsyncIterator[ReportTransmittedEvent]:
        session_id = None if training_session_id is None else key_of(training_session_id, "TrainingSession")
        shortcut = following.Shortcut()
        return Events(
            following.report_transmitted(
                info.context.services, info.context.viewer, _number(after), session_id, shortcut
            ),
            shortcut,
        )

    @strawberry.subscription(
        description="Every transmission, for a program that notifies those who receive it (rôle `notifier`): when, "
        "which report and for whom, nothing else. With `after`, first those since that one, none missing and none "
        "twice."
    )
    async def transmission_announced(
        self,
        info: Info,
        after: Annotated[str | None, strawberry.argument(description="The `cursor` of the last one handled.")] = None,
    ) -> AsyncIterator[TransmissionAnnouncement]:
        context = info.context
        if context.viewer.role is not Role.NOTIFIER:
            raise GraphQLError(_NOTIFIERS_ONLY, extensions={"code": "BAD_REQUEST"})
        return _told(following.transmissions(context.services, context.viewer, _number(after)))


async def _told(
    announced: AsyncGenerator[tuple[int, Plan, str], None],
) -> AsyncGenerator[TransmissionAnnouncement, None]:
    async with aclosing(announced):
        while True:
            with _faults_told():
                number, plan, recipient = await anext(announced)
            report = Report.of(plan)
            yield TransmissionAnnouncement(
                cursor=encode_number(number),
                occurred_at=report.transmitted_at or report.updated_at,
                report_id=report.id,
                recipient=recipient,
            )


@contextmanager
def _faults_told() -> Iterator[None]:
    """Tell a client that cannot follow, or that the database cannot."""
    try:
        yield
    except TooSlow:
        raise GraphQLError(_TOO_SLOW, extensions={"code": "TOO_SLOW"}) from None
    except Unavailable as away:
        extensions = {"code": "UNAVAILABLE", "retryAfter": RETRY_AFTER_SECONDS}
        raise GraphQLError(str(away), extensions=extensions) from None


class Taker(Protocol):
    """Takes an event at once, as the engine declares it (engine/operation.py)."""

    def has_room(self) -> bool: ...

    def take(self, event: ReportTransmittedEvent, /) -> bool: ...


class Events:
    """The announcements as events, one after the other, or handed at once to a taker."""

    __slots__ = ("_announced", "_shortcut")

    def __init__(self, announced: AsyncGenerator[tuple[int, Plan], None], shortcut: following.Shortcut) -> None:
        self._announced = announced
        self._shortcut = shortcut

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ReportTransmittedEvent:
        """Wait for the next event; GraphQLError when the client or the database cannot follow."""
        with _faults_told():
            sequence, plan = await anext(self._announced)
        return EVENTS.of(plan, sequence)

    async def aclose(self) -> None:
        """Follow no more."""
        await self._announced.aclose()

    def hand_to(self, taker: Taker) -> None:
        """Offer `taker` each event that somebody waits for; what it does not take comes as the next event."""
        self._shortcut.take = lambda sequence, plan: taker.has_room() and taker.take(EVENTS.of(plan, sequence))


def event_of(plan: Plan, sequence: int) -> ReportTransmittedEvent:
    """Show an announcement."""
    report = Report.of(plan)
    return ReportTransmittedEvent(
        id=encode_id("ReportTransmittedEvent", f"{plan.id}:{report.version}"),
        cursor=encode_number(sequence),
        occurred_at=report.transmitted_at or report.updated_at,
        report=report,
    )


EVENTS = OnceMade(event_of, 64)
"""All who are told the very same plan are given the very same event.

Told the same plan are only those of one role, in its scope: what the event holds is the same for them. A link is not:
it is made for each viewer.
"""


def _number(after: str | None) -> int | None:
    try:
        return None if after is None else decode_number(after)
    except BadRequest as refused:
        raise GraphQLError(str(refused), extensions={"code": "BAD_REQUEST"}) from None

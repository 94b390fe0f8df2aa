"""What is announced."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from resolvers import following
from schema.context import Info
from schema.cursors import decode_number, encode_number
from schema.ids import encode_id, key_of
from schema.reports import Report, ReportTransmittedEvent


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
    ) -> AsyncGenerator[ReportTransmittedEvent, None]:
        session_id = None if training_session_id is None else key_of(training_session_id, "TrainingSession")
        number = None if after is None else decode_number(after)
        announced = following.report_transmitted(info.context.services, info.context.viewer, number, session_id)
        async for sequence, plan in announced:
            report = Report.of(plan)
            yield ReportTransmittedEvent(
                id=encode_id("ReportTransmittedEvent", f"{plan.id}:{report.version}"),
                cursor=encode_number(sequence),
                occurred_at=report.transmitted_at or report.updated_at,
                report=report,
            )

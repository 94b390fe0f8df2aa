"""How long a report took: in days of Paris, from the end that held, to the first transmission."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from domain import acts
from domain.calendar import paris_day
from domain.statistics import StatisticsFilter
from tests.factories import (
    a_form,
    a_plan,
    a_session,
    staff,
)
from tests.statistics.plans import KNOWN, asked, keep

if TYPE_CHECKING:
    from resolvers.services import Services
    from storage.client import Database


async def test_a_day_is_a_day_of_paris(database: Database, services: Services) -> None:
    instants = {
        "winter": (date(2025, 1, 30), datetime(2025, 1, 31, 22, 59, tzinfo=UTC), 1),
        "after midnight": (date(2025, 1, 30), datetime(2025, 1, 31, 23, 0, tzinfo=UTC), 2),
        "summer": (date(2025, 6, 30), datetime(2025, 7, 1, 21, 59, tzinfo=UTC), 1),
        "when clocks change": (date(2025, 3, 29), datetime(2025, 3, 30, 22, 0, tzinfo=UTC), 2),
    }
    for name, (ends_on, now, days) in instants.items():
        session = a_session(name, title=name)
        plan = a_plan(name, ends_on=ends_on, session=session)
        form = a_form().answered(KNOWN)
        await keep(database, [acts.transmit(plan, form, None, now=now, today=paris_day(now))])
        found = await asked(services, staff(), StatisticsFilter(course=name))
        assert found.total.delays is not None
        assert (name, found.total.delays.median) == (name, days)
        assert [start for start, _ in found.periods] == [ends_on.replace(day=1)]


async def test_the_delay_is_from_the_end_that_held_at_transmission(database: Database, services: Services) -> None:
    now = datetime(2025, 2, 3, 9, tzinfo=UTC)
    sent = acts.transmit(
        a_plan(ends_on=date(2025, 1, 31)), a_form().answered(KNOWN), None, now=now, today=paris_day(now)
    )
    await keep(database, [sent.model_copy(update={"ends_on": date(2025, 2, 28)})])

    found = await asked(services, staff(), StatisticsFilter())

    assert found.total.delays is not None
    assert found.total.delays.median == 3
    assert [start for start, _ in found.periods] == [date(2025, 2, 1)]


async def test_a_report_that_was_corrected_took_as_long_as_the_first(database: Database, services: Services) -> None:
    days = [datetime(2025, 11, day, 9, tzinfo=UTC) for day in (21, 24)]
    first, second = (
        acts.transmit(a_plan(), a_form().answered(KNOWN), None, now=now, today=paris_day(now)).report for now in days
    )
    await keep(database, [a_plan(report=second, earlier_reports=(first,))])

    found = await asked(services, staff(), StatisticsFilter())

    assert found.total.delays is not None
    assert (found.total.transmitted, found.total.delays.median) == (1, 2)

"""A desk with more of everything than a page of a list shows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from demo.loading import story_plans
from domain import acts
from domain.access import RECIPIENTS
from domain.calendar import paris_day
from service.clock import present
from storage.documents import to_document
from tests.factories import a_form
from tests.statistics.plans import KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.plan import Plan
    from tests.service import Served

MANY, LONG = 25, 103
SENT_OF_SESSION = range(3)
STAFF, SEEKER, ADVISER, OTHERS, OTHER_ADVISER = "1", "3", "4", "2", "5"
LONG_SESSION = "S-LISTE-LONGUE"


def some_plans() -> Iterator[Plan]:
    """More of everything than a page of a list shows."""
    known = {plan.id: plan for plan in story_plans(present())}
    plain, seeker, now = known["P-BELKACEM"], known["P-ADAM"].job_seeker, present()
    session = plain.session
    assert session
    without_internship = {"certifying": False, "certification_code": None, "diploma_obtained": None}
    form = a_form(**without_internship, has_internship=False, internship=None).answered(KNOWN)
    for rank in range(MANY):
        person = plain.job_seeker.model_copy(
            update={"identifier": f"{1000000 + rank}A", "last_name": f"LISTE{rank:02}"}
        )
        alone = plain.model_copy(update={"job_seeker": person, "session": None, "own_title": f"Cours {rank:02}"})
        yield alone.model_copy(update={"id": f"P-ALONE-{rank}"})
        yield acts.drafted(alone.model_copy(update={"id": f"P-DRAFT-{rank}"}), form, now - timedelta(minutes=rank))
        going_on = {"ends_on": paris_day(now) + timedelta(days=20 + rank)}
        yield alone.model_copy(update={"id": f"P-ONGOING-{rank}", **going_on})
        theirs = alone.model_copy(update={"id": f"P-SENT-{rank}", "job_seeker": seeker})
        if rank in SENT_OF_SESSION:
            done = session.model_copy(
                update={"id": "S-TRANSMISE", "carif_number": "C-TR", "title": "Session transmise"}
            )
            theirs = theirs.model_copy(update={"session": done})
        yield acts.transmit(theirs, form, None, now=now - timedelta(minutes=rank), today=paris_day(now))
        other = session.model_copy(update={"id": f"S-LISTE-{rank}", "carif_number": f"C-{rank:02}"})
        yield alone.model_copy(update={"id": f"P-SESSION-{rank}", "session": other})
    for rank in range(LONG):
        long = session.model_copy(update={"id": LONG_SESSION, "carif_number": "C-LONGUE", "title": "Session longue"})
        yield plain.model_copy(update={"id": f"P-LONG-{rank}", "session": long})


async def filled(one_desk: Served) -> Served:
    """Add it to a desk that is served."""
    unread = {"unread": {role.value: True for role in RECIPIENTS}}
    made = [
        {**to_document(plan), "_id": plan.id, "revision": 0, **(unread if plan.id.startswith("P-SENT") else {})}
        for plan in some_plans()
    ]
    await one_desk.running.database["plans"].insert_many(made)
    return one_desk

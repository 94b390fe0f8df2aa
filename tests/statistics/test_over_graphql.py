"""Statistics asked for over GraphQL: by an organization, and by those who are of none."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from domain import acts
from domain.calendar import paris_day
from service.clock import present
from tests.factories import (
    OTHER_SIRET,
    UNPAID,
    a_form,
    a_plan,
    counsellor,
    staff,
    trainee,
)
from tests.statistics.plans import KNOWN, keep

if TYPE_CHECKING:
    from domain.access import Viewer
    from storage.client import Database
    from tests.service import Served

ASK = """query($by: StatisticsPeriod!) { statistics(by: $by) { asOf
  total { plans requiredPlans drafts transmitted requiredTransmitted earlyExits abandonments transmissionRate
    requiredTransmissionRate transmissionDelay { reports medianDays p90Days meanDays }
    certification { reports obtained notObtained rate } exitSituations { situation { code label } reports } }
  courses { title figures { plans } } periods { startsOn endsOn figures { plans } } } }"""


async def test_an_organization_asks_over_graphql(served: Served, database: Database) -> None:
    now = datetime(2025, 11, 21, 9, tzinfo=UTC)
    sent = acts.transmit(a_plan(), a_form().answered(KNOWN), None, now=now, today=paris_day(now))
    await keep(database, [sent, a_plan("P-2", session=None, funding=UNPAID, ends_on=date(2025, 9, 30))])

    found = (await served.ask(staff(), ASK, by="QUARTER"))["statistics"]

    assert found == {
        "asOf": paris_day(present()).isoformat(),
        "total": {
            "plans": 2,
            "requiredPlans": 1,
            "drafts": 0,
            "transmitted": 1,
            "requiredTransmitted": 1,
            "earlyExits": 0,
            "abandonments": 0,
            "transmissionRate": 0.5,
            "requiredTransmissionRate": 1.0,
            "transmissionDelay": {"reports": 1, "medianDays": 2, "p90Days": 2, "meanDays": 2.0},
            "certification": {"reports": 1, "obtained": 1, "notObtained": 0, "rate": 1.0},
            "exitSituations": [{"situation": {"code": "EMPLOI_CDI", "label": "En emploi : CDI"}, "reports": 1}],
        },
        "courses": [
            {"title": "Permis C", "figures": {"plans": 1}},
            {"title": "Titre Professionnel Monteur Dépanneur Frigoriste", "figures": {"plans": 1}},
        ],
        "periods": [
            {"startsOn": "2025-07-01", "endsOn": "2025-09-30", "figures": {"plans": 1}},
            {"startsOn": "2025-10-01", "endsOn": "2025-12-31", "figures": {"plans": 1}},
        ],
    }
    nothing = (await served.ask(staff(OTHER_SIRET), ASK, by="YEAR"))["statistics"]
    assert (nothing["total"]["plans"], nothing["total"]["transmissionRate"], nothing["courses"]) == (0, None, [])
    assert await database["trail"].count_documents({}) == 0


@pytest.mark.parametrize("viewer", [trainee(), counsellor()])
async def test_whoever_is_of_no_organization_is_told_nothing(served: Served, viewer: Viewer) -> None:
    assert await served.ask(viewer, ASK, by="MONTH") == {"statistics": None}

"""What hypothesis draws for the lists: viewers, filters, days, searches, lengths of pages."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from domain.lateness import late_filter
from domain.pages import Days
from domain.report import ReportStatus
from tests.factories import counsellor, staff, trainee
from tests.storage.conftest import SEED, SIZE
from tests.storage.worlds import FIRST, TODAY, made_up

PLANS = made_up(SEED, SIZE)
IDENTIFIERS = sorted({plan.job_seeker.identifier for plan in PLANS})
SESSIONS = sorted({plan.session_key for plan in PLANS if plan.session_key})
DAY = st.none() | st.dates(FIRST - timedelta(30), TODAY + timedelta(60))
some_days = st.builds(Days, DAY, DAY) | st.sampled_from([Days(date.min, date.max), Days(TODAY, FIRST)])
yes_no_both = st.sampled_from([True, False, None])
SEARCHED = (
    "adam|ADAM|adam z|coeur|Œ|koné|de la|o'b|(.*)|.*|$|^|\\|luc|0|1|00|10|soud|assembleur soudeur|etat|d'Etat|lens"
    "|zoe adam|marc jean|jean-marc|st|o`brien|oʼbrien"
)
searches = st.one_of(
    st.sampled_from([None, "", " ", "oeting", "SAINT-O", "l", "niveau: b1", *SEARCHED.split("|")]),
    st.sampled_from(IDENTIFIERS).map(str.lower),
    st.sampled_from(IDENTIFIERS).map(lambda identifier: identifier[:3]),
)
of_some_plan = st.integers(0, SIZE - 1).map(lambda number: PLANS[number])
viewers = st.one_of(
    of_some_plan.map(lambda plan: staff(plan.organization.siret)),
    of_some_plan.map(lambda plan: staff(plan.organization.siret)),
    of_some_plan.map(lambda plan: counsellor(plan.adviser.id if plan.adviser else "none")),
    of_some_plan.map(lambda plan: trainee(plan.job_seeker.identifier)),
)
todays = st.just(TODAY) | st.dates(FIRST, TODAY + timedelta(60))
statuses = st.none() | st.lists(st.sampled_from(ReportStatus), unique=True)
late_or_not = st.builds(
    lambda wanted, days: lambda today: late_filter(wanted, today, days), yes_no_both, st.sampled_from([1, 30, 100])
)
lengths = st.sampled_from([1, 3, 20, 100])
a_broad_run = settings(
    max_examples=80,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""Without the search for the smallest example: each costs the server a list read to its end."""

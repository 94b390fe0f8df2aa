from datetime import date

import pytest

from domain.people import Adviser, Following
from feeds.advisers import read_advisers
from feeds.outcome import Accepted, NotThisFormat, Outcome, Rejected
from tests.feeds.factories import source

HEADER = "identifiant|conseiller|nom conseiller|agence|depuis"
ROW = "0167942369Z|A-7|Lou Blanc|62001|2026-09-01"


def read(*rows: str) -> list[Outcome[Following]]:
    return list(read_advisers(source("\n".join([HEADER, *rows]))))


@pytest.mark.parametrize("since", ["2026-09-01", "01/09/2026"])
def test_a_row_says_who_follows_whom_since_when(since: str) -> None:
    (outcome,) = read(ROW.replace("2026-09-01", since))

    adviser = Adviser(id="A-7", name="Lou Blanc", agency="62001")
    assert outcome == Accepted(2, Following(identifier="0167942369Z", adviser=adviser, since=date(2026, 9, 1)))


def test_the_name_may_be_left_out() -> None:
    (outcome,) = read_advisers(source("identifiant;conseiller;agence;depuis\n0167942369Z;A-7;62001;2026-09-01"))

    assert isinstance(outcome, Accepted)
    assert outcome.value.adviser.name == "A-7"


def test_what_is_missing_is_told_at_once_and_no_person_is_shown() -> None:
    (outcome,) = read("||Lou Blanc||demain")

    assert isinstance(outcome, Rejected)
    assert [reason.where for reason in outcome.reasons] == ["identifiant", "conseiller", "agence", "depuis"]
    (odd,) = read(ROW.replace("0167942369Z", "DURAND"))
    assert isinstance(odd, Accepted)
    assert [flag.value for flag in odd.flags] == [""]


def test_a_file_of_another_format_is_refused() -> None:
    with pytest.raises(NotThisFormat, match="not the advisers feed"):
        read_advisers(source("a|b\n1|2"))

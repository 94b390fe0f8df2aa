from collections.abc import Collection, Sequence
from datetime import date

import pytest

from domain.course import CourseKey, CourseSession
from domain.facts import Funding
from domain.loading import Written
from domain.people import Address, JobSeeker, Organization
from domain.plan import Plan
from feeds.lheo import read_lheo
from feeds.outcome import Accepted, NotThisFormat, Outcome, Rejected
from feeds.tally import Tally
from feeds.trainee import Trainee, joining
from feeds.trainees import COLUMNS, read_trainees
from tests.feeds.factories import formation_xml, lheo, source

ROW = {
    "c_nomcorrespondance": "MARTIN",
    "c_prenomcorrespondance": "EUGENE",
    "c_adresseemail": "eugene@example.org",
    "c_telephone1": "0611111111",
    "dn_individu_national": "9999999991",
    "dn_session_id": "3565575",
    "c_individulocal": "0167942369Z",
    "dc_formation_id": "14_AF_1",
    "dc_lblformation": '"Vente"',
    "dd_datedebutplanformation": "2026-09-07 00:00:00.0",
    "dd_datefinplanformation": "2026-11-13 00:00:00.0",
    "dc_cp_lieuformation": "93100",
    "dc_ville_lieuformation": "Lens",
    "dc_siret": "73282932000074",
    "dc_lblorganisme": "Forma",
    "dc_raisonsociale": "NULL",
    "dc_numeroicsession": "SE_1",
    "dc_numeroicaction": "AC_1",
    "liste_financeur": "4;7",
    "c_dispositifformation": "AIF",
}


def export(*changes: dict[str, str], columns: Sequence[str] = tuple(ROW)) -> str:
    rows = [{**ROW, **change} for change in changes or [{}]]
    lines = ["|".join(columns), *("|".join(row[name] for name in columns) for row in rows)]
    return "\n".join(lines)


def read(content: str | bytes) -> list[Outcome[Trainee]]:
    return list(read_trainees(source(content)))


def only(**changes: str) -> Accepted[Trainee]:
    (outcome,) = read(export(changes))
    assert isinstance(outcome, Accepted), outcome
    return outcome


def course() -> CourseSession:
    (outcome,) = read_lheo(source(lheo(formation_xml())))
    assert isinstance(outcome, Accepted)
    return outcome.value


class Desk:
    """The sessions that are known, and the plans that were written."""

    def __init__(self, *courses: CourseSession) -> None:
        self.courses = {known.key: known for known in courses}
        self.plans: list[Plan] = []
        self.tally = Tally()

    async def find(self, keys: Collection[CourseKey]) -> dict[CourseKey, CourseSession]:
        return {key: known for key, known in self.courses.items() if key in keys}

    async def write(self, plans: Sequence[Plan]) -> Written:
        self.plans += plans
        return Written(added=len(plans))

    async def load(self, *trainees: Trainee) -> Written:
        return await joining(self.find, self.write, self.tally)(trainees)


def test_a_row_gives_a_plan_in_all_but_its_session() -> None:
    outcome = only()

    assert outcome.flags == ()
    assert outcome.value == Trainee(
        id=outcome.value.id,
        starts_on=date(2026, 9, 7),
        ends_on=date(2026, 11, 13),
        title="Vente",
        carif_number="14_AF_1",
        key=CourseKey(formation="14_AF_1", action="AC_1", session="SE_1"),
        funding=Funding(scheme="AIF", employment_service_funded=True),
        job_seeker=JobSeeker(identifier="0167942369Z", last_name="MARTIN", first_name="EUGENE"),
        organization=Organization(
            siret="73282932000074", legal_name="Forma", address=Address(postal_code="93100", city="Lens")
        ),
    )


def test_mail_phones_and_national_number_stay_at_the_door() -> None:
    dumped = only().value.model_dump_json()

    assert not [secret for secret in ("example.org", "0611111111", "9999999991") if secret in dumped]


def test_one_person_on_one_session_under_two_dispositifs_has_two_plans() -> None:
    assert only().value.id != only(c_dispositifformation="41N").value.id


def test_a_later_state_of_a_row_is_the_same_plan() -> None:
    later = only(dd_datefinplanformation="2026-12-01 00:00:00.0", liste_financeur="4", c_nomcorrespondance="MARTINE")

    assert later.value.id == only().value.id


def test_the_order_of_columns_and_columns_unknown_do_not_matter() -> None:
    columns = [*sorted(COLUMNS, reverse=True), "novelty"]

    (outcome,) = read(export({"novelty": "x"}, columns=columns))

    assert isinstance(outcome, Accepted)
    assert outcome.value == only().value


@pytest.mark.parametrize(
    ("funders", "scheme", "funded"),
    [
        ("4;7", "CR", True),
        ("2;7", "CR", False),
        ("14", "CR", False),
        ("2", "POEC_OPCA", True),
        ("NULL", "AFC", True),
        ("NULL", "BEN", False),
    ],
)
def test_the_employment_service_pays_where_it_is_a_funder_or_the_programme_is_its_own(
    funders: str,
    scheme: str,
    funded: bool,  # noqa: FBT001 - a parameter of the case
) -> None:
    funding = only(liste_financeur=funders, c_dispositifformation=scheme).value.funding

    assert funding == Funding(scheme=scheme, employment_service_funded=funded)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("dc_siret", "00000000000000"),
        ("dc_siret", "NULL"),
        ("c_individulocal", "NULL"),
        ("c_nomcorrespondance", " "),
        ("dc_lblformation", ""),
        ("dd_datedebutplanformation", "NULL"),
        ("dd_datefinplanformation", "2026-02-30 00:00:00.0"),
        ("dd_datefinplanformation", "2026-09-06"),
        ("dd_datedebutplanformation", "07/09/2026"),
    ],
)
def test_a_row_that_cannot_be_a_plan_is_rejected_by_its_column(column: str, value: str) -> None:
    (outcome,) = read(export({column: value}))

    assert isinstance(outcome, Rejected)
    assert [reason.where for reason in outcome.reasons] == [column]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("dc_siret", "011111111111111"),
        ("c_individulocal", "X1"),
        ("c_dispositifformation", "NOUVEAU"),
        ("liste_financeur", "NULL"),
        ("liste_financeur", "7"),
        ("dc_ville_lieuformation", "NULL"),
        ("dc_numeroicsession", "NULL"),
        ("dd_datefinplanformation", "9999-12-31 00:00:00.0"),
        ("c_nomcorrespondance", "M" * 251),
    ],
)
def test_what_is_odd_and_harmless_is_kept_and_flagged(column: str, value: str) -> None:
    assert [flag.where for flag in only(**{column: value}).flags] == [column]


def test_the_first_and_the_last_day_of_time_are_days() -> None:
    outcome = only(dd_datedebutplanformation="1900-01-01 00:00:00.0", dd_datefinplanformation="2999-12-31 00:00:00.0")

    assert outcome.flags == ()
    assert (outcome.value.starts_on, outcome.value.ends_on) == (date(1900, 1, 1), date(2999, 12, 31))


def test_remarks_on_a_person_do_not_show_them() -> None:
    assert [flag.value for flag in only(c_nomcorrespondance="M" * 251).flags] == [""]


def test_rows_of_another_width_are_rejected_and_trailing_separators_are_no_matter() -> None:
    header, row = export().split("\n")

    outcomes = read("\n".join([header, row + "|||", row + "|x", row.replace("|AIF", ""), row]))

    assert [type(outcome).__name__ for outcome in outcomes] == ["Accepted", "Rejected", "Rejected", "Accepted"]
    assert [outcome.line for outcome in outcomes] == [2, 3, 4, 5]


def test_a_row_over_a_mebibyte_is_rejected_and_the_next_one_is_read() -> None:
    outcomes = read(export({"dc_lblformation": "x" * (1 << 20)}, {}))

    assert [(outcome.line, type(outcome).__name__) for outcome in outcomes] == [(2, "Rejected"), (3, "Accepted")]


def test_a_stray_quote_spoils_no_other_row() -> None:
    outcomes = read(export({"dc_lblformation": '"Vente'}, {}))

    assert [type(outcome).__name__ for outcome in outcomes] == ["Accepted", "Accepted"]


def test_an_export_in_the_old_windows_encoding_is_read_too() -> None:
    outcome, _ = read(export({"c_prenomcorrespondance": "Zoé"}, {}).encode("cp1252"))

    assert isinstance(outcome, Accepted)
    assert outcome.value.job_seeker.first_name == "Zoé"


def test_one_row_in_the_old_encoding_is_rejected_where_the_others_are_utf8() -> None:
    header, first, second = export({"c_prenomcorrespondance": "Zoé"}, {"c_prenomcorrespondance": "Noé"}).split("\n")

    outcomes = read(b"\n".join([header.encode(), first.encode("cp1252"), second.encode(), b""]))

    assert [type(outcome).__name__ for outcome in outcomes] == ["Rejected", "Accepted"]


@pytest.mark.parametrize("content", [b"", b"{}", b"<lheo/>", b"a|b|c\n1|2|3", b"\x00\xff"])
def test_a_file_of_another_format_is_refused_before_its_first_record(content: bytes) -> None:
    with pytest.raises(NotThisFormat, match="its header lacks c_nomcorrespondance"):
        read_trainees(source(content))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-09-06T22:00:00.000Z", date(2026, 9, 7)),
        ("2026-09-06T23:30:00+01:00", date(2026, 9, 7)),
        ("2026-09-06T22:00:00", date(2026, 9, 6)),
        ("2026-09-07", date(2026, 9, 7)),
    ],
)
def test_an_instant_is_of_the_day_it_is_in_paris(written: str, day: date) -> None:
    assert only(dd_datedebutplanformation=written).value.starts_on == day

"""A trainee of the export becomes a plan: with its session where that is known, and without."""

from datetime import date

import pytest

from domain.form import Form
from domain.nomenclature import Entry, ListedEntry, NomenclatureName
from feeds.outcome import Accepted
from feeds.trainee import Trainee
from tests.feeds.test_trainees import ROW, Desk, course, only, read


async def test_a_trainee_joins_the_session_of_its_intercarif_numbers() -> None:
    desk = Desk(course())

    await desk.load(only().value)

    (plan,) = desk.plans
    assert plan.session == course().session
    assert plan.organization == course().organization
    assert (plan.title, plan.own_title, plan.starts_on) == ("Vente", None, date(2026, 9, 7))
    assert desk.tally.odd == {}


async def test_the_organization_of_the_row_counts_where_the_session_is_anothers() -> None:
    desk = Desk(course())

    await desk.load(only(dc_siret="44306184100047").value)

    assert desk.plans[0].organization.siret == "44306184100047"
    assert desk.plans[0].session == course().session


async def test_a_trainee_of_an_unknown_session_has_a_plan_without_session_and_this_is_told() -> None:
    desk = Desk(course())

    await desk.load(only(dc_numeroicsession="SE_2").value, only(dc_numeroicsession="NULL").value)

    assert [(plan.session, plan.title, plan.carif_number) for plan in desk.plans] == [(None, "Vente", "14_AF_1")] * 2
    assert list(desk.tally.odd.values()) == [1]


MORE = {"dc_formacode_ppal_id": "42854", "dn_certifinfo_1_id": "80735", "dn_certifinfo_2_id": "NULL"}


def with_more(**changes: str) -> Accepted[Trainee]:
    row = ROW | MORE | changes
    (outcome,) = read("|".join(row) + "\n" + "|".join(row.values()))
    assert isinstance(outcome, Accepted), outcome
    return outcome


def test_formacode_and_certification_open_the_form_where_no_session_tells_better() -> None:
    trainee = with_more().value
    known = {(NomenclatureName.CERTIFICATION, "80735"): ListedEntry(code="80735", label="TP Vendeur")}

    alone = trainee.plan(None, known)
    assert alone.formacode == Entry(code="42854", label="Code inconnu")
    assert alone.prefilled_form(known) == Form(certifying=True, certification=Entry(code="80735", label="TP Vendeur"))
    joined = trainee.plan(course(), known)
    assert joined.certification == course().session.certification


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"dc_formacode_ppal_id": "4285"}, "dc_formacode_ppal_id"),
        ({"dn_certifinfo_2_id": "99"}, "dn_certifinfo_1_id"),
        ({"dn_certifinfo_1_id": "TP"}, "dn_certifinfo_1_id"),
    ],
)
def test_odd_codes_of_a_row_are_flagged(changes: dict[str, str], where: str) -> None:
    assert [flag.where for flag in with_more(**changes).flags] == [where]

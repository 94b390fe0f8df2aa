from datetime import date
from unicodedata import normalize

import pytest

from domain.account import Account, Succession
from feeds.organizations import read_organizations
from feeds.outcome import Accepted, NotThisFormat, Outcome, Rejected
from tests.feeds.factories import source

COLUMNS = "SIRET|LIBELLE|REGION|Nouvelle région|Nom RGC|Prénom RGC|mail RGC|Téléphone RGC|ASSEDIC|convention"
HEADER = f"{COLUMNS}|date début|date fin"
ROW = "73282932000074|Forma|ALSACE|Grand Est|Dupont|Henri|henri@example.org|0123456789|17|0126XXX-1/1|05/09/2017|"


def read(*rows: str) -> list[Outcome[Account]]:
    return list(read_organizations(source("\n".join([HEADER, *rows]))))


def test_an_account_keeps_its_agreement_and_nothing_of_its_contact() -> None:
    (outcome,) = read(ROW)

    assert outcome == Accepted(
        2,
        Account(
            siret="73282932000074",
            legal_name="Forma",
            agreement="0126XXX-1/1",
            region="Grand Est",
            former_region="ALSACE",
            starts_on=date(2017, 9, 5),
            ends_on=None,
        ),
    )


@pytest.mark.parametrize(
    ("before", "header"),
    [
        ("sep=|\r\n", HEADER),
        (" \t\n\n", HEADER),
        ("", normalize("NFD", HEADER)),
        ("", HEADER.replace("LIBELLE", "\u200eLIBELLE\u00a0")),
    ],
)
def test_a_header_is_known_as_spreadsheets_and_other_systems_write_it(before: str, header: str) -> None:
    (outcome,) = read_organizations(source(f"{before}{header}\r\n{ROW}\r\n"))

    assert isinstance(outcome, Accepted)
    assert (outcome.value.legal_name, outcome.value.region) == ("Forma", "Grand Est")


def test_an_account_without_siret_or_name_is_rejected_with_both_reasons() -> None:
    (outcome,) = read(ROW.replace("73282932000074", "").replace("Forma", "NULL"))

    assert isinstance(outcome, Rejected)
    assert [reason.where for reason in outcome.reasons] == ["SIRET", "LIBELLE"]


@pytest.mark.parametrize(
    ("change", "where"), [(("73282932000074", "11111111111111"), "SIRET"), (("05/09/2017", "99999999"), "date début")]
)
def test_what_is_odd_and_harmless_is_kept_and_flagged(change: tuple[str, str], where: str) -> None:
    (outcome,) = read(ROW.replace(*change))

    assert isinstance(outcome, Accepted)
    assert [flag.where for flag in outcome.flags] == [where]


def test_a_file_of_another_format_is_refused() -> None:
    with pytest.raises(NotThisFormat, match="not the accounts export"):
        read_organizations(source("a|b\n1|2"))


def test_an_organization_may_say_whose_place_it_took_and_since_when() -> None:
    rows = [HEADER + "|ancien SIRET|date succession", ROW + "|35600000000048|01/07/2026"]
    (outcome,) = read_organizations(source("\n".join(rows)))

    assert isinstance(outcome, Accepted)
    assert outcome.value.succession == Succession(former_siret="35600000000048", since=date(2026, 7, 1))


@pytest.mark.parametrize("said", ["35600000000048|", "|01/07/2026", "73282932000074|01/07/2026", "?|01/07/2026"])
def test_half_a_succession_gives_no_rights_and_is_flagged(said: str) -> None:
    (outcome,) = read_organizations(source(f"{HEADER}|ancien SIRET|date succession\n{ROW}|{said}"))

    assert isinstance(outcome, Accepted)
    assert outcome.value.succession is None
    assert "ancien siret" in [flag.where for flag in outcome.flags]

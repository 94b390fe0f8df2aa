from datetime import date

import pytest

from domain.loading import Written
from domain.nomenclature import ListedEntry, NomenclatureName
from feeds.nomenclatures import compared, read_nomenclature, whole_list
from feeds.outcome import Accepted, NotThisFormat, Outcome, Rejected
from tests.feeds.factories import source

RNCP = (
    "CodeRNCP;intituleDiplome;date_fin_validite_enregistrement;ActiveInactive;EtatFiche\r\n"
    "RNCP10013;Assistant(e) import-export;1/6/21;ACTIVE;Publiée\r\n"
    'RNCP2002;"Arts ; Mention\r\n Sciences";1/1/24;INACTIVE;Publiée\r\n'
    "RNCP1006;Pilote;1/1/24;ACTIVE;Publiée\r\n"
)
OURS = """# Situations
- code: EMPLOI_CDI
  label: "En emploi : CDI"
- {code: '01', label: Ancienne, retired: true}
- code: 07
  label: Sept
"""


def read(content: str | bytes, name: NomenclatureName) -> list[Outcome[ListedEntry]]:
    return list(read_nomenclature(source(content), name))


def entries(content: str | bytes, name: NomenclatureName) -> list[tuple[int, str, str, bool]]:
    return [
        (outcome.line, outcome.value.code, outcome.value.label, outcome.value.retired)
        for outcome in read(content, name)
        if isinstance(outcome, Accepted)
    ]


def test_the_register_of_certifications_keeps_inactive_ones_as_retired() -> None:
    assert entries(RNCP, NomenclatureName.CERTIFICATION) == [
        (2, "RNCP10013", "Assistant(e) import-export", False),
        (3, "RNCP2002", "Arts ; Mention Sciences", True),
        (5, "RNCP1006", "Pilote", False),
    ]


def test_occupations_and_formacodes_are_a_code_and_a_label() -> None:
    rome = "code_rome;libelle\r\nA1101;Conduite d'engins\r\n"
    formacode = "code;label\n00001;Vente\n"

    assert entries(rome, NomenclatureName.ROME) == [(2, "A1101", "Conduite d'engins", False)]
    assert entries(formacode, NomenclatureName.FORMACODE) == [(2, "00001", "Vente", False)]


def test_our_own_lists_are_yaml_and_codes_stay_as_they_are_written() -> None:
    assert entries(OURS, NomenclatureName.EXIT_SITUATION) == [
        (2, "EMPLOI_CDI", "En emploi : CDI", False),
        (4, "01", "Ancienne", True),
        (5, "07", "Sept", False),
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("code;label\n42854;\n", 2),
        ("code;label\n\nF1605;Vente\n", 3),
        ("code;label\n42854;a;b\n", 2),
        (f'code;label\n42854;"{"x" * 200_000}"\n', 2),
        ("- code: 42854\n  label: {a: b}\n", 1),
        ("- code: 42854\n  label: a\n  retired: perhaps\n", 1),
        ("- code: 42854\n  label: a\n- text\n", 3),
    ],
)
def test_an_entry_that_will_not_do_is_rejected_by_its_line(content: str, line: int) -> None:
    outcomes = read(content, NomenclatureName.FORMACODE)

    assert [outcome.line for outcome in outcomes if isinstance(outcome, Rejected)] == [line]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "a;b\n1;2",
        "<lheo/>",
        "- [",
        "---\ncode: 1",
        "- " + "[" * 1500,
        "- \x00",
        b"- \xff",
        "#" * 70_000,
        "- a\n" * (2 << 20),
    ],
    ids=["empty", "columns", "xml", "cut", "mapping", "deep", "nul", "encoding", "comment", "large"],
)
def test_a_file_of_another_format_is_refused(content: str | bytes) -> None:
    with pytest.raises(NotThisFormat):
        read(content, NomenclatureName.FORMACODE)


def test_the_file_of_another_list_does_not_take_its_place() -> None:
    outcomes = read("code_rome;libelle\nA1101;Engins\n", NomenclatureName.FORMACODE)

    with pytest.raises(NotThisFormat, match="nothing was changed"):
        whole_list(source(b""), outcomes)


def test_the_later_of_two_entries_with_one_code_counts() -> None:
    outcomes = read("code;label\n42854;One\n42854;Two\nx;Three\n", NomenclatureName.FORMACODE)

    assert whole_list(source(b""), outcomes) == [ListedEntry(code="42854", label="Two")]


def test_what_does_not_show_is_no_part_of_a_code() -> None:
    (found,) = entries("code;label\n\u200eAUTRE\u200b;Autre\n", NomenclatureName.EXIT_REASON)

    assert found[1] == "AUTRE"


def test_what_publishing_changes_is_told_beforehand() -> None:
    same, other, new = (ListedEntry(code=code, label="a") for code in ("00001", "00002", "00003"))
    name = NomenclatureName.FORMACODE
    known = {(name, "00001"): same, (name, "00002"): other.model_copy(update={"retired": True})}

    assert compared([same, other, new], known, name) == Written(added=1, changed=1, unchanged=1)


@pytest.mark.parametrize(
    ("column", "code", "kept"),
    [
        ("CodeRNCP", "34159", "RNCP34159"),
        ("Code RNCP", "rncp34159", "RNCP34159"),
        ("code_rs", "6117", "RS6117"),
        ("Numero_Fiche", "RS6117", "RS6117"),
        ("Numero_Fiche", "34159", None),
        ("Numero_Fiche", "\uff13\uff14\uff11\uff15\uff19", None),
        ("Numero_Fiche", "34159\u200e", None),
        ("CodeRNCP", "RNCP\u00a034159", "RNCP34159"),
        ("CodeRNCP", "34\u00a0159", None),
        ("code", "34159", "34159"),
        ("CodeRNCP", "RNCP34159BC01", "RNCP34159BC01"),
    ],
)
def test_numbers_without_letters_are_of_the_register_that_their_column_names(
    column: str, code: str, kept: str | None
) -> None:
    found = entries(f"{column};intituleDiplome\n{code};Technicien\n", NomenclatureName.CERTIFICATION)

    assert found == ([(2, kept, "Technicien", False)] if kept else [])


FICHES = """<?xml version="1.0" encoding="UTF-8"?>
<FICHES><VERSION_FLUX>3.0</VERSION_FLUX>
<FICHE><ID_FICHE>1</ID_FICHE><NUMERO_FICHE>RNCP99401</NUMERO_FICHE><INTITULE>Cuisinier &amp;amp; pâtissier</INTITULE>
<ABREGE><CODE>TP</CODE><LIBELLE>Titre professionnel</LIBELLE></ABREGE><ACTIVITES_VISEES>&lt;p&gt;…</ACTIVITES_VISEES>
<CERTIFICATEURS><CERTIFICATEUR><NOM_CERTIFICATEUR>X</NOM_CERTIFICATEUR></CERTIFICATEUR></CERTIFICATEURS>
<ACTIF>Oui</ACTIF><DATE_FIN_ENREGISTREMENT>31/12/2027</DATE_FIN_ENREGISTREMENT></FICHE>
<FICHE><NUMERO_FICHE>RS6117</NUMERO_FICHE><INTITULE>Ancienne</INTITULE><ACTIF>Non</ACTIF>
<DATE_FIN_ENREGISTREMENT>31/12/2024</DATE_FIN_ENREGISTREMENT></FICHE>
<FICHE><NUMERO_FICHE>12</NUMERO_FICHE><INTITULE>Sans lettres</INTITULE><ACTIF>Oui</ACTIF></FICHE>
</FICHES>"""


def test_the_register_of_france_competences_is_read_as_xml() -> None:
    first, second, third = read(FICHES, NomenclatureName.CERTIFICATION)

    assert isinstance(first, Accepted)
    assert first.value == ListedEntry(code="RNCP99401", label="Cuisinier & pâtissier")
    assert isinstance(second, Accepted)
    assert second.value == ListedEntry(code="RS6117", label="Ancienne", retired=True, retired_on=date(2025, 1, 1))
    assert isinstance(third, Rejected)
    assert (third.line, third.reasons[0].value) == (9, "12")


def test_a_register_that_breaks_off_ends_with_where() -> None:
    *_, last = read(FICHES[: FICHES.index("<FICHE><NUMERO_FICHE>12")], NomenclatureName.CERTIFICATION)

    assert isinstance(last, Rejected)
    assert "not well-formed from here on" in last.reasons[0].reason


def test_occupations_are_read_as_their_publisher_has_them() -> None:
    xml = """<ogr><item_referentiel_code_rome><code_rome>A1101</code_rome><code_ogr>5</code_ogr>
<libelle>Conduite d'engins</libelle></item_referentiel_code_rome></ogr>"""
    table = (
        '"code_rome","code_fiche_em","code_ogr","libelle_rome","statut"\n"A1101","3","5","Conduite d\'engins","1"\n'
    )

    for content in (xml, table):
        ((_, code, label, retired),) = entries(content, NomenclatureName.ROME)
        assert (code, label, retired) == ("A1101", "Conduite d'engins", False)


@pytest.mark.parametrize("header", ["Code FORMACODE;Libellé FORMACODE", "FORMACODE;Intitulé", "Code;Descripteur"])
def test_formacode_is_a_table_whatever_its_columns_are_called(header: str) -> None:
    assert entries(f"{header};Autre\n42854;Vente;x\n", NomenclatureName.FORMACODE) == [(2, "42854", "Vente", False)]


def test_xml_that_is_no_register_is_refused() -> None:
    with pytest.raises(NotThisFormat, match="not a list of codes: its root element is lheo"):
        read("<lheo/>", NomenclatureName.CERTIFICATION)

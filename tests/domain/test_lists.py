from __future__ import annotations

import re

import pytest

from domain.filters import AwaitedFilter, PlanFilter, ReportFilter, SessionFilter, SessionOrder
from domain.listed import AskedList, ListName
from domain.lists import PACKAGED
from domain.nomenclature import UNKNOWN_LABEL, Entry, ListedEntry, NomenclatureName, entry
from domain.pages import Days
from tests.domain.known import KNOWN
from tests.factories import TODAY

OFFERED = {
    NomenclatureName.TEACHING_MODE: "0 1 2",
    NomenclatureName.EXIT_LEVEL: "11 12 13 14 15 16 17 18 1 0",
    NomenclatureName.EXIT_SITUATION: (
        "EMPLOI_CDI EMPLOI_CDD_6M_PLUS FONCTION_PUBLIQUE CREATION_ENTREPRISE ALTERNANCE EMPLOI_CDD_MOINS_6M "
        "CONTRAT_AIDE_INSERTION PROMESSE_EMBAUCHE AUTRE_FORMATION FORMATION_SCOLAIRE ATTENTE_CERTIFICATION "
        "RECHERCHE_EMPLOI INDISPONIBLE RETRAIT AUTRE NON_CONNUE"
    ),
    NomenclatureName.EXIT_REASON: (
        "REPRISE_EMPLOI AUTRE_FORMATION CERTIFICATION_ANTICIPEE SANTE MATERNITE_PATERNITE GARDE_ENFANT "
        "MOBILITE_TRANSPORT LOGEMENT DIFFICULTE_FINANCIERE DEMENAGEMENT CHANGEMENT_PROJET FORMATION_INADAPTEE "
        "DECISION_STAGIAIRE ABSENCES_INJUSTIFIEES EXCLUSION_DISCIPLINAIRE INTERRUPTION_OF_REPORT "
        "INTERRUPTION_OF_SANS_REPORT NON_PRESENTE FORCE_MAJEURE DECES AUTRE"
    ),
    NomenclatureName.ABSENCE_REASON: (
        "MALADIE ACCIDENT_TRAVAIL MATERNITE ENFANT_MALADE EVENEMENT_FAMILIAL CONVOCATION_ADMINISTRATIVE "
        "ENTRETIEN_EMBAUCHE RDV_FRANCE_TRAVAIL TRANSPORT FERMETURE_OF AUTRE_JUSTIFIEE INJUSTIFIEE"
    ),
}


@pytest.mark.parametrize("name", OFFERED)
def test_a_packaged_list_offers_its_codes_in_order(name: NomenclatureName) -> None:
    assert [each.code for each in PACKAGED[name] if not each.retired] == OFFERED[name].split()


def test_old_levels_stay_readable_and_are_not_offered() -> None:
    retired = [each.code for each in PACKAGED[NomenclatureName.EXIT_LEVEL] if each.retired]
    assert retired == ["2", "3", "4", "5", "6", "7", "8"]


def test_the_new_level_four_is_not_the_old_one() -> None:
    level = NomenclatureName.EXIT_LEVEL
    assert "baccalauréat" in KNOWN[level, "14"].label
    assert "CAP" in KNOWN[level, "4"].label


@pytest.mark.parametrize("name", PACKAGED)
def test_every_entry_has_a_label_of_its_own_in_a_list_without_doubles(name: NomenclatureName) -> None:
    entries = PACKAGED[name]
    assert len({each.code for each in entries}) == len({each.label for each in entries}) == len(entries)
    assert all(re.match(r"[A-ZÉ]", each.label) for each in entries)


def test_an_unknown_code_is_shown_as_unknown_and_a_retired_one_under_its_label() -> None:
    known = {(NomenclatureName.ROME, "I1306"): ListedEntry(code="I1306", label="Froid", retired=True)}
    assert entry(known, NomenclatureName.ROME, "I1306") == Entry(code="I1306", label="Froid")
    assert entry(known, NomenclatureName.ROME, "Z9999") == Entry(code="Z9999", label=UNKNOWN_LABEL)
    assert entry(known, NomenclatureName.FORMACODE, "I1306") == Entry(code="I1306", label=UNKNOWN_LABEL)
    assert entry(known, NomenclatureName.ROME, None) is None


def test_a_list_that_is_asked_for_again_has_its_filters_and_its_order() -> None:
    days = Days(TODAY, None)
    sessions = SessionFilter(funded=False, ends=days, search="adv", order=SessionOrder.CITY, descending=True)
    plans = PlanFilter("S-1", funded=True, referenced=True, ends=Days(None, TODAY), search="ad")
    reports = ReportFilter(days, "ad", "S-1", complete=True, descending=False)
    awaited = AwaitedFilter(required=True, ends=days, organization="123")
    for asked in (
        AskedList(name=ListName.PENDING_SESSIONS, sessions=sessions),
        AskedList(name=ListName.TRAINING_PLANS, plans=plans),
        AskedList(name=ListName.DRAFTS, reports=reports),
        AskedList(name=ListName.AWAITED_PLANS, awaited=awaited),
    ):
        again = AskedList.model_validate(asked.model_dump(mode="json", exclude_defaults=True))
        assert again == asked

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import cleaned, cleaned_code, folded, folded_town, folded_words

ANY = st.text(st.characters(codec=None, exclude_categories=()))
"""Lone surrogates too: they come in as escapes of JSON."""


@pytest.mark.parametrize(
    "blank", ["", " ", "\n\t", "\xa0\u202f", "\u200b", "\ufeff", "\xad", "\u2060 \u200d", "\x00\x07", "\ud800"]
)
def test_what_shows_nothing_is_no_answer(blank: str) -> None:
    assert cleaned(blank) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Souder. \n", "Souder."),
        ("un\r\ndeux\rtrois", "un\ndeux\ntrois"),
        ("a\tb", "a\tb"),
        ("a\x00b\x7fc\x85d\ud800e\uffff", "abcde"),
        ("Zoe\u0301", "Zoé"),
        ("0", "0"),
        ("-", "-"),
        ("👩\u200d🏭", "👩\u200d🏭"),
        ("for\xadma\u200btion\ufeff", "formation"),
        ("\u202a732 829\u202c", "732 829"),
        ("e\u200b\u0301", "é"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_text_is_kept_without_what_cannot_be_printed(typed: str, kept: str) -> None:
    assert cleaned(typed) == kept


def test_no_text_stays_none() -> None:
    assert cleaned(None) is None


@given(ANY)
def test_a_code_has_nothing_that_does_not_show(text: str) -> None:
    kept = cleaned_code(text)
    assert cleaned_code(kept) == kept
    assert kept is None or all(unicodedata.category(each) not in {"Cc", "Cs"} or each in "\n\t" for each in kept)


@pytest.mark.parametrize("mark", "\xad\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u202e\u2060\u2066\u2069\ufeff")
def test_a_code_is_the_same_with_marks_that_nobody_sees(mark: str) -> None:
    assert cleaned_code(f"{mark}732{mark}82932000074{mark}") == "73282932000074"


@given(ANY)
def test_cleaning_again_changes_nothing_and_what_is_kept_can_be_stored(text: str) -> None:
    kept = cleaned(text)
    assert cleaned(kept) == kept
    if kept is not None:
        assert kept.strip()
        assert "\x00" not in kept
        assert kept.encode().decode() == kept
        assert unicodedata.is_normalized("NFC", kept)


@pytest.mark.parametrize(
    ("typed", "found_as"),
    [
        ("Éloïse", "eloise"),
        ("CŒUR", "coeur"),
        ("Lætitia", "laetitia"),
        ("d’État", "d'etat"),
        ("  de  la\tTour ", "de la tour"),
        ("Straße", "strasse"),
        ("ﬁn", "fin"),
        ("KONÉ", "kone"),
        ("№ 1", "no 1"),
        ("Łukasz Sørensen", "lukasz sorensen"),
    ],
)
def test_searches_ignore_case_accents_and_ligatures(typed: str, found_as: str) -> None:
    assert folded(typed) == found_as


@given(ANY)
def test_folding_again_changes_nothing_and_case_does_not_matter(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    assert once == " ".join(once.split())
    once.encode()


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F, categories=["Lu", "Ll"])))
def test_a_name_is_found_in_capitals_and_in_small_letters(name: str) -> None:
    assert folded(name.upper()) == folded(name.lower()) == folded(unicodedata.normalize("NFD", name))


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Diplôme d'État (DEAES)", "diplome d etat deaes"),
        ("CQP - Agent de Prévention", "cqp agent de prevention"),
        ("Bureautique : tableur", "bureautique tableur"),
        ("snake_case", "snake case"),
        ("(.*)$", ""),
    ],
)
def test_words_are_letters_and_digits(title: str, words: str) -> None:
    assert folded_words(title) == words


@pytest.mark.parametrize("apostrophe", "'’‘‛ʼʻ′´`＇")
def test_every_sort_of_apostrophe_parts_words_alike(apostrophe: str) -> None:
    assert folded_words(f"N{apostrophe}DIAYE") == "n diaye"


@pytest.mark.parametrize("hyphen", "-‐‑–—−_ \u00a0\u202f")
def test_every_sort_of_hyphen_and_space_parts_words_alike(hyphen: str) -> None:
    assert folded_words(f"Le{hyphen}Goff") == "le goff"


@pytest.mark.parametrize("unseen", ["\xad", "\u200b", "\u200d", "\u2060", "\ufeff", "\u202a"])
def test_what_nobody_sees_parts_nothing(unseen: str) -> None:
    assert folded_words(f"DU{unseen}PONTEL") == "dupontel"


@pytest.mark.parametrize("town", ["Saint-Étienne", "St Etienne", "ST-ETIENNE", "saint etienne"])
def test_a_saint_is_one_however_the_town_is_written(town: str) -> None:
    assert folded_town(town) == "saint etienne"

"""Characters: French ones are there, others are replaced and told."""

import pytest

from pdf import fonts
from pdf.ink import covered, inked, typeset
from pdf.printer import Printer
from tests.pdf.conftest import text
from tests.pdf.plans import EMOJI

COVERED = covered(fonts.FACES)


def test_the_font_has_all_of_french() -> None:
    french = "àâäæçéèêëîïôöœùûüÿÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸ«»‹›“”‘’'\"–—…·•°²³½№€%‰§†×−\u00a0\u202f"
    assert set(french) - COVERED == set()


def test_every_printable_character_of_latin_1_is_in_the_font() -> None:
    assert {chr(point) for point in (*range(0x20, 0x7F), *range(0xA0, 0x100))} - COVERED == set()


@pytest.mark.parametrize(
    ("typed", "printed", "told"),
    [
        ("œuvre à 12 €", "œuvre à 12 €", ()),
        ("bravo 😀 !", "bravo ◊ !", ("U+1F600 😀",)),
        ("漢字", "◊◊", ("U+5B57 字", "U+6F22 漢")),
        ("sonnerie\x07", "sonnerie", ("U+0007",)),
        ("👨\u200d👩", "◊◊", ("U+1F468 👨", "U+1F469 👩")),
        ("cœur ♥\ufe0f", "cœur ◊", ("U+2665 ♥",)),
        ("gauche \u202eà droite", "gauche à droite", ()),
    ],
)
def test_what_the_font_lacks_is_replaced_and_told(typed: str, printed: str, told: tuple[str, ...]) -> None:
    covered_less = COVERED - {"♥"}
    assert inked(typed, covered_less) == (printed, told)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Attention : oui ; non ? si !", "Attention\u202f: oui\u202f; non\u202f? si\u202f!"),
        ("« Bonjour »", "«\u00a0Bonjour\u00a0»"),
        ("«Bonjour»", "«\u00a0Bonjour\u00a0»"),
        ("https://exemple.fr/a?b=c", "https://exemple.fr/a?b=c"),
        ("à 12:30", "à 12:30"),
        ("l'œuvre d'Émilie", "l’œuvre d’Émilie"),
        ("210 h à 12 €", "210\u00a0h à 12\u00a0€"),
        ("35 hommes", "35 hommes"),
        ("e\u0301te\u0301", "été"),
        ("a\r\n\r\n \n\nb", "a\n\nb"),
    ],
)
def test_text_is_set_as_french_is(typed: str, printed: str) -> None:
    assert typeset(typed) == printed


async def test_a_document_tells_what_it_replaced(shared: Printer) -> None:
    document = await shared.print(EMOJI)
    assert document.replaced == (
        "U+0007",
        "U+5B57 字",
        "U+6F22 漢",
        "U+1F467 👧",
        "U+1F468 👨",
        "U+1F469 👩",
        "U+1F600 😀",
    )
    assert "Très motivée ◊◊◊◊ et ◊◊" in await text(shared, EMOJI)

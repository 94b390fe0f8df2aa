"""Characters: French ones are there, others are replaced and told."""

import pytest

from pdf import fonts
from pdf.ink import covered, inked, named, typeset
from pdf.line_breaks import BREAK, LONGEST_RUN, eased
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
        ("œuvre à 12 €", "œuvre à 12\u00a0€", ()),
        ("bravo 😀 !", "bravo ◊\u202f!", ("U+1F600 😀",)),
        ("漢字", "◊◊", ("U+5B57 字", "U+6F22 漢")),
        ("sonnerie\x07", "sonnerie", ("U+0007",)),
        ("👨\u200d👩", "◊◊", ("U+1F468 👨", "U+1F469 👩")),
        ("cœur ♥\ufe0f", "cœur ◊", ("U+2665 ♥",)),
        ("gauche \u202eà droite", "gauche à droite", ()),
        ("𝐆𝐫𝐚𝐬 ①", "Gras 1", ()),
    ],
)
def test_what_the_font_lacks_is_replaced_and_told(typed: str, printed: str, told: tuple[str, ...]) -> None:
    covered_less = COVERED - {"♥"}
    text, missing = inked(typeset(typed), covered_less)
    assert (text, named(missing)) == (printed, told)


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
        ("for\xadma\u034f\ufefftion", "formation"),
        ("\u202ade gauche\u202c à droite\u200f", "de gauche à droite"),
        ("a\u3000b\u1680c", "a b c"),
        ("a\u200d\u200cb می\u200cخواهم \u200d", "ab می\u200cخواهم "),
        ("e" + "\u0323" * 3000, "ẹ" + "\u0323" * 4),
    ],
)
def test_text_is_set_as_french_is(typed: str, printed: str) -> None:
    assert typeset(typed) == printed


@pytest.mark.parametrize("typed", ["m" * 3000, "a\u00a0" * 1500, "l’" * 1500, "ffi" * 1000, "aא" * 1500, "ệ" * 3000])
def test_no_run_of_letters_is_long_without_a_place_to_break(typed: str) -> None:
    runs = eased(typed).split(BREAK)
    assert "".join(runs) == typed
    assert max(map(len, runs)) == LONGEST_RUN


def test_text_that_breaks_by_itself_is_left_alone() -> None:
    typed = "Une phrase comme on en écrit, de mots qui se séparent : rien ne s'y ajoute. " * 30
    assert eased(typed) == typed


async def test_a_document_tells_what_it_replaced(shared: Printer) -> None:
    document = await shared.print(EMOJI)
    assert document.replaced == (
        "U+0007",
        "U+5B57 字",
        "U+6F22 漢",
    )
    assert "et ◊◊" in await text(shared, EMOJI)

"""The characters that the fonts of the paper have, known without printing."""

from __future__ import annotations

from functools import cache

from pdf import fonts
from pdf.ink import covered, covered_by_any, inked, typeset


@cache
def printable() -> frozenset[str]:
    """Return every character that the faces of the document have. Half a second, once."""
    return covered(fonts.FACES) | covered_by_any(fonts.OTHER_FACES)


def unprintable(text: str) -> str:
    """Return the characters of a text that paper cannot show, in the order of Unicode."""
    _, lost = inked(typeset(text), printable())
    return "".join(sorted(letter for letter in lost if letter.isprintable()))

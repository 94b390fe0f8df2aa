"""Text made ready for paper: French spaces and apostrophes, and only characters the font has."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MISSING = "◊"
"""The mark in the place of a character that the font lacks."""

_NARROW, _WIDE = "\u202f", "\u00a0"
_SAME = str.maketrans(
    dict.fromkeys("\t\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u205f\u3000", " ")
    | dict.fromkeys("\u2028\u2029\x0b\x0c\x85", "\n")
    | dict.fromkeys("\u2010\u2011", "-")
    | dict.fromkeys("\u2009\u200a", _NARROW)
)
_BEFORE_HIGH = re.compile(r"(?<=\S)[  \u202f]+(?=[:;?!](?:\s|$))")
_OPENING = re.compile(r"«[  \u202f]*(?=\S)")
_CLOSING = re.compile(r"(?<=\S)[  \u202f]*»")
_UNIT = re.compile(r"(?<=\d) (?=(?:h|€|%)(?!\w))")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=\w)")
_NO_WIDTH = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Ignorable characters of Unicode: soft hyphens, marks of direction, selectors; not joiners, which shape letters."""

_MARK = "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILED = re.compile(f"(?<={_MARK}{{4}}){_MARK}+")
"""Accents beyond the fourth on one letter: no language has them, and they cover the lines above."""

_LONE_JOINER = re.compile(
    "(?<![\u0590-\U0010ffff])[\u200c\u200d]+|[\u200c\u200d]+(?![\u0590-\U0010ffff])|(?<=[\u200c\u200d])[\u200c\u200d]+"
)
"""Joiners that join nothing: they shape letters of Arabic and of India, and signs, one at a time."""

_WIDEST = 2
_BLANK_LINES = re.compile(r"\n[ \t\n]*\n")


def typeset(typed: str) -> str:
    """Return text as a French compositor sets it, without the characters that have no width.

    A space before `: ; ? !` becomes narrow and keeps its line, as do those inside guillemets and before a unit. None
    is added where there was none: an address stays an address. At most one blank line separates paragraphs.
    """
    seen = _NO_WIDTH.sub("", typed.replace("\r\n", "\n").replace("\r", "\n"))
    text = _PILED.sub("", _LONE_JOINER.sub("", unicodedata.normalize("NFC", seen))).translate(_SAME)
    text = _UNIT.sub(_WIDE, _BEFORE_HIGH.sub(_NARROW, text))
    text = _CLOSING.sub(f"{_WIDE}»", _OPENING.sub(f"«{_WIDE}", text))
    return _BLANK_LINES.sub("\n\n", _APOSTROPHE.sub("’", text))


def inked(text: str, covered: frozenset[str]) -> tuple[str, set[str]]:
    """Return typeset text with nothing that the fonts lack, and the characters that were replaced.

    A letter in fancy dress becomes the letter (𝐀 is A, ﷺ its four words). Controls go, and are told; joiners go
    without a word; whatever else is visible leaves a mark in its place.
    """
    missing = set(text) - covered - {"\n"}
    if not missing:
        return text, missing
    plain = {letter: unicodedata.normalize("NFKC", letter) for letter in missing}
    lost = {letter for letter, spelt in plain.items() if not covered.issuperset(spelt)}
    put = plain | {letter: "" if _invisible(letter) else MISSING for letter in lost}
    return text.translate({ord(letter): spelt for letter, spelt in put.items()}), set(filter(_told, lost))


def named(letters: Iterable[str]) -> tuple[str, ...]:
    """Name characters as `U+1F600 😀`, in the order of Unicode."""
    return tuple(_named(letter) for letter in sorted(letters))


def covered(faces: Iterable[Path]) -> frozenset[str]:
    """Return the characters that every one of these font files has, but for the very wide: a line holds few."""
    return frozenset.intersection(*(_letters(face) for face in faces))


def covered_by_any(faces: Iterable[Path]) -> frozenset[str]:
    """Return the characters that one of these font files has or another."""
    return frozenset[str]().union(*(_letters(face) for face in faces))


def _letters(face: Path) -> frozenset[str]:
    with TTFont(face, lazy=True) as font:
        widths, widest = font["hmtx"], _WIDEST * font["head"].unitsPerEm
        return frozenset(chr(point) for point, glyph in font.getBestCmap().items() if widths[glyph][0] <= widest)


def _invisible(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf")


def _told(letter: str) -> bool:
    return unicodedata.category(letter) == "Cc" or not _invisible(letter)


def _named(letter: str) -> str:
    number = f"U+{ord(letter):04X}"
    return f"{number} {letter}" if letter.isprintable() else number

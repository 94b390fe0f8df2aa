"""Text made ready for paper: French spaces and apostrophes, and only characters the font has."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MISSING = "◊"
"""What stands for a character that the font lacks."""

_NARROW, _WIDE = "\u202f", "\u00a0"
_SAME = str.maketrans(
    {
        "\t": " ", "\u2028": "\n", "\u2029": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n",
        "\u2010": "-", "\u2011": "-", "\u2002": " ", "\u2003": " ", "\u2009": _NARROW, "\u200a": _NARROW,
    }
)  # fmt: skip
_BEFORE_HIGH = re.compile(r"(?<=\S)[  \u202f]+(?=[:;?!](?:\s|$))")
_OPENING = re.compile(r"«[  \u202f]*(?=\S)")
_CLOSING = re.compile(r"(?<=\S)[  \u202f]*»")
_UNIT = re.compile(r"(?<=\d) (?=(?:h|€|%)(?!\w))")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=\w)")
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BLANK_LINES = re.compile(r"\n[ \t\n]*\n")


def typeset(value: object) -> object:
    """Return text as a French compositor sets it; markup of our own passes as it is.

    A space before `: ; ? !` becomes narrow and keeps its line, as do those inside guillemets and before a unit. None
    is added where there was none: an address stays an address. At most one blank line separates paragraphs.
    """
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).translate(_SAME)
    text = _UNIT.sub(_WIDE, _BEFORE_HIGH.sub(_NARROW, text))
    text = _CLOSING.sub(f"{_WIDE}»", _OPENING.sub(f"«{_WIDE}", text))
    return _BLANK_LINES.sub("\n\n", _APOSTROPHE.sub("’", text))


def inked(text: str, covered: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """Return text with nothing that the font lacks, and what was replaced, as `U+1F600 😀`.

    Invisible formatting (joiners, variation selectors, direction marks) goes without a word: nothing is lost.
    Controls go too, but are told; whatever is visible leaves a mark in its place.
    """
    missing = sorted(set(text) - covered - {"\n"})
    table = {ord(letter): "" if _invisible(letter) else MISSING for letter in missing}
    return text.translate(table), tuple(_named(letter) for letter in missing if _told(letter))


def covered(faces: Iterable[Path]) -> frozenset[str]:
    """Return the characters that every one of these font files has."""
    tables = [_points(face) for face in faces]
    return frozenset(map(chr, frozenset.intersection(*tables)))


def _points(face: Path) -> frozenset[int]:
    with TTFont(face) as font:
        return frozenset(font.getBestCmap())


def _invisible(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf") or _SELECTOR.match(letter) is not None


def _told(letter: str) -> bool:
    return unicodedata.category(letter) == "Cc" or not _invisible(letter)


def _named(letter: str) -> str:
    number = f"U+{ord(letter):04X}"
    return f"{number} {letter}" if letter.isprintable() else number

"""Text made ready for paper: French spaces and apostrophes, and only characters the font has."""

import re
import unicodedata

from markupsafe import Markup

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
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=\w)")
_BLANK_LINES = re.compile(r"\n[ \t\n]*\n")


def typeset(value: object) -> object:
    """Return text as a French compositor sets it; markup of our own passes as it is.

    A space before `: ; ? !` becomes narrow and keeps its line, as do the spaces inside guillemets. None is
    added where there was none: an address stays an address. At most one blank line separates paragraphs.
    """
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).translate(_SAME)
    text = _BEFORE_HIGH.sub(_NARROW, text)
    text = _CLOSING.sub(f"{_WIDE}»", _OPENING.sub(f"«{_WIDE}", text))
    return _BLANK_LINES.sub("\n\n", _APOSTROPHE.sub("’", text))


def inked(text: str, covered: frozenset[str]) -> tuple[str, tuple[str, ...]]:
    """Return text with nothing that the font lacks, and what was replaced, as `U+1F600 😀`.

    Invisible formatting (joiners, variation selectors, direction marks) goes without a word: nothing is lost.
    Controls go too, but are told; whatever is visible leaves a mark in its place.
    """
    missing = sorted(set(text) - covered - {"\n"})
    table = {ord(letter): "" if _invisible(letter) else MISSING for letter in missing}
    told = tuple(
        _named(letter) for letter in missing if unicodedata.category(letter) != "Cf" and not _selects(letter)
    )
    return text.translate(table), told


def _selects(letter: str) -> bool:
    return 0xFE00 <= ord(letter) <= 0xFE0F or 0xE0100 <= ord(letter) <= 0xE01EF


def _invisible(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cf") or _selects(letter)


def _named(letter: str) -> str:
    number = f"U+{ord(letter):04X}"
    return f"{number} {letter}" if letter.isprintable() else number

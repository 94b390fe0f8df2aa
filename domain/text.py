"""Text as people type it: cleaned for keeping, folded for searching."""

import re
import unicodedata
from itertools import filterfalse

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_UNSEEN = re.compile(
    r"[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    r"\ufe00-\ufe0e\ufeff\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Marks without width, as programs and pages leave them in what is copied: hyphens that may be, directions, byte
order marks. Those that join or part letters (U+200C, U+200D) and that make a sign a picture (U+FE0F) are spelling."""
_JOINERS = re.compile(r"[\u200c\u200d\ufe0f]")
_SEEN = re.compile(r"[^\s\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff]")
"""A letter, digit or sign that shows on paper: neither a blank nor one of the characters that have no width."""
_SPELT = dict.fromkeys("œŒ", "oe") | dict.fromkeys("æÆ", "ae") | dict.fromkeys("øØ", "o") | dict.fromkeys("łŁ", "l")
_APOSTROPHES = dict.fromkeys("’‘‛‚ʼʻʽʾʿˈʹ′`´ꞌ＇", "'")
_PLAIN = str.maketrans(_SPELT | _APOSTROPHES | {"đ": "d", "Đ": "d", "ı": "i", "ß": "ss"})
"""Letters that Unicode does not take apart, as people type them who have no key for them."""
_SAINTS = {"st": "saint", "ste": "sainte"}
_NOT_A_WORD = re.compile(r"[\W_]+")


def cleaned(text: str | None) -> str | None:
    """Drop control characters, marks without width and outer blanks.

    None where nothing is left to see: spaces do not make an answer.
    """
    if text is None:
        return None
    if text.isascii() and text.isprintable():
        return text.strip() or None
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = unicodedata.normalize("NFC", _UNSEEN.sub("", _CONTROL.sub("", lines))).strip()
    return kept if _SEEN.search(kept) else None


def cleaned_code(text: str | None) -> str | None:
    """Clean what is a code, a number or an identifier: nothing that does not show is part of it."""
    return None if text is None else cleaned(_JOINERS.sub("", text))


def folded(text: str) -> str:
    """Bring to the form in which searches compare: no case, no accents, œ as oe, nothing unseen, single spaces."""
    shown = _CONTROL.sub(" ", text)
    if not shown.isascii():
        shown = _JOINERS.sub("", _UNSEEN.sub("", shown))
        decomposed = unicodedata.normalize("NFKD", shown.translate(_PLAIN)).translate(_PLAIN)
        shown = "".join(filterfalse(unicodedata.combining, decomposed))
    return " ".join(shown.casefold().split())


def folded_words(text: str) -> str:
    """Fold, with everything that is neither letter nor digit read as a space: « d'État » is « d etat »."""
    return " ".join(_NOT_A_WORD.sub(" ", folded(text)).split())


def folded_town(town: str) -> str:
    """Fold the words of a town, with `St` and `Ste` as they are read."""
    return " ".join(_SAINTS.get(word, word) for word in folded_words(town).split())

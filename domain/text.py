"""Text as people type it: cleaned for keeping, folded for searching."""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "’": "'"})
_NOT_A_WORD = re.compile(r"[\W_]+")


def cleaned(text: str | None) -> str | None:
    """Drop control characters and outer blanks; None where nothing is left: spaces do not make an answer."""
    if text is None:
        return None
    unified = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROL.sub("", unified).strip() or None


def folded(text: str) -> str:
    """Bring to the form in which searches compare: no case, no accents, œ as oe, single spaces."""
    decomposed = unicodedata.normalize("NFKD", _CONTROL.sub(" ", text).translate(_LIGATURES))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def folded_words(text: str) -> str:
    """Fold, with everything that is neither letter nor digit read as a space: « d'État » is « d etat »."""
    return " ".join(_NOT_A_WORD.sub(" ", folded(text)).split())

"""What people search by, as conditions: beginnings of words, taken literally and within bounds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from domain.text import folded, folded_town, folded_words

if TYPE_CHECKING:
    from storage.client import Document

LONGEST_SEARCH = 1_000
"""Characters: nothing that is kept is longer, and an expression that MongoDB would refuse is not sent."""
_LONGEST_TYPED = 4 * LONGEST_SEARCH
"""Before its blanks are drawn together."""
MOST_WORDS = 8
_WORDS_COMPARED = 24
_NUMBER_SIGN = re.compile(r"(?<!\w)(?:n[°º]|№)", re.IGNORECASE)
"""« RNCP n° 34159 »: no word that is kept begins with it."""
EMPTY: Document = {"$in": []}
NOTHING: Document = {"_id": EMPTY}


def beginning(text: str) -> Document:
    """Match a field that begins with a text, taken literally."""
    return {"$regex": "^" + re.escape(text)}


def searched(search: str | None) -> str | None:
    """Fold a search. It is "" where nothing is searched, None where nothing can match: no word, or too long."""
    if search and len(search) > _LONGEST_TYPED:
        return None
    wanted = folded_words(_NUMBER_SIGN.sub(" ", search or ""))
    if not wanted:
        return None if folded(search or "") else ""
    return None if len(wanted) > LONGEST_SEARCH else wanted


def person_search(search: str | None, key: str = "keys.who") -> Document:
    """Match the words of a name, whichever comes first, or the beginning of an identifier."""
    wanted = searched(search)
    return NOTHING if wanted is None else word_beginnings(key, wanted)


def plan_search(search: str | None, key: str = "keys.found") -> Document:
    """Match a person likewise, or the beginning of the funding shown."""
    return person_search(search, key)


def session_search(search: str | None) -> Document:
    """Match words of the title, or of the town, or the beginning of the CARIF number or of the funding shown."""
    wanted = searched(search)
    if not wanted:
        return NOTHING if wanted is None else {}
    towns = [word_beginnings("keys.place", town) for town in dict.fromkeys((wanted, folded_town(wanted)))]
    numbers = [{name: beginning(wanted)} for name in ("keys.carif", "keys.cost")]
    return {"$or": [word_beginnings("keys.words", wanted), *towns, *numbers]}


def word_beginnings(field_name: str, wanted: str) -> Document:
    """Match a field of words, each after a space, among which each wanted word begins one; {} for no word at all.

    Each word costs a look at all that the list holds. A word with which another one begins is found with it, and of
    the others the first eight are looked for. So a whole title can be pasted and is found.
    """
    words = _telling(folded_words(wanted).split())[:MOST_WORDS]
    return {"$and": [{field_name: {"$regex": " " + re.escape(word)}} for word in words]} if words else {}


def _telling(words: list[str]) -> list[str]:
    """Leave out repeated words, and those with which a longer one begins: a match of that one is a match of them."""
    said = [*dict.fromkeys(words)][:_WORDS_COMPARED]
    return [word for word in said if not any(other != word and other.startswith(word) for other in said)]

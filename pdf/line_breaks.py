"""Adds places to break long runs of text, which take WeasyPrint too long to lay out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weasyprint.text.line_break import get_log_attrs

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_RUN = 40
BREAK = "\u200b"
_LANGUAGE = "fr-fr"


def eased(text: str) -> str:
    """Return text, inked already, with a break of no width in each run of 40 letters that has none.

    WeasyPrint tries to hyphenate every word up to the next place where the line may break, and lays the rest of the
    text out again for each try: what never breaks (letters, no-break spaces, apostrophes, scripts that alternate)
    takes a time that grows with the cube of its length. Places to break are those that Pango itself will find.
    """
    return BREAK.join(_runs(text)) if len(text) > LONGEST_RUN else text


def _runs(text: str) -> Iterator[str]:
    """Cut text, between letters and their accents, where it would not break for too long."""
    start = last = 0
    for rank, place in enumerate(get_log_attrs(text, _LANGUAGE)[0 : len(text)]):
        if place.is_line_break:
            last = rank
        elif rank - last >= LONGEST_RUN and place.is_cursor_position:
            yield text[start:rank]
            start = last = rank
    yield text[start:]

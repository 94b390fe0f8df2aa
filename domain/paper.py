"""How much text fits on the six pages of a report. It is counted in lines, so that it is known before printing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.form import Form

MOST_LINES = 240
_LETTERS_A_LINE = 40
"""As many as hold in a line whatever they are; French takes about 90."""

_WIDE = re.compile("[\u0900-\u1cff\u2e80-\U0010ffff]")
"""Letters of India and of the East, and emoji: they count double."""

_BLANK_LINES = re.compile(r"\n[ \t\n]*\n")


def lines_on_paper(form: Form) -> int:
    """Count the lines that what was typed takes at most: those of its author, and those into which long ones break.

    Blank lines between two others count as one. Two periods of an internship take a line.
    """
    internship = form.internship
    names = (internship.company_name, internship.place, internship.siret) if internship else ()
    coded = (form.teaching_mode, form.certification, form.exit_level, form.exit_situation)
    answers = (f"{answer.code} {answer.label}" for answer in coded if answer)
    periods = len(internship.periods) if internship else 0
    return periods // 2 + sum(lines_of(text) for text in (form.objective, form.content, *names, *answers))


def lines_of(text: str | None) -> int:
    """Count the lines of one text."""
    lines = _BLANK_LINES.sub("\n\n", text.strip()).splitlines() if text else []
    return sum(max(-(-_width(line) // _LETTERS_A_LINE), 1) for line in lines)


def _width(line: str) -> int:
    return len(line) if line.isascii() else len(line) + len(_WIDE.findall(line))


def drawn_together(form: Form) -> Form:
    """Return a form whose texts fit on the paper: the lines of one that takes too many follow one another in it."""
    for name in sorted(("objective", "content"), key=lambda name: lines_of(getattr(form, name)), reverse=True):
        if lines_on_paper(form) > MOST_LINES:
            form = form.model_copy(update={name: " ".join((getattr(form, name) or "").split()) or None})
    return form

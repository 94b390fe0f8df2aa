"""Turns a page of HTML into lines of text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = (
    "address article aside blockquote body caption center dd details dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol option p pre section select summary table "
    "tbody tfoot thead tr ul"
)
BLOCKS = frozenset(_BLOCKS.split())
CELLS = frozenset({"td", "th"})
_ROWS = frozenset({"tr", "table"})
HIDDEN = frozenset({"head", "script", "style", "title"})
_ITEM, _CELL, _LINE, _BREAK = "\n- ", " | ", "\n", "\r"
_SOURCE_BLANKS = re.compile(r"[ \t\r\n\f]+")
_BLANKS = re.compile(r"[ \t\f\v\xa0]{2,}|[\t\f\v]")
_BREAKS = re.compile(r"\n?\r\n?")
_AROUND_LINES = re.compile(r"[ \t\xa0]*\n[ \t\xa0]*")
_EMPTY_LINES = re.compile(r"\n{3,}")


class HtmlPage(HTMLParser):
    """Collects the text of a page. `structured`: blocks and breaks end lines, line ends of the source do not."""

    def __init__(self, *, structured: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._said: list[str] = []
        self._structured = structured
        self._hidden = ""
        self._cells = 0

    def handle_starttag(self, tag: str, _attributes: object) -> None:
        if tag in _ROWS:
            self._cells = 0
        if tag in HIDDEN:
            self._hidden = self._hidden or tag
        elif tag == "li":
            self._drop(_ITEM, _LINE)
            self._said.append(_ITEM)
        elif tag == "br":
            self._said.append(_BREAK)
        elif tag in CELLS:
            self._begin_cell()
        elif tag in BLOCKS:
            self._end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _ROWS:
            self._cells = 0
        if tag == self._hidden:
            self._hidden = ""
        elif tag == "br":
            self._said.append(_BREAK)
        elif tag in BLOCKS:
            self._drop(*((_CELL,) if tag == "tr" else (_ITEM,) if tag in {"li", "ol", "ul"} else ()))
            self._end_line()

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        said = _SOURCE_BLANKS.sub(" ", data) if self._structured else data.replace("\r\n", "\n").replace("\r", "\n")
        if said != " " or self._said[-1:] not in ([_ITEM], [_CELL], [_LINE]):
            self._said.append(said)

    def text(self) -> str:
        """Return the lines, without blanks around each and with one empty line between two at most."""
        ended = _BREAKS.sub("\n", "".join(self._said))
        lines = _AROUND_LINES.sub("\n", _BLANKS.sub(" ", ended))
        return _EMPTY_LINES.sub("\n\n", lines).strip()

    def _begin_cell(self) -> None:
        """Begin a cell of a table, in the same line as the cell before it."""
        if self._cells:
            self._drop(_LINE)
            self._said.append(_CELL)
        self._cells += 1

    def _drop(self, *pieces: str) -> None:
        """Remove the last pieces of text that are blank or one of `pieces`."""
        while self._said and self._said[-1] in {"", " ", *pieces}:
            self._said.pop()

    def _end_line(self) -> None:
        """End the line, unless it is empty or has only the mark of an item or a cell."""
        self._drop()
        if self._said[-1:] not in ([], [_ITEM], [_CELL], [_LINE]):
            self._said.append(_LINE)

"""Turns the HTML of training offers into text: blocks and breaks end lines, items get a dash, entities are decoded.

The parser (html.parser) is given only bare tags that are known to be whole; everything else is escaped beforehand.
So a literal `<` stays, and no text makes the parser read its characters again and again.
"""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5

from feeds.page import BLOCKS, CELLS, HIDDEN, HtmlPage

_WITHIN_LINES = (
    "a abbr acronym audio b bdi bdo big button cite code col colgroup data del dfn em embed font frame frameset i "
    "iframe img input ins kbd label link map area mark meta meter nobr noscript object output param picture progress "
    "q rp rt ruby s samp small source span strike strong sub sup svg template textarea time track tt u var video wbr"
)
_INLINE = frozenset(_WITHIN_LINES.split())
_NAMES = sorted({"br"} | BLOCKS | CELLS | HIDDEN | _INLINE)
_NAME = "|".join(sorted(_NAMES, key=len, reverse=True))
_BARE = "allowfullscreen|checked|compact|controls|disabled|hidden|multiple|noshade|nowrap|open|readonly|reversed"
_INSIDE = r"""(?:(?:[^<>"']|"[^"<]*"|'[^'<]*')*+>|[^<>]*+>)"""
_TAG = rf"<(?P<end>/?)(?P<name>{_NAME})(?:\s*+/?>|(?=[\s/]++(?:[\w:.-]++\s*+=|(?:{_BARE})\b)){_INSIDE})"
"""A tag of HTML. In `a <b et c> d` there is none: what follows the name `b` is not an attribute."""

_LEFT_OVER = r"</?(?:o|v|w|m|st1):\w++[^<>]*+>|<\?[^<>]*+>|<!doctype\b[^<>]*+>|<!\[(?:if|endif)\b[^<>\]]*+\]>"
"""What word processors leave beside HTML: tags with a prefix, processing instructions, conditional comments."""

_LIKELY = re.compile(r"<[a-zA-Z/!?]|&[#a-zA-Z]")
_MARK = re.compile(
    rf"(?P<left>{_LEFT_OVER})|{_TAG}|<|&(?!(?:#\d{{1,7}}|#x[\da-f]{{1,6}}|[a-z]\w{{1,31}});)", re.IGNORECASE
)
_NAMED = re.compile(r"&([A-Za-z]\w{1,31});")
_ESCAPED_AGAIN = re.compile(r"&(?:amp;)+(?=#|\w)", re.IGNORECASE)
_CUT_OFF = re.compile(r"</?([a-z][a-z0-9]*)?(\s[^<>]*)?\Z", re.IGNORECASE)
_ROUNDS = 4
"""How many times a text may have been escaped; it is unescaped that often at most."""


def readable(text: str) -> str:
    """Return a text without its markup; a text without markup is returned unchanged."""
    for _ in range(_ROUNDS):
        if not is_marked(text):
            break
        before, text = text, _read(text)
        if text == before:
            break
    return text


def is_marked(text: str) -> bool:
    """Whether a text may have markup in it: a quick test, which may say yes to a text without any."""
    return ("<" in text or "&" in text) and _LIKELY.search(text) is not None


def on_one_line(text: str) -> str:
    """Return a text without markup and without line ends, for a title, a name or a town."""
    shown = readable(text)
    return " ".join(filter(None, map(str.strip, shown.splitlines()))) if "\n" in shown or "\r" in shown else shown


def _read(text: str) -> str:
    source = _NAMED.sub(_only_known, _ESCAPED_AGAIN.sub("&", _without_comments(text)))
    found = {(mark["end"], mark["name"].lower()) for mark in _MARK.finditer(source) if mark["name"]}
    unclosed = {name for end, name in found if name in HIDDEN and not end} - {name for end, name in found if end}

    def bare(mark: re.Match[str]) -> str:
        if mark["name"]:
            name = mark["name"].lower()
            return "" if name in unclosed or name in _INLINE else f"<{mark['end']}{name}>"
        return "" if mark["left"] else unescaped[mark[0]]

    unescaped = {"<": "&lt;", "&": "&amp;"}
    if not found:
        return unescape(_MARK.sub(bare, source))
    page = HtmlPage(structured=not {name for _, name in found}.isdisjoint(BLOCKS | CELLS))
    page.feed(_MARK.sub(bare, _CUT_OFF.sub(_only_unknown, source)))
    page.close()
    return page.text()


def _without_comments(text: str) -> str:
    """Remove comments, and the CDATA marks of text that was wrapped in them twice."""
    if "<!" not in text:
        return text
    first, *others = text.split("<!--")
    kept = [each.partition("-->")[2] if "-->" in each else f"<!--{each}" for each in others]
    return "".join((first, *kept)).replace("<![CDATA[", "").replace("]]>", "")


def _only_known(entity: re.Match[str]) -> str:
    return entity[0] if f"{entity[1]};" in html5 else f"&amp;{entity[1]};"


def _only_unknown(end: re.Match[str]) -> str:
    """Remove the unfinished tag at the end of a text that was cut."""
    begun = (end[1] or "").lower()
    known = begun in _NAMES if end[2] else any(name.startswith(begun) for name in _NAMES)
    return "" if known else end[0]

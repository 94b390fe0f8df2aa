"""Streams XML as small trees, one a record: only the elements that are asked for are built, the others skipped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from feeds.outcome import NotThisFormat
from feeds.sources import CutShort, is_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from feeds.sources import Source

Shape = dict[str, Any]
"""The elements to build: by name, without namespace, the shape of the elements inside."""

CHUNK = 65_536
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation"
MAX_RECORD = 64 << 20
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_WESTERN = frozenset(
    {"iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "us-ascii", "windows-1252", "cp1252"}
)
NOT_XML = (ParseError, DefusedXmlException, ValueError, LookupError)


class Element:
    """An element: its attributes, its own text, its children by name, and its line in the file (from 1).

    Where the shape wants no children, they stay in the text as bare tags: the text may be a piece of HTML.
    """

    __slots__ = ("attributes", "children", "line", "text")

    def __init__(self, line: int, attributes: Mapping[str, str]) -> None:
        self.line = line
        self.attributes = attributes
        self.text = ""
        self.children: dict[str, list[Element]] = {}

    def all(self, name: str) -> list[Element]:
        """Return the children of a name, in the order of the file."""
        return self.children.get(name, [])

    def at(self, *path: str) -> Element | None:
        """Return the element at the end of a path, the first child of each name; None where there is none."""
        node = self
        for name in path:
            found = node.children.get(name)
            if not found:
                return None
            node = found[0]
        return node


class Root(NamedTuple):
    """The outermost element; `schema` is its `xsi:noNamespaceSchemaLocation`, empty without one."""

    name: str
    namespace: str
    schema: str


class _Pruned:
    """The target of the parser's events; `taken` are the records that were completed since it was last emptied."""

    def __init__(self, shape: Shape) -> None:
        self.root: str | None = None
        self.namespace = self.schema = ""
        self.taken: list[Element] = []
        self.parser: Any = None
        self._depth = len(_way(shape))
        self._shapes: list[Shape] = [shape]
        self._nodes = [Element(0, {})]
        self._text: list[str] = []
        self._skipped = 0
        self._inner: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._skipped:
            self._skipped += 1
            return
        namespace, _, name = tag.rpartition("}")
        if self.root is None:
            self.root, self.namespace, self.schema = name, namespace[1:], attributes.get(_SCHEMA, "")
        shape = self._shapes[-1].get(name)
        if shape is None and not self._shapes[-1]:
            self._inner.append(name)
            self._text.append(f"<{name}>")
            return
        if shape is None:
            self._skipped = 1
            return
        node = Element(self.parser.CurrentLineNumber, attributes)
        self._nodes[-1].children.setdefault(name, []).append(node)
        self._nodes.append(node)
        self._shapes.append(shape)
        self._text.clear()

    def end(self, _tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        if self._inner:
            self._text.append(f"</{self._inner.pop()}>")
            return
        node = self._nodes.pop()
        node.text = "".join(self._text)
        self._text.clear()
        self._shapes.pop()
        if len(self._nodes) == self._depth:
            self._nodes[-1].children.clear()
            self.taken.append(node)

    def data(self, text: str) -> None:
        if not self._skipped:
            self._text.append(text)

    def close(self) -> None:
        """Do nothing: records are taken from `taken`. The parser requires this method."""


def _way(shape: Shape) -> list[str]:
    """Return the names from the root down to the record: the elements with one sort of child only."""
    way = []
    while len(shape) == 1:
        (name,) = shape
        way.append(name)
        shape = shape[name]
    return way


def _parser(shape: Shape, source: Source) -> tuple[_Pruned, Any]:
    target = _Pruned(shape)
    parser = DefusedXMLParser(target=target, encoding=_encoding(source))
    target.parser = parser.parser
    return target, parser


def _encoding(source: Source) -> str | None:
    """Return the encoding to use instead of the declared one; None where the declaration is right.

    A file declared as ISO-8859-1 is UTF-8 if it has a byte order mark, or accents that are valid UTF-8. Otherwise it
    is read as Windows-1252, as browsers do (WHATWG Encoding): there its quotation marks and dashes are no control
    characters.
    """
    if source.marked:
        return "utf-8"
    declared = _DECLARED.match(source.head)
    if declared is None or declared[1].decode().lower() not in _WESTERN:
        return None
    accented = not source.head.isascii()
    return "utf-8" if accented and is_utf8(source.head[: source.head.rfind(b">") + 1]) else "windows-1252"


def require_root(source: Source, shape: Shape, what: str) -> Root:
    """Return the root element.

    Raises NotThisFormat where the file does not begin as XML, declares entities, or has another root than `shape`.
    """
    target, parser = _parser(shape, source)
    try:
        parser.feed(source.head)
    except DefusedXmlException as error:
        raise NotThisFormat(f"{source.name} declares entities, which are refused: {error}.") from error
    except NOT_XML as error:
        if target.root is None:
            raise NotThisFormat(f"{source.name} is not {what}: {error}.") from error
    if target.root not in shape:
        raise NotThisFormat(f"{source.name} is not {what}: its root element is {target.root or 'not to be found'}.")
    return Root(target.root, target.namespace, target.schema)


def records(source: Source, shape: Shape) -> Iterator[Element]:
    """Give each record when it is complete.

    Raises an error of NOT_XML where the file stops being well-formed, and CutShort where it cannot be read on or a
    record has more than MAX_RECORD bytes (64 MiB).
    """
    target, parser = _parser(shape, source)
    since = 0
    while chunk := source.read(CHUNK):
        try:
            parser.feed(chunk)
        except NOT_XML:
            yield from target.taken
            raise
        since = 0 if target.taken else since + len(chunk)
        yield from target.taken
        target.taken.clear()
        if since > MAX_RECORD:
            raise CutShort(f"line {target.parser.CurrentLineNumber} is in an element of more than 64 MiB")
    parser.close()
    yield from target.taken

"""Reads the plans feed (JSON Lines, one plan a line) into plans of the domain."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import ValidationError

from domain.plan import Plan, Withdrawn
from domain.text import cleaned
from feeds.markup import on_one_line, readable
from feeds.outcome import Accepted, NotThisFormat, Outcome, Rejected, Remark, shown
from feeds.plan_checks import flags, impossibilities
from feeds.plan_line import PLAN_LINE, PlanLine
from feeds.sources import HEAD, MAX_LINE, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic_core import ErrorDetails

_KEYS = frozenset({"id", "startsOn", "endsOn", "funding", "jobSeeker", "organization"})
_LONG = frozenset({"objective", "content"})
_MARKUP = re.compile(rb"<[a-zA-Z/!?\\]|&[#a-zA-Z]")
_ESCAPE = re.compile(rb"\\[rbfu]")
_PLAIN = b"\t\n\r" + bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0xC0)) + b"\xc3\xc4\xc5"
"""The UTF-8 bytes of ASCII and of the letters U+00C0 to U+017F: a line of these bytes needs no cleaning."""

_CONTROL = re.compile(
    rb"\x7f|\xc2[\x80-\x9f\xad]|\xcd\x8f|\xd8\x9c|\xe1(?:\x85[\x9f\xa0]|\x9e[\xb4\xb5]|\xa0[\x8b-\x8f])"
    rb"|\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xaf]|\xe2\xa0\x80|\xe3\x85\xa4"
    rb"|\xef\xb8[\x80-\x8f]|\xef\xbb\xbf|\xef\xbf[\xb9-\xbb\xbe\xbf]|\xf0\x9d\x85[\xb3-\xba]|\xf3\xa0"
)
"""Control characters, and characters without width: they are dropped, or do not make a text by themselves."""
_PERSONAL = ("jobSeeker", "adviser", "exit.reasonCode", "session.objective", "session.content")


def read_plans(source: Source) -> Iterator[Outcome[Plan]]:
    """Read plans line by line; blank lines are skipped.

    Raises NotThisFormat, before the first plan, where none of the first lines is one. The feed has no absences and no
    reports, so the plans have none either.
    """
    _require_plans(source)
    return (read_plan(number, line) for number, line in source.lines())


def read_plan(number: int, line: bytes) -> Outcome[Plan]:
    """Read one line of the feed; a rejection names all its problems at once."""
    if len(line) > MAX_LINE:
        return Rejected(number, (Remark("", "", "the line is longer than 1 MiB"),))
    try:
        fields = _fields(line)
    except ValidationError as error:
        return Rejected(number, tuple(_remark(detail) for detail in error.errors(include_url=False)))
    if problems := tuple(impossibilities(fields)):
        return Rejected(number, problems)
    return Accepted(number, _plan(fields), tuple(flags(fields)), len(line))


def _plan(fields: PlanLine) -> Plan:
    plan = Plan.model_validate(fields)
    left = plan.announced_exit
    changes: dict[str, object] = {}
    if left and left.last_day < plan.starts_on:
        changes["announced_exit"] = left.within(plan.starts_on)
    if fields.get("cancelled"):
        changes["withdrawn"] = Withdrawn.CANCELLED
    return plan.model_copy(update=changes) if changes else plan


def _require_plans(source: Source) -> None:
    lines = [line for line in source.head.splitlines() if line.strip()]
    one_long_line = len(lines) == 1 and len(source.head) >= HEAD - 3 and lines[0].startswith(b"{")
    if lines and lines[0].lstrip().startswith(b"["):
        raise NotThisFormat(
            f"{source.name} is not the plans feed: it is one JSON array; "
            "write each plan as an object on a line of its own."
        )
    if lines and not one_long_line and not any(map(_has_keys_of_a_plan, lines)):
        keys = ", ".join(sorted(_KEYS))
        raise NotThisFormat(
            f"{source.name} is not the plans feed: from line 1 on, no line is a JSON object with any of {keys}."
        )


def _has_keys_of_a_plan(line: bytes) -> bool:
    try:
        read = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(read, dict) and not _KEYS.isdisjoint(read)


def _same(node: Any) -> Any:  # noqa: ANN401 - JSON, before anything is known of it
    return node


def _fields(line: bytes) -> PlanLine:
    """Validate a line as it is, which is fast; a line in which something may need cleaning is cleaned first."""
    if b"\\" in line and b"\\u" in line:
        line = _rewritten(line)
    if _is_clean(line):
        try:
            return PLAN_LINE.validate_json(line)
        except ValidationError:
            pass
    return PLAN_LINE.validate_json(_rewritten(line, _cleaned_tree))


def _is_clean(line: bytes) -> bool:
    """Whether no text of the line needs cleaning; told from its bytes, without parsing it."""
    if b"\\" in line and _ESCAPE.search(line):
        return False
    if (b"<" in line or b"&" in line) and _MARKUP.search(line):
        return False
    if not line.translate(None, _PLAIN):
        return True
    if _CONTROL.search(line):
        return False
    try:
        return unicodedata.is_normalized("NFC", line.decode())
    except UnicodeDecodeError:
        return False


def _rewritten(line: bytes, change: Callable[[Any], Any] = _same) -> bytes:
    """Return the line written again with the fewest escapes that JSON allows; unchanged where it is not JSON."""
    try:
        return orjson.dumps(change(orjson.loads(line)))
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return line


def _cleaned_tree(node: Any, *, long: bool = False) -> Any:  # noqa: ANN401 - as above
    """Return the JSON value without control characters and markup in its texts; a blank text becomes null."""
    if isinstance(node, str):
        return cleaned(readable(node) if long else on_one_line(node))
    if isinstance(node, dict):
        return {key: _cleaned_tree(value, long=key in _LONG) for key, value in node.items()}
    if isinstance(node, list):
        return [_cleaned_tree(value) for value in node]
    return node


def _remark(detail: ErrorDetails) -> Remark:
    where = ".".join(str(step) for step in detail["loc"])
    if detail["type"] == "missing" or detail["input"] is None:
        return Remark(where, "", "required, and absent or blank")
    hidden = detail["type"] == "json_invalid" or where.startswith(_PERSONAL)
    return Remark(where, "" if hidden else shown(detail["input"]), detail["msg"].removeprefix("Value error, "))

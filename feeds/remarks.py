"""Collects the remarks on a record while its fields are read, then accepts or rejects the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from domain.text import cleaned, cleaned_code
from feeds.markup import on_one_line, readable
from feeds.outcome import Accepted, Outcome, Rejected, Remark, shown
from feeds.shapes import is_siret, siret_key

if TYPE_CHECKING:
    from collections.abc import Callable, Container

T = TypeVar("T")
NOTHING = frozenset({"", "-", "NULL", "null"})
"""The texts by which feeds say that a field is empty."""


class Remarks:
    """The remarks on one record. Each `where` gets the prefix; the values of `personal` fields are never shown."""

    def __init__(
        self, prefix: str = "", common: Remarks | None = None, personal: frozenset[str] = frozenset()
    ) -> None:
        self._prefix = prefix
        self._personal = personal
        self.refusals: list[Remark] = list(common.refusals) if common else []
        self.flags: list[Remark] = list(common.flags) if common else []

    def refuse(self, where: str, value: str, reason: str) -> None:
        """Note a reason to reject the record."""
        self.refusals.append(self._remark(where, value, reason))

    def flag(self, where: str, value: str, reason: str) -> None:
        """Note a value that is odd and kept, or odd and dropped; the record is accepted all the same."""
        self.flags.append(self._remark(where, value, reason))

    def _remark(self, where: str, value: str, reason: str) -> Remark:
        return Remark(self._prefix + where, "" if where in self._personal else shown(value), reason)

    @property
    def refused(self) -> bool:
        """Whether there is a reason to reject the record."""
        return bool(self.refusals)

    def outcome(self, line: int, value: T | None, size: int = 0) -> Outcome[T]:
        """Accept the value, or reject the record where there is a reason to."""
        if self.refusals or value is None:
            return Rejected(line, tuple(self.refusals))
        return Accepted(line, value, tuple(self.flags), size)

    def text(self, where: str, raw: str | None, limit: int) -> str | None:
        """Return a text on one line, cleaned and cut to `limit` characters; None for `-`, `NULL` and blanks."""
        return self._shortened(where, raw, on_one_line, limit)

    def long_text(self, where: str, raw: str | None, limit: int) -> str | None:
        """Return a text as `text` does, but with its line ends."""
        return self._shortened(where, raw, readable, limit)

    def _shortened(self, where: str, raw: str | None, shown_as: Callable[[str], str], limit: int) -> str | None:
        if raw is None or raw.strip() in NOTHING:
            return None
        text = cleaned(shown_as(raw) if "<" in raw or "&" in raw or "\n" in raw else raw)
        if text in NOTHING:
            return None
        if text and len(text) > limit:
            self.flag(where, text, f"cut to {limit} characters")
            return text[:limit].rstrip()
        return text

    def code_text(self, where: str, raw: str | None, limit: int) -> str | None:
        """Return a code, a number or an identifier, without invisible characters."""
        return cleaned_code(self.text(where, raw, limit))

    def code(self, where: str, raw: str | None, known: Container[str]) -> str | None:
        """Return a code; one that is not in `known` is kept and flagged."""
        code = self.text(where, raw, 32)
        if code and code not in known:
            self.flag(where, code, "unknown code: kept as it is")
        return code

    def siret(self, where: str, raw: str | None) -> str | None:
        """Return a SIRET that can serve as a key, even with a wrong check digit; None where it is empty or zeros."""
        text = self.text(where, raw, 64)
        if text is None or not text.strip("0 "):
            return None
        key = siret_key(text)
        if key is None:
            self.flag(where, text, "not a SIRET, and no key either: dropped")
        elif not is_siret(key):
            self.flag(where, key, "not a valid SIRET: kept as it is")
        return key

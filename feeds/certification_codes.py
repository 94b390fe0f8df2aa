"""Codes of certifications as feeds write them: with or without prefix, in upper or lower case, also of blocks.

Markup, spaces of any width and invisible marks are removed first; letters and digits of full width become plain ones.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from domain.text import cleaned_code
from feeds.markup import on_one_line

RNCP, RS, CERTIFINFO = "RNCP", "RS", ""
"""The registers, by the letters with which their codes begin.

RNCP and RS are those of France compétences (blocks: `RNCP…BC…`); the codes of Certif-Info are digits alone.
"""

_NOTHING = re.compile(r"-?[01]?\Z|0+\Z|null\Z", re.IGNORECASE)
_CODE = re.compile(
    r"(?:(rncp|rs)[\s:_°-]*(?:n[°o.]\s*)?)?0*([1-9]\d{0,8})(?:[\s_-]*(bc\s*\d{1,3}))?(?P<more>\s*(?:[;,/|+&]|et\b).*)?\Z",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)


class RegisteredCode(NamedTuple):
    """A code as its register writes it, or None; `odd` is the remark about what was read, None where all is well."""

    code: str | None = None
    odd: str | None = None

    @property
    def rank(self) -> int:
        """The preference among the codes of a course, 0 the first: RNCP, a block of RNCP, RS, Certif-Info."""
        code = self.code or ""
        return 1 if "BC" in code else 0 if code.startswith(RNCP) else 2 if code.startswith(RS) else 3


@lru_cache(maxsize=16_384)
def certification_code(text: str, register: str) -> RegisteredCode:
    """Read the text of a field for codes of `register`; a prefix in the text prevails over that register."""
    bare = _plain(text)
    if _NOTHING.match(bare):
        return RegisteredCode()
    found = _CODE.match(bare)
    if found is None:
        return RegisteredCode(None, "not a code of a certification: dropped")
    letters = (found[1] or register).upper()
    block = "".join((found[3] or "").upper().split())
    if block and letters != RNCP:
        return RegisteredCode(None, "a block of another register than RNCP: dropped")
    code = f"{letters}{found[2]}{block}"
    if letters != register:
        return RegisteredCode(code, "a code of another register: kept as what it says")
    return RegisteredCode(code, "several codes: the first is kept" if found["more"] else None)


def tidied_code(code: str) -> str:
    """Return a code of RNCP or RS as its register writes it; any other code as it came."""
    prefixed = _plain(code).upper().startswith((RS, RNCP))
    return (certification_code(code, RNCP).code or code) if prefixed else code


def _plain(text: str) -> str:
    shown = unicodedata.normalize("NFKC", on_one_line(text))
    return cleaned_code(shown) or ""

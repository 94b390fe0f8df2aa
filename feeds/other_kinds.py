"""Refuses files that operators mistake for feeds (workbooks, UTF-16, …), with a sentence on what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feeds.outcome import NotThisFormat

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

_SAVE_AS_CSV = "save it from the spreadsheet as CSV UTF-8"
_WIDE = "is UTF-16 or UTF-32: save it as UTF-8"
_BEGINNINGS = {
    b"\xd0\xcf\x11\xe0": f"is a workbook of an old spreadsheet (xls) or an old document: {_SAVE_AS_CSV}",
    b"%PDF": "is a PDF: ask for the feed itself",
    b"\xff\xfe": _WIDE,
    b"\xfe\xff": _WIDE,
    b"Rar!": "is a rar archive: unpack it, or pack it as zip or gzip",
    b"7z\xbc\xaf": "is a 7z archive: unpack it, or pack it as zip or gzip",
    b"\xfd7zXZ": "is an xz archive: unpack it, or pack it as zip or gzip",
    b"\x28\xb5\x2f\xfd": "is packed with zstd: unpack it, or pack it as zip or gzip",
}
_WORKBOOKS = {"xl/workbook.xml": "xlsx", "content.xml": "ods", "xl/workbook.bin": "xlsb"}
_TOO_SHORT, _LOOKED_AT = 16, 4096


def refuse_other_kinds(name: str, head: bytes) -> None:
    """Raise NotThisFormat for a file whose first bytes (`head`) show that it is no text of one byte a character."""
    for beginning, what in _BEGINNINGS.items():
        if head.startswith(beginning):
            raise NotThisFormat(f"{name} {what}.")
    looked_at = head[:_LOOKED_AT]
    if len(looked_at) > _TOO_SHORT and 4 * looked_at.count(b"\0") > len(looked_at):
        raise NotThisFormat(f"{name} {_WIDE}, if it is a text at all.")


def refuse_workbooks(name: object, members: AbstractSet[str]) -> None:
    """Raise NotThisFormat for an archive that is a spreadsheet's workbook."""
    for member, kind in _WORKBOOKS.items():
        if member in members:
            raise NotThisFormat(f"{name} is a workbook ({kind}): {_SAVE_AS_CSV}.")

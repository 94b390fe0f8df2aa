"""The cursors of lists: positions in the order of an index, opaque to those who page."""

from __future__ import annotations

from domain.errors import BadRequest
from domain.global_id import opaque, read_opaque
from storage.keys import SEPARATOR


def encode_cursor(key: str, position: str) -> str:
    """Make a position among those of a key opaque."""
    return opaque(f"{key}{SEPARATOR}{position}")


def decode_cursor(key: str, cursor: str) -> str:
    """Read a position back; BadRequest for what is none, or one of a list in another order."""
    read, beginning_ = read_opaque(cursor) or "", f"{key}{SEPARATOR}"
    position = read.removeprefix(beginning_)
    if not position or not read.startswith(beginning_):
        raise BadRequest("Ce curseur n'en est pas un : reprenez celui de la page précédente, ou la première page.")
    return position

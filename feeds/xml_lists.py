"""Reads registers in XML, as published: the certifications of France compétences (RNCP and RS), and ROME."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from feeds.outcome import Rejected, Remark
from feeds.remarks import NOTHING
from feeds.xml_tree import NOT_XML, Element, Shape, records, require_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feeds.sources import Source
    from feeds.tables import Row


class _Register(NamedTuple):
    """The path to the entries of a register, and the columns as which their elements are read."""

    shape: Shape
    columns: dict[str, str]


_FICHE = {"NUMERO_FICHE": "numero_fiche", "INTITULE": "intitule", "ACTIF": "actif"}
_FICHE |= {"DATE_FIN_ENREGISTREMENT": "date_fin_enregistrement"}
_OCCUPATION = {"code_rome": "code_rome", "libelle": "libelle", "libelle_rome": "libelle_rome"}
_REGISTERS = {
    "FICHES": _Register({"FICHES": {"FICHE": {name: {} for name in _FICHE}}}, _FICHE),
    "ogr": _Register({"ogr": {"item_referentiel_code_rome": {name: {} for name in _OCCUPATION}}}, _OCCUPATION),
}


def is_xml(head: bytes) -> bool:
    """Whether a file is XML, by its first bytes."""
    return head.lstrip().startswith(b"<")


def xml_rows(source: Source) -> tuple[list[str], Iterator[tuple[int, Row] | Rejected]]:
    """Return the columns of a register and its rows; raises NotThisFormat at once for an unknown root element."""
    roots: Shape = {name: {} for name in _REGISTERS}
    register = _REGISTERS[require_root(source, roots, "a list of codes").name]
    return [*register.columns.values()], _rows(source, register)


def _rows(source: Source, register: _Register) -> Iterator[tuple[int, Row] | Rejected]:
    line = 1
    try:
        for node in records(source, register.shape):
            line = node.line
            yield line, {column: _said(node, name) for name, column in register.columns.items()}
    except NOT_XML as error:
        at = getattr(error, "position", (line, 0))[0]
        yield Rejected(at, (Remark("", "", f"not well-formed from here on, the rest was not read: {error}"),))


def _said(node: Element, name: str) -> str | None:
    found = node.at(name)
    text = found.text.strip() if found else ""
    return None if text in NOTHING else text

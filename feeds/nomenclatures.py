"""Coded lists: the registers as their publishers give them (RNCP, ROME, Formacode), our own as YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from domain.loading import Written
from domain.nomenclature import Known, ListedEntry, NomenclatureName
from feeds.outcome import Accepted, NotThisFormat, Outcome, Rejected
from feeds.remarks import Remarks
from feeds.tables import Row, Table
from feeds.yaml_lists import is_yaml, yaml_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from feeds.sources import Source

_CODE = ("code", "coderncp", "coders", "code_rome", "code_formacode", "formacode", "numero_fiche")
_LABEL = ("label", "libelle", "libellé", "intitule", "intitulé", "intitulediplome", "lib_formacode", "libelle_rome")
_STATE = ("activeinactive", "actif")
_OFFERED = frozenset({"ACTIVE", "ACTIF", "OUI", "1"})
_SHAPES = {
    NomenclatureName.CERTIFICATION: re.compile(r"(?:RNCP|RS)\d{1,9}\Z|\d{5,6}\Z", re.ASCII),
    NomenclatureName.FORMACODE: re.compile(r"\d{5}\Z", re.ASCII),
    NomenclatureName.ROME: re.compile(r"[A-Z]\d{4}\Z", re.ASCII),
}
_ANY = re.compile(r"\S{1,32}\Z")
_MAX_LABEL = 1000


def read_nomenclature(source: Source, name: NomenclatureName) -> Iterator[Outcome[ListedEntry]]:
    """Read a list: YAML, or delimited text with a column of codes and one of labels.

    Raises NotThisFormat at once where it is neither. A code that is not shaped as those of the list is rejected:
    the file of another list must not take its place.
    """
    if is_yaml(source.head):
        rows: Iterator[tuple[int, Row] | Rejected] = yaml_rows(source)
        columns: tuple[str, str, str | None] = ("code", "label", None)
    else:
        table = Table(source, "a list of codes", (), quoted=True)
        columns = _columns(source, table.columns)
        rows = table.rows()
    return (row if isinstance(row, Rejected) else _entry(*row, columns, name) for row in rows)


def _columns(source: Source, found: Sequence[str]) -> tuple[str, str, str | None]:
    code = next((name for name in found if name in _CODE), None)
    label = next((name for name in found if name in _LABEL), None)
    if code is None or label is None:
        raise NotThisFormat(
            f"{source.name} is not a list of codes: it is no YAML list, and its header has no column of codes "
            f"({', '.join(_CODE)}) with one of labels ({', '.join(_LABEL)})."
        )
    return code, label, next((name for name in found if name in _STATE), None)


def _entry(line: int, row: Row, columns: tuple[str, str, str | None], name: NomenclatureName) -> Outcome[ListedEntry]:
    remarks = Remarks()
    code_column, label_column, state = columns
    code = row[code_column] or ""
    if not _SHAPES.get(name, _ANY).match(code):
        remarks.refuse(code_column, code, f"not shaped as a code of {name}")
    label = remarks.text(label_column, row[label_column], _MAX_LABEL)
    if label is None:
        remarks.refuse(label_column, "", "required, and absent or blank")
        return remarks.outcome(line, None)
    offered = state is None or (row[state] or "").upper() in _OFFERED
    retired = not offered or row.get("retired") == "true"
    return remarks.outcome(line, ListedEntry(code=code, label=label, retired=retired))


def whole_list(source: Source, outcomes: Sequence[Outcome[ListedEntry]]) -> list[ListedEntry]:
    """Return a list to publish, in its order; of two entries with one code the later counts.

    Raises NotThisFormat where there is no entry at all: publishing it would retire the whole list.
    """
    entries = {outcome.value.code: outcome.value for outcome in outcomes if isinstance(outcome, Accepted)}
    if not entries:
        raise NotThisFormat(f"{source.name} has no entry of that list: nothing was changed.")
    return list(entries.values())


def compared(entries: Sequence[ListedEntry], known: Known, name: NomenclatureName) -> Written:
    """Return what publishing a list will change, given the entries already there under its codes."""
    before = [known.get((name, entry.code)) for entry in entries]
    added = sum(entry is None for entry in before)
    unchanged = sum(
        old is not None and new == old.model_copy(update={"retired_on": new.retired_on})
        for old, new in zip(before, entries, strict=True)
    )
    return Written(added=added, changed=len(entries) - added - unchanged, unchanged=unchanged)


def register_of(entries: Sequence[ListedEntry], name: NomenclatureName) -> str:
    """Return a regular expression for the codes that a list speaks for: RNCP says nothing of RS or Certif-Info."""
    if name is not NomenclatureName.CERTIFICATION:
        return ""
    letters = {entry.code.rstrip("0123456789") for entry in entries}
    return f"^(?:{'|'.join(sorted(letters))})[0-9]"

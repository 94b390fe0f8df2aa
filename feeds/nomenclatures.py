"""Reads coded lists: registers as their publishers give them (RNCP, RS, ROME, Formacode), our own lists as YAML."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from domain.loading import Written
from domain.nomenclature import Known, ListedEntry, NomenclatureName
from domain.text import cleaned_code, folded_words
from feeds.certification_codes import CERTIFINFO, RNCP, RS, certification_code
from feeds.outcome import Accepted, NotThisFormat, Outcome, Rejected
from feeds.remarks import Remarks
from feeds.tables import Row, Table
from feeds.xml_lists import is_xml, xml_rows
from feeds.yaml_lists import is_yaml, yaml_rows

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from feeds.sources import Source

_CODE = {
    "code": CERTIFINFO,
    "coderncp": RNCP,
    "code_rncp": RNCP,
    "coders": RS,
    "code_rs": RS,
    "numero_fiche": None,
    "code_certifinfo": CERTIFINFO,
    "code_certif_info": CERTIFINFO,
    "code_rome": None,
    "code_formacode": None,
    "formacode": None,
}
"""The names of columns with codes; for certifications, the register whose letters the numbers in it may lack."""
_LABELS = "label libelle intitule intitulediplome intitule_diplome libelle_rome intitule_rome lib_rome"
_LABEL = frozenset(f"{_LABELS} lib_formacode libelle_formacode intitule_formacode descripteur libelle_court".split())
_STATE = frozenset({"activeinactive", "active_inactive", "actif"})
_END = frozenset({"date_fin_enregistrement", "date_fin_validite_enregistrement"})
_OFFERED = frozenset({"ACTIVE", "ACTIF", "OUI", "1", "TRUE"})
_SHAPES = {
    NomenclatureName.CERTIFICATION: re.compile(r"(?:RNCP|RS)\d{1,9}\Z|RNCP\d{1,9}BC\d{1,3}\Z|\d{5,6}\Z", re.ASCII),
    NomenclatureName.FORMACODE: re.compile(r"\d{5}\Z", re.ASCII),
    NomenclatureName.ROME: re.compile(r"[A-Z]\d{4}\Z", re.ASCII),
}
_WRITTEN_DAY = re.compile(r"(?P<d>\d\d?)/(?P<m>\d\d?)/(?P<y>\d{4})\b|(?P<Y>\d{4})-(?P<M>\d\d)-(?P<D>\d\d)", re.ASCII)
_ANY = re.compile(r"\S{1,32}\Z")
_LETTERS = re.compile(r"[A-Z]*")
_MAX_LABEL = 1000


class _Columns(NamedTuple):
    """The columns of a file: the code, the label and, if there are such, whether or until when it is offered."""

    code: str
    label: str
    state: str | None = None
    end: str | None = None


def read_nomenclature(source: Source, name: NomenclatureName) -> Iterator[Outcome[ListedEntry]]:
    """Read a list: YAML, a register as XML, or delimited text with a column of codes and one of labels.

    Raises NotThisFormat, before the first entry, where it is none of them. A code of another shape than the list's is
    rejected, so that the file of another list does not replace this one.
    """
    if is_yaml(source.head):
        rows: Iterator[tuple[int, Row] | Rejected] = yaml_rows(source)
        columns = _Columns("code", "label")
    elif is_xml(source.head):
        names, rows = xml_rows(source)
        columns = _columns(source, names)
    else:
        table = Table(source, "a list of codes", (), quoted=True)
        columns = _columns(source, table.columns)
        rows = table.rows()
    return (row if isinstance(row, Rejected) else _entry(*row, columns, name) for row in rows)


def _columns(source: Source, found: Sequence[str]) -> _Columns:
    plain = [(_plain(name), name) for name in found]

    def first(wanted: Container[str]) -> str | None:
        return next((name for key, name in plain if key in wanted), None)

    code, label = first(_CODE), first(_LABEL)
    if code is None or label is None:
        raise NotThisFormat(
            f"{source.name} is not a list of codes: it is no YAML list and no register as XML, and its header has no "
            f"column of codes ({', '.join(_CODE)}) with one of labels ({', '.join(sorted(_LABEL))})."
        )
    return _Columns(code, label, first(_STATE), first(_END))


def _plain(column: str) -> str:
    return folded_words(column).replace(" ", "_")


def _entry(line: int, row: Row, columns: _Columns, name: NomenclatureName) -> Outcome[ListedEntry]:
    remarks = Remarks()
    raw = row[columns.code] or ""
    code = _code(raw, columns.code, name)
    if not _SHAPES.get(name, _ANY).match(code):
        remarks.refuse(columns.code, raw, f"not shaped as a code of {name}")
    label = remarks.text(columns.label, row[columns.label], _MAX_LABEL)
    if label is None:
        remarks.refuse(columns.label, "", "required, and absent or blank")
        return remarks.outcome(line, None)
    offered = columns.state is None or (row[columns.state] or "").upper() in _OFFERED
    retired = not offered or row.get("retired") == "true"
    retired_on = _day_after(row[columns.end]) if retired and columns.end else None
    return remarks.outcome(line, ListedEntry(code=code, label=label, retired=retired, retired_on=retired_on))


def _code(raw: str, column: str, name: NomenclatureName) -> str:
    """Return a code as its list writes it; a number of RNCP or RS gets its letters, which a column may leave out."""
    if name is not NomenclatureName.CERTIFICATION:
        code = cleaned_code(raw) or ""
        return code.upper() if name is NomenclatureName.ROME else code
    register = _CODE[_plain(column)]
    code = certification_code(raw, register or CERTIFINFO).code or raw
    if register is None and code.isdigit():
        return ""  # a number of RNCP or of RS: the file does not say of which
    return code


def _day_after(raw: str | None) -> date | None:
    """Return the day after a last day, which is written JJ/MM/AAAA or AAAA-MM-JJ; None for any other text."""
    written = _WRITTEN_DAY.match(raw or "")
    if written is None:
        return None
    day, month, year = written.group("d", "m", "y") if written["y"] else written.group("D", "M", "Y")
    try:
        return date(int(year), int(month), int(day)) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def whole_list(source: Source, outcomes: Sequence[Outcome[ListedEntry]]) -> list[ListedEntry]:
    """Return the entries to publish, in the order of the file; of two entries with one code the later counts.

    Raises NotThisFormat where there is no entry: to publish none would retire the whole list.
    """
    entries = {outcome.value.code: outcome.value for outcome in outcomes if isinstance(outcome, Accepted)}
    if not entries:
        raise NotThisFormat(f"{source.name} has no entry of that list: nothing was changed.")
    return list(entries.values())


def compared(entries: Sequence[ListedEntry], known: Known, name: NomenclatureName) -> Written:
    """Count what publishing a list will change; `known` are the entries that its codes have now."""
    pairs = [(known.get((name, entry.code)), entry) for entry in entries]
    added = sum(old is None for old, _ in pairs)
    unchanged = sum(
        old is not None and new == old.model_copy(update={"retired_on": new.retired_on}) for old, new in pairs
    )
    retired = sum(old is not None and new.retired and not old.retired for old, new in pairs)
    changed = len(entries) - added - unchanged - retired
    return Written(added=added, changed=changed, unchanged=unchanged, retired=retired)


def register_of(entries: Sequence[ListedEntry], name: NomenclatureName) -> str:
    """Return a regular expression for the codes that a file may retire; empty for all codes of the list.

    A file of RNCP retires no code of RS and no block.
    """
    if name is not NomenclatureName.CERTIFICATION:
        return ""
    letters = {found[0] for entry in entries if (found := _LETTERS.match(entry.code))}
    return f"^(?:{'|'.join(sorted(letters))})[0-9]+$"

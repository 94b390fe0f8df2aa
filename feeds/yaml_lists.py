"""Reads our own lists as YAML: a sequence of `{code, label, retired?}`, each with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from feeds.outcome import NotThisFormat, Rejected, Remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feeds.sources import Source
    from feeds.tables import Row

MAX_YAML = 4 << 20
_KEYS = frozenset({"code", "label", "retired"})
_BOOLEANS = frozenset({"true", "false"})


def is_yaml(head: bytes) -> bool:
    """Whether the first line that is not blank or a comment begins a YAML sequence (`- …`) or document (`---`)."""
    for line in head.splitlines():
        bare = line.strip()
        if bare and not bare.startswith(b"#"):
            return bare.startswith((b"- ", b"---")) or bare == b"-"
    return False


def yaml_rows(source: Source) -> Iterator[tuple[int, Row] | Rejected]:
    """Read a YAML list. Raises NotThisFormat at once where it is not a sequence, is damaged or is above 4 MiB.

    Scalars are read as text, so that a code `01` stays `01` without quotes.
    """
    content = source.read(MAX_YAML + 1)
    if len(content) > MAX_YAML:
        raise NotThisFormat(f"{source.name} is larger than 4 MiB: too large for a list in YAML.")
    try:
        root = yaml.compose(content.decode(), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise NotThisFormat(f"{source.name} is not YAML: {str(error) or 'nested too deep'}.") from error
    if not isinstance(root, yaml.SequenceNode):
        raise NotThisFormat(f"{source.name} is not a YAML list of entries.")
    return (_row(node) for node in root.value)


def _row(node: yaml.Node) -> tuple[int, Row] | Rejected:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        return Rejected(line, (Remark("", "", "an entry is a mapping with code and label"),))
    found = {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}
    wrong = [key for key, value in found.items() if key not in _KEYS or not isinstance(value, yaml.ScalarNode)]
    row: Row = {key: _text(found.get(key)) for key in _KEYS}
    if wrong or (row["retired"] or "false") not in _BOOLEANS:
        return Rejected(line, (Remark(", ".join(wrong) or "retired", "", "code, label, and retired: true or false"),))
    return line, row


def _text(node: yaml.Node | None) -> str | None:
    return node.value.strip() or None if isinstance(node, yaml.ScalarNode) else None

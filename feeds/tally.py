"""Counts what a load has done so far, and sums it up in a sentence."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.loading import Written
    from feeds.outcome import Remark


_NUMBER = re.compile(r"\[.*?\]")


@dataclass(slots=True)
class Tally:
    """Counts of records; `read` is the sum of the accepted and the rejected.

    In a dry run `added`, `changed`, `unchanged` and `retired` stay at 0; `foreseen` is what publishing a list would
    change. `flagged` counts records with flags, `odd` their flags by field and reason.
    """

    dry_run: bool = False
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0
    rejected: int = 0
    foreseen: Written | None = None
    flagged: int = 0
    odd: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count_flags(self, flags: tuple[Remark, ...]) -> None:
        """Count a record that was kept with these flags."""
        self.flagged += 1
        self.odd.update((_NUMBER.sub("", flag.where), flag.reason) for flag in flags)

    def count(self, written: Written) -> None:
        """Add the changes of a batch."""
        self.added += written.added
        self.changed += written.changed
        self.unchanged += written.unchanged
        self.retired += written.retired
        self.odd.update(written.notes)

    @property
    def exit_status(self) -> int:
        """Return the exit status of the command: 0, or 1 when a record was rejected."""
        return 1 if self.rejected else 0

    def line(self) -> str:
        """Return the counts on one line."""
        counts = f"{self.read} read, {self.added} added, {self.changed} changed, {self.unchanged} unchanged"
        if self.retired:
            counts += f", {self.retired} retired"
        if self.dry_run:
            counts = f"{self.read} read, nothing written (dry run)"
        if self.foreseen:
            would = self.foreseen
            counts += f": {would.added} would be added, {would.changed} changed, {would.unchanged} unchanged"
            counts += f", {would.retired} retired"
        return f"{counts}, {self.rejected} rejected, {self.flagged} kept with a flag"

    def summary(self) -> str:
        """Return the counts, and the commonest flags below them."""
        odd = [f"  {count} × {where}: {reason}" for (where, reason), count in self.odd.most_common(10)]
        return "\n".join([self.line(), *odd])

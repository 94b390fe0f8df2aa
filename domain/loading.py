"""The result of loading the lines of a feed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """How many items were new, different from what was kept, the same, or are no longer offered.

    `notes` tell what was not done as it was said, or is to be known of it: a field, and why; one for each item.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0
    notes: tuple[tuple[str, str], ...] = ()

    def __add__(self, other: Written) -> Written:
        return Written(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.retired + other.retired,
            self.notes + other.notes,
        )

"""What the trail has told already: reading the same again a moment later adds nothing to it but bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from domain.trail import Deed, Origin, Seen, TrailEntry

    Told = tuple[str, Origin, Deed, str]

MERGED_FOR = timedelta(minutes=10)
_MOST = 200_000


class Repeats:
    """Leaves out what was told of the same account, from the same place, with the same outcome, in these ten minutes.

    So what an account leaves behind is bounded by whom it reads, not by how often: the quota bounds that.
    """

    def __init__(self) -> None:
        self._told: dict[Told, set[Seen | None]] = {}
        self._number = 0
        self._until = datetime.min.replace(tzinfo=UTC)

    def fresh(self, entries: Iterable[TrailEntry]) -> Iterator[TrailEntry]:
        """Give the entries that tell something new, with that alone."""
        for entry in entries:
            self._begin(entry.at)
            told = self._told.setdefault((entry.account, entry.origin, entry.deed, entry.outcome), set())
            seen: set[Seen | None] = {*entry.seen} or {None}
            if fresh := seen - told:
                told |= fresh
                self._number += len(fresh)
                yield (
                    entry
                    if len(fresh) == len(seen)
                    else replace(entry, seen=tuple(each for each in entry.seen if each in fresh))
                )

    def _begin(self, now: datetime) -> None:
        if now >= self._until or self._number > _MOST:
            self._told, self._number, self._until = {}, 0, now + MERGED_FOR

"""Loads a coded list: it is read whole, then published at once, since the entries it no longer has are retired."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from domain.loading import Written
from feeds.loading import note
from feeds.nomenclatures import compared, read_nomenclature, register_of, whole_list
from feeds.outcome import Accepted, NotThisFormat

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from domain.nomenclature import Code, ListedEntry, NomenclatureName
    from feeds.rejections import ReportFile
    from feeds.sources import Source
    from feeds.tally import Tally


_SOME = 2
_PART = 5
"""A list may lose two entries, or a fifth (1/_PART) of those that are offered, without `allow_shrinking`."""


class Lists(Protocol):
    """The store of coded lists, as `load_list` needs it."""

    async def lookup(self, codes: Iterable[Code], /) -> Mapping[Code, ListedEntry]: ...

    async def offered_codes(self, name: NomenclatureName, *, among: str) -> frozenset[str]: ...

    async def publish(
        self, name: NomenclatureName, entries: Sequence[ListedEntry], *, among: str, retiring: bool
    ) -> int: ...


async def load_list(
    source: Source,
    name: NomenclatureName,
    lists: Lists,
    *,
    tally: Tally,
    report: ReportFile,
    allow_shrinking: bool = False,
) -> None:
    """Publish a list as the file has it now: add and change its entries, retire those that the file does not have.

    A second row with the same code counts as unchanged. Where a row is rejected, no entry is retired: the row may be
    the entry that seems to be missing. All errors are raised before anything is changed: NotThisFormat for a file
    that is not such a list, or that would retire many entries without `allow_shrinking` (it may be a part of the list
    only), and CutShort for a file that breaks off.
    """
    outcomes = await asyncio.to_thread(lambda: list(read_nomenclature(source, name)))
    entries = whole_list(source, outcomes)
    for outcome in outcomes:
        note(outcome, source, tally, report)
    known = await lists.lookup((name, entry.code) for entry in entries)
    among, retiring = register_of(entries, name), not tally.rejected
    offered = await lists.offered_codes(name, among=among)
    absent = offered - {entry.code for entry in entries} if retiring else frozenset()
    twice = sum(isinstance(outcome, Accepted) for outcome in outcomes) - len(entries)
    change = compared(entries, known, name) + Written(unchanged=twice, retired=len(absent))
    if not allow_shrinking:
        _refuse_a_part(source, change.retired, len(offered))
    if tally.dry_run:
        tally.foreseen = change + (tally.foreseen or Written())
    else:
        await lists.publish(name, entries, among=among, retiring=retiring)
        tally.count(change)


def _refuse_a_part(source: Source, retired: int, offered: int) -> None:
    if retired > max(_SOME, offered // _PART):
        raise NotThisFormat(
            f"{source.name} would retire {retired} of the {offered} entries offered: it may be a part of the list. "
            "Nothing was changed. Where it is the whole list, load it with --allow-shrinking."
        )

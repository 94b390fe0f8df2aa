"""Loading a coded list: read whole, then published at once, as what is absent from it is retired."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from feeds.loading import note
from feeds.nomenclatures import compared, read_nomenclature, register_of, whole_list
from feeds.outcome import Accepted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from domain.nomenclature import Code, ListedEntry, NomenclatureName
    from feeds.rejections import ReportFile
    from feeds.sources import Source
    from feeds.tally import Tally


class Lists(Protocol):
    """Where lists are kept."""

    async def lookup(self, codes: Iterable[Code], /) -> Mapping[Code, ListedEntry]: ...

    async def publish(
        self, name: NomenclatureName, entries: Sequence[ListedEntry], *, among: str, retiring: bool
    ) -> int: ...


async def load_list(
    source: Source, name: NomenclatureName, lists: Lists, *, tally: Tally, report: ReportFile
) -> None:
    """Publish a list as the file has it now; NotThisFormat before anything is changed.

    Entries retired count as changed, a code that comes again as unchanged. With a rejected row nothing is retired,
    as the row might have been what is missing. Raises CutShort where the file breaks off, before anything is
    changed too: half a list would retire the other half.
    """
    outcomes = await asyncio.to_thread(lambda: list(read_nomenclature(source, name)))
    entries = whole_list(source, outcomes)
    for outcome in outcomes:
        note(outcome, source, tally, report)
    known = await lists.lookup((name, entry.code) for entry in entries)
    if not tally.dry_run:
        retired = await lists.publish(name, entries, among=register_of(entries, name), retiring=not tally.rejected)
        tally.count(compared(entries, known, name))
        tally.changed += retired
        tally.unchanged += sum(isinstance(outcome, Accepted) for outcome in outcomes) - len(entries)

"""Sees by a timer of processor time which part of a program works: what `bench.stations` and `bench.pdf` print.

The innermost function that belongs to a part says whose a sample is; what C does counts for the
Python that called it. A share of p from n samples has a standard error of √(p·(1-p)/n), which is shown.
"""

from __future__ import annotations

import signal
import sys
from collections import Counter
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

INTERVAL = 0.001
"""Seconds of processor time, at which the system is asked to interrupt; few do it as often."""


class Sampler:
    """Counts the parts, which are named by pieces of `path of the file:function`."""

    def __init__(self, parts: Mapping[str, Sequence[str]], rest: str) -> None:
        self._parts = parts
        self._rest = rest
        self._of: dict[tuple[str, str], str | None] = {}
        self.seen: Counter[str] = Counter()

    def begin(self) -> None:
        """Look from now on."""
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)

    def end(self) -> None:
        """Look no more."""
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _look(self, _: int, frame: FrameType | None) -> None:
        while frame is not None:
            place = frame.f_code.co_filename, frame.f_code.co_name
            if place not in self._of:
                self._of[place] = self._part(":".join(place))
            if (part := self._of[place]) is not None:
                self.seen[part] += 1
                return
            frame = frame.f_back
        self.seen[self._rest] += 1

    def _part(self, place: str) -> str | None:
        return next((name for name, pieces in self._parts.items() if any(each in place for each in pieces)), None)


def tell(name: str, whole: float, unit: str, seen: Mapping[str, int]) -> None:
    """Print what part of `whole` each has, the largest first, with its error."""
    number = sum(seen.values())
    sys.stdout.write(f"\n{name}: {whole:.0f} {unit} of processor, {number} samples\n")
    for part, times in sorted(seen.items(), key=lambda each: -each[1]):
        share = times / number
        error = sqrt(share * (1 - share) / number)
        sys.stdout.write(f"  {part:34} {share * whole:6.1f} {unit} ± {error * whole:.1f}   {share:6.1%}\n")

"""What one operation sees and does, noted as it happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.trail import DONE, Deed, Origin, Seen

if TYPE_CHECKING:
    from collections.abc import Callable

    from domain.access import Viewer
    from domain.plan import Plan


@dataclass(slots=True)
class Act:
    """Something that is done on a plan; noted as soon as the plan is known."""

    deed: Deed
    plan: Plan | None = None
    outcome: str = DONE
    wrote: bool = False
    """Whether the plan is another than before."""
    writing: Plan | None = None
    """As the plan will be, from the moment at which it is sent to be written; `plan` is then as it was."""


class WatchedVisit:
    """What was seen and done since the visit began, or was last settled."""

    __slots__ = ("acts", "fetched", "origin", "seen", "told", "viewer", "worked")

    def __init__(self, viewer: Viewer, origin: Origin, worked: Callable[[float], None] = lambda _: None) -> None:
        self.viewer = viewer
        self.origin = origin
        self.worked = worked
        """To be told of the seconds that other processes have worked for it, even after it is over."""
        self.seen: set[Seen] | None = None
        self.told: Seen | None = None
        """What an event tells of: the very same for all who are told it in a role."""
        self.acts: list[Act] | None = None
        self.fetched: set[tuple[str, int]] | None = None

    def saw(self, what: Seen) -> None:
        """Note what is about to be shown."""
        if self.seen is None:
            self.seen = set()
        self.seen.add(what)

    def gives(self, plan: Plan) -> None:
        """Note that what a transmitted report says is about to be given: its answers, or its PDF."""
        if plan.report and plan.report.transmitted_at:
            if self.fetched is None:
                self.fetched = set()
            self.fetched.add((plan.id, plan.report.version))

    @property
    def only_told(self) -> bool:
        """Whether nothing was seen or done but what an event tells."""
        return not (self.seen or self.acts or self.fetched)

    def taken(self) -> tuple[set[Seen], list[Act]]:
        """Take what was noted, and begin anew."""
        seen, acts = self.seen or set(), self.acts or []
        if self.told:
            seen.add(self.told)
        self.seen = self.acts = self.told = None
        return seen, acts

"""The measures of a selection set: limits, and the formula of how many points it may cost."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class CostLimits:
    """How much one operation may ask for; fragments count wherever they are spread.

    A whole screen passes: 50 sessions of 20 plans, each with its trainee, its report, that report's form and
    its four coded answers, is some 9 000 objects on 8 levels.
    """

    depth: int = 15
    """Levels of fields; the introspection query of GraphiQL has 15."""
    fields: int = 1000
    root_fields: int = 20
    """Each is a question or an act of its own."""
    aliases: int = 100
    directives: int = 50
    """Written in the operation and in the fragments it uses."""
    points: int = 20_000
    """Objects in the result, and what its fields cost beside: see engine/points.py."""
    list_size: int = 20
    """Items supposed in a list that is not asked for by `first`."""


class Size(NamedTuple):
    """The value of a `first` or `last` argument: a variable's, or a number, or the default."""

    otherwise: int | None
    variable: str | None = None
    beside: Size | None = None
    """Counts where the variable is null, or absent without a default."""

    def given(self, variables: Mapping[str, Any]) -> int:
        """Read it; what is no number is refused elsewhere, where variables are coerced."""
        value = variables.get(self.variable) if self.variable else None
        if isinstance(value, int | float):
            return max(int(value), 0)
        if self.beside is not None and (self.otherwise is None or self.variable in variables):
            return self.beside.given(variables)
        return self.otherwise or 0


ONE = Size(1)


class Words(NamedTuple):
    """How many words an argument has, no more than count: those of a variable, or else a number."""

    most: int
    otherwise: int = 0
    variable: str | None = None

    def given(self, variables: Mapping[str, Any]) -> int:
        """Count them."""
        value = variables.get(self.variable) if self.variable else None
        return words_of(value, self.most) if isinstance(value, str) else self.otherwise


def words_of(text: str, most: int) -> int:
    """Count the words of a text, no further than `most`."""
    return sum(1 for _ in islice(_WORD.finditer(text), most))


class Term(NamedTuple):
    """A field whose objects depend on variables: `times` × `size` × (itself + the objects of `block`)."""

    block: Block
    times: int
    size: Size | Words
    page: Size
    """Of the connection that the field is, where it is one."""
    paged: bool
    """Whether it comes once for each item of the page around it."""

    def objects(self, below: tuple[int, int], variables: Mapping[str, Any]) -> int:
        """Count, given `own` and `paged` of the block."""
        own, paged = below
        return self.times * self.size.given(variables) * (1 + own + paged * self.page.given(variables))


@dataclass(slots=True, eq=False)
class Block:
    """A selection set, measured: an operation's, a field's or a fragment's."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    width: int = 0
    """Fields of its own level."""
    own: int = 0
    """Points, apart from those of `spreads` and `terms`."""
    paged: int = 0
    """Points for each item of the page around it, apart from those of `spreads` and `terms`."""
    spreads: list[Block] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)

    @property
    def varies(self) -> bool:
        """Whether its points depend on variables."""
        return bool(self.spreads or self.terms)

    def add_spread(self, fragment: Block) -> None:
        """Add the measures of a fragment that is spread in it."""
        self.fields += fragment.fields
        self.aliases += fragment.aliases
        self.width += fragment.width
        self.depth = max(self.depth, fragment.depth)
        if fragment.varies:
            self.spreads.append(fragment)
        else:
            self.own += fragment.own
            self.paged += fragment.paged

    def add_term(self, term: Term) -> None:
        """Keep what depends on variables, add up what does not."""
        if term.size.variable or term.page.variable or term.block.varies:
            self.terms.append(term)
        elif term.paged:
            self.paged += term.objects((term.block.own, term.block.paged), {})
        else:
            self.own += term.objects((term.block.own, term.block.paged), {})

    def value(self, values: Mapping[Block, tuple[int, int]], variables: Mapping[str, Any]) -> tuple[int, int]:
        """Work out `own` and `paged` from those of the blocks it depends on."""
        own, paged = self.own, self.paged
        for spread in self.spreads:
            own += values[spread][0]
            paged += values[spread][1]
        for term in self.terms:
            objects = term.objects(values.get(term.block, (term.block.own, term.block.paged)), variables)
            if term.paged:
                paged += objects
            else:
                own += objects
        return own, paged

"""Lists, as their address says: filters, order and page are parameters of the query; a link changes one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desk.french import WRITE_IT_SO, typed_day
from desk.stopping import Stopped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from desk.columns import Column
    from desk.visit import Visit

PAGE = 20
LONGEST_SEARCH = 100
_MOST_PAGES = 100_000
OVER: dict[str, str | None] = {"fait": None, "format": None}
"""Parameters that a link to another page drops: they are about one answer only."""
FORMATS = {"csv": "CSV", "xlsx": "XLSX"}


@dataclass(frozen=True, slots=True)
class TypedDays:
    """The two days of a filter: as shown (JJ/MM/AAAA, or as typed), problems by field, the range for the schema."""

    name: str
    first: str
    last: str
    problems: Mapping[str, str]
    asked: dict[str, str] | None
    """The schema's DateRange (`from`, `to`, YYYY-MM-DD); None, which filters nothing, where neither day is given."""

    @property
    def valid(self) -> str:
        """The range that is asked for (`FROM..TO`); the form keeps it until another valid range is typed."""
        return f"{(self.asked or {}).get('from', '')}..{(self.asked or {}).get('to', '')}"


def period(visit: Visit, name: str = "") -> TypedDays:
    """Read the parameters `du` and `au` (`NAME-du`, `NAME-au`).

    Where one of them is not a day, the last valid range (`juste`) is asked for, and a problem says so.
    """
    prefix = f"{name}-" if name else ""
    typed = {bound: visit.query(f"{prefix}{bound}") for bound in ("du", "au")}
    days = {bound: typed_day(text) for bound, text in typed.items()}
    problems = {f"{prefix}{bound}": WRITE_IT_SO for bound, text in typed.items() if text and not days[bound]}
    first, last = days["du"], days["au"]
    if problems:
        before, _, after = visit.query(f"{prefix}juste").partition("..")
        first, last = typed_day(before), typed_day(after)
    elif first and last and first > last:
        problems = {f"{prefix}au": "Cette date est avant la première."}
        first = last = None
    asked = ({"from": first} if first else {}) | ({"to": last} if last else {})
    shown = {bound: _shown(text, days[bound]) for bound, text in typed.items()}
    return TypedDays(name, shown["du"], shown["au"], problems, asked or None)


def _shown(typed: str, day: str | None) -> str:
    return f"{day[8:]}/{day[5:7]}/{day[:4]}" if day else typed


@dataclass(frozen=True, slots=True)
class Sort:
    """The order that the address asks for: `tri=ville` or `tri=-ville`."""

    key: str
    descending: bool
    field: str

    @property
    def direction(self) -> str:
        """The schema's OrderDirection, for a list that has one order only."""
        return "DESC" if self.descending else "ASC"

    @property
    def variables(self) -> dict[str, str]:
        """The schema's `orderBy`: its field and its direction."""
        return {"field": self.field, "direction": self.direction}

    @property
    def asked(self) -> str:
        """The value of `tri` for this order."""
        return f"-{self.key}" if self.descending else self.key

    def state(self, column: Column) -> str | None:
        """Return the `aria-sort` of a column; None where the list is not sorted by it."""
        return ("descending" if self.descending else "ascending") if column.key == self.key else None

    def address(self, visit: Visit, column: Column) -> str:
        """Return the address of the first page sorted by a column; in reverse where it is sorted by it already."""
        again = column.key == self.key and not self.descending
        return visit.address(tri=f"-{column.key}" if again else column.key, apres=None, avant=None, page=None)


def sort(visit: Visit, columns: tuple[Column, ...], key: str) -> Sort:
    """Read the order from `tri`; `key` (`-ville`: descending) where `tri` names no column that can be sorted."""
    asked = visit.query("tri")
    fields = {column.key: column.field for column in columns if column.field}
    chosen = asked.removeprefix("-")
    if chosen not in fields:
        chosen, asked = key.removeprefix("-"), key
    return Sort(chosen, asked.startswith("-"), str(fields[chosen]))


@dataclass(frozen=True, slots=True)
class Pager:
    """The place of a page in its list, and the addresses of the next, the previous and the first page.

    `first` and `last` are the places of its rows, from 1; `total` counts the list. An address that leads nowhere is
    None.
    """

    total: int
    number: int
    first: int
    last: int
    next: str | None
    previous: str | None
    beginning: str | None
    size: int = PAGE

    @property
    def pages(self) -> int:
        """How many pages the list has, at least 1."""
        return max(-(-self.total // self.size), 1)

    @property
    def in_title(self) -> str:
        """The end of a title: « , page 2 »; empty on the first page."""
        return f", page {self.number}" if self.number > 1 else ""


def turned(visit: Visit, size: int = PAGE) -> dict[str, Any]:
    """Return the arguments of a connection: the `size` nodes after the cursor of the address, or before it.

    Raises Stopped (404) for a cursor that was sealed for another person.
    """
    before = _cursor(visit, "avant")
    return {"last": size, "before": before} if before else {"after": _cursor(visit, "apres")}


def _cursor(visit: Visit, name: str) -> str | None:
    sealed = visit.query(name)
    cursor = visit.opened("cursor", sealed)
    if isinstance(cursor, str):
        return cursor
    if sealed:
        raise Stopped.absent()
    return None


def pager(visit: Visit, connection: Mapping[str, Any], size: int = PAGE) -> Pager:
    """Make the pager of a connection. Cursors are encrypted in addresses: they may contain a person's name."""
    number, total, shown = _page_number(visit), connection["totalCount"], len(connection["nodes"])
    info = connection["pageInfo"]
    begins = (number - 1) * size + 1 if shown else 0
    onward = back = None
    if info["hasNextPage"]:
        sealed = visit.seal("cursor", info["endCursor"])
        onward = visit.address(apres=sealed, avant=None, page=str(number + 1), **OVER)
    first = visit.address(apres=None, avant=None, page=None, **OVER) if number > 1 else None
    if number > 2 and info.get("hasPreviousPage") and info.get("startCursor"):  # noqa: PLR2004 - the second page
        sealed = visit.seal("cursor", info["startCursor"])
        back = visit.address(apres=None, avant=sealed, page=str(number - 1), **OVER)
    elif number == 2:  # noqa: PLR2004 - before the second page is the first
        back, first = first, None
    return Pager(total, number, begins, begins + shown - 1 if shown else 0, onward, back, first, size)


def _page_number(visit: Visit) -> int:
    text = visit.query("page")
    return min(max(int(text), 1), _MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 7 else 1  # noqa: PLR2004 - digits


def list_page(
    visit: Visit,
    template: str,
    connection: Mapping[str, Any],
    *,
    title: str,
    tab: str = "",
    period: TypedDays | None = None,
    size: int = PAGE,
    **shown: Any,  # noqa: ANN401 - what the template shows
) -> Response:
    """Render a page of a list, with the page's number in the tab; 422 where a day of its filter is invalid."""
    page = pager(visit, connection, size)
    status = 422 if period and period.problems else 200
    in_tab = f"{tab or title}{page.in_title}"
    return visit.page(template, title=title, tab=in_tab, status=status, period=period, pager=page, **shown)


async def export(visit: Visit, operation: str, **variables: object) -> Response | None:
    """Redirect to the whole list as a table where the address asks for one (`format=csv`, `xlsx`); None otherwise.

    In the operation, the list has the alias `list`. Raises Stopped (404) where the person has no such list.
    """
    wanted = FORMATS.get(visit.query("format"))
    if wanted is None:
        return None
    found = (await visit.ask(operation, format=wanted, **variables))["list"]
    document = found and found["export"]
    if not document:
        raise Stopped.absent()
    return visit.go(document["url"])


def only_late(visit: Visit) -> bool | None:
    """Return True where the address asks for late reports only (`retard=oui`), None (no filter) otherwise."""
    return True if visit.query("retard") == "oui" else None


def person_search(visit: Visit) -> str:
    """Return the searched name, which the address has encrypted: no address, history or log shows a name."""
    return str(visit.opened("search", visit.query("r")) or "")


def search_again(visit: Visit) -> Response:
    """Answer a search for people, sent by POST: redirect to the list's address, with the name encrypted in it."""
    wanted = visit.form.text("recherche").strip()[:LONGEST_SEARCH]
    sealed = visit.seal("search", wanted) if wanted else None
    return visit.go(visit.address(r=sealed, apres=None, avant=None, page=None))

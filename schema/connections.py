"""Pages of lists, as Relay connections."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Generic, NamedTuple, TypeVar

import strawberry

from domain.listed import AskedList, TableFormat
from domain.pages import USUAL_PAGE, Page, PageRequest
from domain.plan import Plan
from resolvers.exports import export_link
from schema.context import Info
from schema.enums import ExportFormat
from schema.node import QUESTION, shown
from schema.unasked_parts import asks_for_one, unasked, unasked_of_sessions

T = TypeVar("T")
First = Annotated[int | None, strawberry.argument(description="How many at most, 1 to 100; 20 when null.")]
After = Annotated[str | None, strawberry.argument(description="The cursor after which the page begins.")]
Last = Annotated[
    int | None,
    strawberry.argument(description="The last ones, so many at most, 1 to 100; `first` then says nothing."),
]
Before = Annotated[str | None, strawberry.argument(description="The cursor before which the page ends.")]


class AskedPage(NamedTuple):
    """Which page of a list is asked for, as the arguments say it."""

    first: int | None
    after: str | None
    last: int | None
    before: str | None


def page_request(info: Info, span: AskedPage, *shown: str) -> PageRequest:
    """Read what page is wanted, and what of its plans (`shown` in any case); BadRequest beyond 100."""
    return _page_request(info, span, unasked(info, *shown))


def page_request_of_sessions(info: Info, span: AskedPage) -> PageRequest:
    """Read likewise what page of sessions is wanted."""
    return _page_request(info, span, unasked_of_sessions(info))


def _page_request(info: Info, span: AskedPage, unread: frozenset[str]) -> PageRequest:
    items = asks_for_one(info, "nodes", "edges", "pageInfo")
    first = USUAL_PAGE if span.first is None else span.first
    return PageRequest(first, span.after, unread, items, span.last, span.before)


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = shown("Whether more follows.")
    has_previous_page: bool = shown("Whether something comes before.")
    start_cursor: str | None = shown("Cursor of the first item; give it back as `before`.")
    end_cursor: str | None = shown("Cursor of the last item; give it back as `after`.")


@strawberry.type(description="An item in its place in a list.")
class Edge(Generic[T]):
    cursor: str = shown("Where the item stands; opaque.")
    node: T = shown("The item.")


@strawberry.type(description="A page of a list that stays in order while data change.")
class Connection(Generic[T]):
    page: strawberry.Private[Page[Plan]]
    nodes: list[T] = shown("The items of the page.")

    @shown("The items with their cursors.")
    def edges(self) -> list[Edge[T]]:
        cursors = map(self.page.cursor, self.page.positions)
        return [Edge(cursor=cursor, node=node) for cursor, node in zip(cursors, self.nodes, strict=True)]

    @shown("Where the page stands.")
    def page_info(self) -> PageInfo:
        cursor, positions = self.page.cursor, self.page.positions
        return PageInfo(
            has_next_page=self.page.has_next,
            has_previous_page=self.page.has_previous,
            start_cursor=cursor(positions[0]) if positions else None,
            end_cursor=cursor(positions[-1]) if positions else None,
        )

    @shown("How long the whole list is, with its filters.", points=QUESTION)
    async def total_count(self) -> int:
        return await self.page.count()


@strawberry.type(description="A whole list as a table to download.")
class TableDocument:
    url: str = shown("Opens without a token, until `expiresAt`; the list is read when it is opened.")
    expires_at: datetime = shown("When the address stops to open.")
    file_name: str = shown("The name under which it is saved.")


@strawberry.type(name="Connection", description="A page of a list that stays in order while data change.")
class TableConnection(Connection[T]):
    asked: strawberry.Private[AskedList]

    @shown(
        "The whole list as a table (exporter tout le tableau): its filters and order, all rows and not this page. "
        "No reason of exit or absence is in it. Whom it shows counts as read when the link is opened."
    )
    def export(
        self,
        info: Info,
        format: Annotated[ExportFormat, strawberry.argument(description="What for.")],  # noqa: A002
    ) -> TableDocument | None:
        context = info.context
        table = TableFormat[format.name]
        link, name = export_link(context.services, context.viewer, self.asked, table, now=context.now)
        return TableDocument(url=link.url, expires_at=link.expires_at, file_name=name)


def connection(page: Page[Plan], show: Callable[[Plan], T]) -> Connection[T]:
    """Show a page."""
    return Connection(page=page, nodes=[show(plan) for plan in page.items])


def table_connection(page: Page[Plan], show: Callable[[Plan], T], asked: AskedList) -> TableConnection[T]:
    """Show a page of a list that can be exported whole."""
    return TableConnection(page=page, nodes=[show(plan) for plan in page.items], asked=asked)

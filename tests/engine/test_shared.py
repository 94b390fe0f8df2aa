"""An event that many subscribers share is answered once for each selection and setting of its variables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator  # noqa: TC003 - strawberry reads it
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import strawberry

from engine.executors import compiled_executor
from engine.operation import Request, RequestRefused, Response
from engine.running.shared_answers import SharedAnswers
from engine.running.subscription import Responses

if TYPE_CHECKING:
    from engine.executor import DocumentExecutor
    from engine.operation import Taker

SUBSCRIBERS = 20


@dataclass
class Feed:
    """A context: the events to come, and how often the mark of one was asked for."""

    events: list[Any]
    asked: list[str] = field(default_factory=list)


@strawberry.type
class News:
    share_key: strawberry.Private[int | None]
    name: str
    read: strawberry.Private[list[str]] = field(default_factory=list)

    @strawberry.field
    def title(self) -> str:
        self.read.append(self.name)
        if self.name == "bad":
            raise ValueError("no title")
        return self.name

    @strawberry.field
    async def mark(self, info: strawberry.Info[Feed, None], mark: str = "") -> str:
        info.context.asked.append(self.name)
        await asyncio.sleep(0)
        return self.name + mark

    @strawberry.field
    def cut(self, length: int = 1) -> str:
        return self.name[:length]


@strawberry.type
class Query:
    name: str = "a"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def news(self, info: strawberry.Info[Feed, None], after: int = 0) -> AsyncGenerator[News, None]:
        if after < 0:
            raise ValueError("no such news")
        for event in info.context.events:
            yield event


SCHEMA = strawberry.Schema(Query, subscription=Subscription)._schema  # noqa: SLF001 - the executor's subject
TITLES = "subscription { news { name title } }"
MARKS = "subscription($mark: String!) { news { name mark(mark: $mark) } }"


async def heard(executor: DocumentExecutor, feed: Feed, text: str = TITLES, **variables: Any) -> list[Response]:
    operation = executor.prepare(Request(text, variables=variables))
    return [response async for response in await operation.subscribe(feed)]


async def test_subscribers_with_one_selection_share_the_answer() -> None:
    feed = Feed([News(share_key=1, name="one"), News(share_key=2, name="two")])
    executor = compiled_executor(SCHEMA)
    answers = await asyncio.gather(*[heard(executor, feed) for _ in range(SUBSCRIBERS)])
    assert [event.read for event in feed.events] == [["one"], ["two"]]
    assert all(answer[1] is answers[0][1] for answer in answers)
    assert answers[0][1].body == b'{"data":{"news":{"name":"two","title":"two"}}}'


class Handing:
    """A source that offers its events to a taker at once, and nothing more."""

    def __init__(self, *events: str) -> None:
        self.events = events
        self.taken: list[bool] = []

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        raise StopAsyncIteration

    def hand_to(self, taker: Taker[str]) -> None:
        self.taken = [taker.has_room() and taker.take(event) for event in self.events]


class Handed(list[Response]):
    """Takes what there is room for."""

    def __init__(self, *, room: bool = True) -> None:
        self.room = room

    def has_room(self) -> bool:
        return self.room

    def take(self, response: Response) -> bool:
        self.append(response)
        return True


async def test_an_answer_that_is_there_is_handed_over_at_once_and_one_that_is_nobodys_else_is_not() -> None:
    shared, source, personal = SharedAnswers(number=8, size=1024), Handing("one", "two"), Handing("one")
    handed, full = Handed(), Handed(room=False)

    async def make() -> Response:
        return Response(b"{}")

    async def answer(event: str) -> Response:
        return await shared.answer(event, make)

    one = await answer("one")
    Responses(source, answer, shared.made).hand_to(handed)
    Responses(personal, answer).hand_to(handed)

    assert (source.taken, personal.taken) == ([True, False], [])
    assert handed == [one]

    Responses(source, answer, shared.made).hand_to(full)
    assert (source.taken, full) == ([False, False], [])


async def test_where_a_subscriber_began_does_not_keep_it_from_sharing() -> None:
    feed = Feed([News(share_key=1, name="one")])
    executor = compiled_executor(SCHEMA)
    text = "subscription($after: Int!) { news(after: $after) { title } }"
    answers = [await heard(executor, feed, text, after=number) for number in range(3)]
    assert feed.events[0].read == ["one"]
    assert answers[0] == answers[2]


async def test_a_field_that_is_told_who_asks_is_answered_for_each() -> None:
    feed = Feed([News(share_key=1, name="one")])
    executor = compiled_executor(SCHEMA)
    answers = await asyncio.gather(*[heard(executor, feed, MARKS, mark=mark) for mark in "!?!"])
    assert feed.asked == ["one"] * 3
    assert [b'"one?"' in answer[0].body for answer in answers] == [False, True, False]


@pytest.mark.parametrize(
    "fields",
    [
        'title mark(mark: "!")', "other: mark", "... { mark }", "... on News { title mark }", "...rest",
        "mark @include(if: true)", "cut", "cut(length: 2)",
    ],
)  # fmt: skip
async def test_wherever_it_hides_it_makes_the_whole_answer_personal(fields: str) -> None:
    rest = " fragment rest on News { name mark }" if "rest" in fields else ""
    text = f"subscription {{ news {{ name {fields} }} }}{rest}"
    shared = SharedAnswers()
    executor = compiled_executor(SCHEMA, shared=shared)
    first, second = [await heard(executor, Feed([News(share_key=1, name="one")]), text) for _ in range(2)]
    assert first[0].body == second[0].body
    assert first[0] is not second[0]
    assert len(shared) == 0


async def test_a_condition_that_leaves_the_personal_out_leaves_the_rest_to_share() -> None:
    text = "subscription($all: Boolean!) { news { name mark @include(if: $all) } }"
    feed, executor = Feed([News(share_key=1, name="one")]), compiled_executor(SCHEMA)
    with_mark = await heard(executor, feed, text, all=True)
    without = [await heard(executor, feed, text, all=False) for _ in range(2)]
    assert with_mark[0].body == b'{"data":{"news":{"name":"one","mark":"one"}}}'
    assert without[0][0] is without[1][0]
    assert without[0][0].body == b'{"data":{"news":{"name":"one"}}}'


async def test_another_selection_has_its_own_answer() -> None:
    feed = Feed([News(share_key=1, name="one")])
    executor = compiled_executor(SCHEMA)
    assert (await heard(executor, feed))[0].body == b'{"data":{"news":{"name":"one","title":"one"}}}'
    other = await heard(executor, feed, "subscription { news { name } }")
    assert other[0].body == b'{"data":{"news":{"name":"one"}}}'


async def test_an_event_without_a_share_key_is_answered_for_each() -> None:
    feed = Feed([News(share_key=None, name="one")])
    executor = compiled_executor(SCHEMA)
    await asyncio.gather(*[heard(executor, feed) for _ in range(3)])
    assert feed.events[0].read == ["one"] * 3


async def test_an_answer_with_errors_is_not_kept() -> None:
    feed = Feed([News(share_key=1, name="bad")])
    executor = compiled_executor(SCHEMA)
    assert (await heard(executor, feed))[0].errors
    assert (await heard(executor, feed))[0].errors
    assert feed.events[0].read == ["bad", "bad"]


async def test_who_makes_an_answer_may_be_cancelled_and_another_makes_it() -> None:
    answers, started, let = SharedAnswers(number=4, size=1000), asyncio.Event(), asyncio.Event()

    async def for_ever() -> Response:
        started.set()
        await let.wait()
        return Response(b"never")

    async def at_once() -> Response:
        return Response(b"made")

    first = asyncio.ensure_future(answers.answer("key", for_ever))
    await started.wait()
    second = asyncio.ensure_future(answers.answer("key", at_once))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).body == b"made"


async def test_kept_answers_are_bounded_in_number_and_in_bytes() -> None:
    answers = SharedAnswers(number=4, size=100)

    async def small() -> Response:
        return Response(b"small")

    async def middling() -> Response:
        return Response(b"m" * 12)

    async def large() -> Response:
        return Response(b"x" * 50)

    await answers.answer("large", large)
    assert len(answers) == 0
    for number in range(10):
        await answers.answer(number, small)
    assert len(answers) == 4
    answers = SharedAnswers(number=100, size=100)
    for number in range(20):
        await answers.answer(number, middling)
    assert len(answers) <= 8


async def test_an_error_of_the_source_itself_ends_the_stream() -> None:
    executor = compiled_executor(SCHEMA)
    operation = executor.prepare(Request("subscription { news(after: -1) { name } }"))
    stream = await operation.subscribe(Feed([]))
    with pytest.raises(ValueError, match="no such news"):
        await anext(stream)


async def test_a_source_that_is_no_stream_refuses_the_request() -> None:
    operation = compiled_executor(BROKEN).prepare(Request("subscription { numbers }"))
    with pytest.raises(RequestRefused, match="must return AsyncIterable"):
        await operation.subscribe(None)


@strawberry.type
class Broken:
    @strawberry.subscription
    async def numbers(self) -> AsyncGenerator[int, None]:
        return 5  # type: ignore[return-value]


BROKEN = strawberry.Schema(Query, subscription=Broken)._schema  # noqa: SLF001 - the executor's subject

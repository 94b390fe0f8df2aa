from __future__ import annotations

import pytest

from domain.errors import BadRequest
from domain.pages import USUAL_PAGE, Page, PageRequest


@pytest.mark.parametrize("first", [1, 2, 99, 100])
def test_a_page_has_from_one_to_a_hundred_items(first: int) -> None:
    assert PageRequest(first).first == first


@pytest.mark.parametrize("first", [0, -1, 101, 2**31 - 1, -(2**31)])
def test_a_page_of_none_or_of_more_is_refused_in_a_sentence(first: int) -> None:
    with pytest.raises(BadRequest, match=r"entre 1 et 100\.$"):
        PageRequest(first)


def test_who_names_no_length_gets_twenty() -> None:
    assert PageRequest() == PageRequest(USUAL_PAGE) == PageRequest(20, None)


async def test_a_page_of_something_else_stands_where_it_stood() -> None:
    async def count() -> int:
        return 3

    shown = Page([1, 2], ["a", "b"], str.upper, has_next=True, has_previous=False, count=count).map(str)
    assert (shown.items, shown.has_next, shown.has_previous) == (["1", "2"], True, False)
    assert [shown.cursor(position) for position in shown.positions] == ["A", "B"]
    assert await shown.count() == 3

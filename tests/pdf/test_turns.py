"""Whose turn it is."""

from itertools import takewhile

import pytest

from pdf.errors import TooManyOrders
from pdf.turns import MOST_READINGS, Turns


def taken(turns: Turns[str], *, transmissions_only: bool = False) -> list[str]:
    orders = iter(lambda: turns.next(transmissions_only=transmissions_only), "")
    return [order for order in takewhile(lambda order: order is not None, orders) if order]


def test_transmissions_go_before_what_was_asked_earlier_to_be_read() -> None:
    turns: Turns[str] = Turns()
    turns.readings.join("a", "draft")
    turns.transmissions.join("b", "report")
    assert taken(turns) == ["report", "draft"]


def test_what_is_there_for_transmissions_takes_nothing_else() -> None:
    turns: Turns[str] = Turns()
    turns.readings.join("a", "draft")
    assert taken(turns, transmissions_only=True) == []
    assert taken(turns) == ["draft"]


def test_each_account_has_one_order_printed_before_any_has_its_second() -> None:
    turns: Turns[str] = Turns()
    for order in ("a1", "a2", "a3", "b1", "c1", "b2"):
        turns.readings.join(order[0], order)
    assert taken(turns) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_an_account_that_comes_back_waits_behind_the_others() -> None:
    turns: Turns[str] = Turns()
    for order in ("a1", "b1"):
        turns.readings.join(order[0], order)
    assert turns.next(transmissions_only=False) == "a1"
    turns.readings.join("a", "a2")
    assert taken(turns) == ["b1", "a2"]


def test_an_account_has_no_more_orders_waiting_than_its_share_and_another_has_its_own() -> None:
    turns: Turns[str] = Turns()
    for rank in range(MOST_READINGS):
        turns.readings.join("a", f"a{rank}")
    with pytest.raises(TooManyOrders, match="réessayez"):
        turns.readings.join("a", "one too many")
    turns.readings.join("b", "b0")
    turns.readings.leave("a", "a0")
    turns.readings.join("a", "a8")
    assert taken(turns)[:3] == ["a1", "b0", "a2"]


def test_whoever_left_is_not_called() -> None:
    turns: Turns[str] = Turns()
    turns.readings.join("a", "a1")
    turns.readings.leave("a", "a1")
    turns.readings.leave("a", "never came")
    assert taken(turns) == []

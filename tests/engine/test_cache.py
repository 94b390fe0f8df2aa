"""What is asked for often stays known, whatever passes by."""

from __future__ import annotations

from engine.cache import Cache


def seen(kept: Cache[str], text: str, times: int = 1, size: int = 10) -> None:
    for _ in range(times):
        if kept.find(text)[0] is None:
            kept.add(text, text.upper(), size)


def test_a_text_settles_at_its_second_sight() -> None:
    kept: Cache[str] = Cache(number=4, size=1000)
    seen(kept, "a")
    assert kept.find("a") == ("A", True)


def test_a_stream_of_new_texts_leaves_the_settled_ones() -> None:
    kept: Cache[str] = Cache(number=4, size=1000)
    for text in "abcd":
        seen(kept, text, 10)
    for number in range(1000):
        seen(kept, f"new {number}")
    assert [kept.find(text) for text in "abcd"] == [(text.upper(), True) for text in "abcd"]


def test_texts_sent_twice_leave_those_sent_often() -> None:
    kept: Cache[str] = Cache(number=4, size=1000)
    for number in range(200):
        for text in "abcd":
            seen(kept, text, 10)
        seen(kept, f"new {number}", 2)
    assert all(kept.find(text)[1] for text in "abcd")


def test_what_is_no_longer_asked_for_gives_way() -> None:
    kept: Cache[str] = Cache(number=2, size=1000)
    seen(kept, "old", 100)
    seen(kept, "older", 100)
    seen(kept, "new", 300)
    assert kept.find("new")[1]


def test_the_settled_text_that_was_asked_for_longest_ago_gives_way_first() -> None:
    kept: Cache[str] = Cache(number=2, size=1000)
    for text in ("a", "b"):
        seen(kept, text, 3)
    seen(kept, "a")
    seen(kept, "c", 4)
    assert [text for text in "abc" if kept.find(text)[1]] == ["a", "c"]


def test_what_is_kept_is_bounded_in_number_and_in_bytes() -> None:
    kept: Cache[str] = Cache(number=8, size=400)
    for number in range(100):
        seen(kept, f"text {number}", 3, size=50)
    assert len(kept) <= 16
    kept = Cache(number=1000, size=400)
    for number in range(100):
        seen(kept, f"text {number}", 3, size=50)
    assert len(kept) <= 16


def test_a_text_too_large_for_the_store_is_not_kept() -> None:
    kept: Cache[str] = Cache(number=8, size=400)
    seen(kept, "large", size=51)
    assert kept.find("large") == (None, False)

"""The code of a paper: whole, or none at all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.verification import ALPHABET, RANDOM_BITS, code_of, grouped, read_code, same_hash

numbers = st.integers(min_value=0, max_value=2**RANDOM_BITS - 1)
places = st.integers(min_value=0, max_value=11)


@given(numbers)
def test_a_code_is_read_as_it_is_printed_and_as_people_type_it(number: int) -> None:
    code = code_of(number)
    assert read_code(grouped(code)) == code
    typed = grouped(code).lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert read_code(f" {typed}\u00a0") == code


@given(numbers, places, st.sampled_from(ALPHABET))
def test_one_wrong_character_makes_no_code(number: int, place: int, character: str) -> None:
    code = code_of(number)
    wrong = code[:place] + character + code[place + 1 :]
    assert (read_code(wrong) is None) is (wrong != code)


@given(numbers, places, places)
def test_two_characters_that_changed_places_make_no_code(number: int, one: int, other: int) -> None:
    code = code_of(number)
    letters = list(code)
    letters[one], letters[other] = letters[other], letters[one]
    assert (read_code("".join(letters)) is None) is ("".join(letters) != code)


@given(st.text(max_size=20))
def test_no_text_is_a_fault(text: str) -> None:
    assert read_code(text) is None or len(text) >= 12


def test_each_number_has_its_own_code() -> None:
    assert len({code_of(number << 45 | number) for number in range(1_000)}) == 1_000
    assert code_of(0) == "0" * 12


def test_a_hash_is_compared_whatever_its_case_and_spaces_and_never_a_part_of_it() -> None:
    digest = "ab" * 32
    assert same_hash("AB:" * 31 + "AB", digest)
    assert same_hash(f" {digest}\n", digest)
    assert not same_hash(digest[:-1], digest)
    assert not same_hash("ab" * 31 + "ac", digest)

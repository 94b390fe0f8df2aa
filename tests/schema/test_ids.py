"""Identifiers and cursors outlive releases, restarts and secrets; nothing can be read out of them."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.identifiers import SealedIdentifiers
from domain.errors import BadRequest
from domain.global_id import opaque, read_opaque
from schema.cursors import decode_number, encode_number
from schema.ids import decode_id, encode_id
from storage.cursors import decode_cursor, encode_cursor
from storage.installation import identifier_key
from tests.databases import IDENTIFIERS

if TYPE_CHECKING:
    from storage.client import Database

PERSON, SIRET = "01234567890", "79455821300029"


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        (encode_id("TrainingPlan", "P-1"), "aS3KaUI4G5dnE6FeiWy42WCC7Uz29liZzJwo551ZHN4"),
        (encode_id("JobSeeker", PERSON), "43V7LsTl6eyT0VBINxFtP4xWX-dZrWuhkFHzDRYtr65Cyp7wsw"),
        (
            encode_id("TrainingOrganization", SIRET),
            "IahqMFulGxQl3yMhD9UYwHrgsxX5O6eQeYOifWh__ffo3J3Jx2YYqrvEwtzsA2KT8jOW",
        ),
        (
            encode_cursor("keys.due", "2026-01-05\x1fadam zoe\x1fP-1"),
            "DTU8YG22-xYS0aNtMJWeCnegJy2CD2hypwvPttgMaGwOQSHvyPcFjJtohmcT8Qq3",
        ),
        (encode_number(42), "pnyPHXjGNSvNXAiaY1QXHXDRczUQOtPHlvpwKg8w4g"),
    ],
)
def test_what_clients_have_kept_stays_what_it_was(made: str, kept: str) -> None:
    """Golden values, of the key of the tests: a release that changes them loses what clients and desks hold."""
    assert made == kept


@given(st.text(max_size=200))
def test_what_was_made_opaque_is_read_back(text: str) -> None:
    assert read_opaque(opaque(text)) == text
    assert opaque(text) == opaque(text)


@pytest.mark.parametrize("secret", [PERSON, SIRET])
def test_no_number_can_be_read_out_of_an_identifier_or_a_cursor(secret: str) -> None:
    for made in (encode_id("JobSeeker", secret), encode_cursor("keys.person", f"adam\x1f{secret}")):
        assert secret not in made
        assert secret.encode() not in urlsafe_b64decode(made + "=" * (-len(made) % 4))


def test_what_another_installation_made_is_none_of_ours() -> None:
    theirs = SealedIdentifiers(b"of quite another installation...").seal("TrainingPlan:P-1")
    ours = SealedIdentifiers(IDENTIFIERS)
    assert ours.open(theirs) is None
    assert ours.open(ours.seal("TrainingPlan:P-1")[:-1]) is None


@pytest.mark.parametrize("given", ["", "é", "AAAA", "=", "a" * 10_000, "\ud800", "Sm9iU2Vla2VyOjEyMDUwMTJL"])
def test_what_is_no_identifier_is_that_of_nothing_and_no_cursor_is_refused(given: str) -> None:
    assert decode_id(given) == ("", "")
    with pytest.raises(BadRequest):
        decode_cursor("keys.due", given)
    with pytest.raises(BadRequest):
        decode_number(given)


def test_a_plan_may_be_named_by_its_id_in_the_feed_and_nothing_else_may() -> None:
    named = {
        kind: urlsafe_b64encode(f"{kind}:P-1".encode()).decode().rstrip("=") for kind in ("TrainingPlan", "Report")
    }
    assert decode_id(named["TrainingPlan"]) == ("TrainingPlan", "P-1")
    assert decode_id(named["Report"]) == ("", "")
    assert encode_id("TrainingPlan", "P-1") != named["TrainingPlan"]


@pytest.mark.parametrize("added", ["=", "A", "\n", " "])
def test_one_object_has_one_identifier(added: str) -> None:
    assert decode_id(encode_id("TrainingPlan", "P-1") + added) == ("", "")


async def test_the_first_key_that_is_kept_stays_the_key_of_the_installation(database: Database) -> None:
    await database["installation"].delete_many({})
    first = await identifier_key(database, b"1" * 32)
    assert first == b"1" * 32
    assert await identifier_key(database, b"2" * 32) == first

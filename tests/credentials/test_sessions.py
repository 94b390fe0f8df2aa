"""The proof that a form comes from a page of ours: made for one account, whole, and never the same twice."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest

from credentials.sessions import Sessions

SESSIONS = Sessions(b"of the tests, and thirty-two bytes long at least")


def test_a_form_is_taken_from_the_account_for_which_it_was_made_and_from_no_other() -> None:
    token = SESSIONS.form_token("a")
    assert token != SESSIONS.form_token("a")
    assert SESSIONS.is_form_token("a", token)
    assert not SESSIONS.is_form_token("b", token)


@pytest.mark.parametrize("kept", [0, 1, 15, 16, 17, 31])
def test_a_part_of_a_proof_is_none(kept: int) -> None:
    whole = urlsafe_b64decode(SESSIONS.form_token("a"))
    assert len(whole) > kept
    assert not SESSIONS.is_form_token("a", urlsafe_b64encode(whole[:kept]).decode())


@pytest.mark.parametrize("token", ["", "x", "é", "=" * 44])
def test_what_is_no_proof_at_all_is_refused(token: str) -> None:
    assert not SESSIONS.is_form_token("a", token)

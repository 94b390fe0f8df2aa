from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from credentials.claims import BadToken
from credentials.remembering import RememberedTokens
from credentials.tokens import DevelopmentTokens
from domain.access import Role, Viewer

SECRET = b"x" * 32
TOKENS = DevelopmentTokens(SECRET)


def issued(lifetime: timedelta = timedelta(minutes=5), subject: str = "A-7") -> str:
    return TOKENS.issue(Role.ADVISER, subject, now=datetime.now(UTC), lifetime=lifetime)


async def test_a_development_token_says_who_bears_it() -> None:
    viewer = await TOKENS.viewer(issued())

    assert (viewer.role, viewer.key, viewer.account) == (Role.ADVISER, "A-7", "adviser:A-7")


@pytest.mark.parametrize(
    "token",
    [
        issued(timedelta(minutes=-5)),
        jwt.encode({"sub": "A", "role": "adviser", "adviser": "A"}, SECRET, "HS256"),
        jwt.encode({"sub": "A", "role": "adviser", "adviser": "A", "exp": 9e9}, SECRET * 2, "HS512"),
        jwt.encode({"sub": "A", "role": "adviser", "adviser": "A", "exp": 9e9}, b"y" * 32, "HS256"),
        jwt.encode({"sub": "A", "role": "adviser", "adviser": "A", "exp": 9e9}, "", "none"),
        jwt.encode({"sub": "A"}, SECRET, "HS256", {"crit": ["x"]}),
        issued(subject="x" * 8200),
        issued(subject=" "),
    ],
    ids=["expired", "no end", "HS512", "another secret", "none", "crit", "oversized", "blank"],
)
async def test_a_development_token_that_will_not_do_is_refused(token: str) -> None:
    with pytest.raises(BadToken):
        await TOKENS.viewer(token)


class Counting:
    """The verifier, and how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def viewer(self, token: str) -> Viewer:
        self.asked += 1
        return await TOKENS.viewer(token)


async def test_a_token_is_verified_once_and_again_when_it_has_expired() -> None:
    seconds = datetime.now(UTC).timestamp()
    counting = Counting()
    remembered = RememberedTokens(counting, lambda: seconds)
    token = issued()

    assert await remembered.viewer(token) == await remembered.viewer(token)
    assert counting.asked == 1

    seconds += 301
    await remembered.viewer(token)
    assert counting.asked == 2


async def test_a_bad_token_is_not_remembered_as_anything() -> None:
    counting = Counting()
    remembered = RememberedTokens(counting, lambda: 0.0)
    for _ in range(2):
        with pytest.raises(BadToken):
            await remembered.viewer("bad")

    assert counting.asked == 2


async def test_what_is_remembered_is_bounded_and_can_be_forgotten() -> None:
    counting = Counting()
    remembered = RememberedTokens(counting, lambda: 0.0, most=2)
    tokens = [issued(subject=f"A-{number}") for number in range(3)]
    for token in tokens:
        await remembered.viewer(token)

    await remembered.viewer(tokens[2])
    assert counting.asked == 3
    await remembered.viewer(tokens[0])
    assert counting.asked == 4
    remembered.forget()
    await remembered.viewer(tokens[2])
    assert counting.asked == 5

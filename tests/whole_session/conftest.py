"""A session of five on the test's database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories import a_person, a_plan, a_session
from tests.whole_session.workbook import CLASS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@pytest.fixture
async def class_of_five(load: Callable[..., Awaitable[object]]) -> None:
    """A session of five, and a plan of another."""
    people = [a_plan(f"P-{number}", job_seeker=a_person(f"12050{number:02}K")) for number in range(CLASS)]
    await load(*people, a_plan("P-50", session=a_session("S-2"), job_seeker=a_person("1205050K")))

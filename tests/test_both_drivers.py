"""What differs between the drivers is tried with the other one as well, in a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from tests import DRIVER

OTHER = {"motor": "pymongo", "pymongo": "motor"}[DRIVER]
CONCERNED = (
    "tests/bounds/test_asking.py",
    "tests/delivery/test_outages.py",
    "tests/delivery/test_failover.py",
    "tests/delivery/test_following.py",
    "tests/storage/test_announcements.py",
    "tests/operations/test_backup.py::test_a_backup_under_load_is_of_one_instant",
)
"""Time, share and kill; outages and elections; change streams; sessions."""


async def test_asking_delivery_and_outages_are_the_same_with_the_other_driver(mongodb_url: str) -> None:
    trying = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *CONCERNED),
        env={**os.environ, "BILANS_DRIVER": OTHER, "BILANS_TEST_MONGODB_URL": mongodb_url},
        cwd=Path(__file__).parents[1],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await trying.communicate()
    assert trying.returncode == 0, said.decode()

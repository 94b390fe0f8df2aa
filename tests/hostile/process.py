"""The service as its operators run it: a process of its own, whose every line is read afterwards."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

ROOT = Path(__file__).parents[2]
_START_SECONDS, _STOP_SECONDS = 180, 60


@dataclass(frozen=True)
class Process:
    """A process that serves at `url`; `lines` are complete once it was stopped."""

    url: str
    folder: Path
    running: asyncio.subprocess.Process

    def stop(self) -> None:
        """Tell it to stop, as a system does."""
        self.running.terminate()

    def lines(self) -> list[str]:
        """Give all that it printed, on both outputs."""
        return [line for name in ("out", "err") for line in (self.folder / name).read_text().splitlines()]


@asynccontextmanager
async def process(folder: Path, *options: str, **settings: str) -> AsyncIterator[Process]:
    """Run `serve` on a free port for the time of the block, with settings named as in the environment."""
    async with process_of(ROOT, folder, options, settings) as running:
        yield running


@asynccontextmanager
async def process_of(
    checkout: Path, folder: Path, options: Sequence[str], settings: Mapping[str, str], **environment: str
) -> AsyncIterator[Process]:
    """Run `serve` of a checkout likewise; `environment` is what its process has besides."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("BILANS_")}
    given |= {f"BILANS_{name}": value for name, value in settings.items()} | {"PYTHONPATH": str(checkout)}
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        running = await asyncio.create_subprocess_exec(
            python_of(checkout), "main.py", "serve", "--port", "0", *options,
            cwd=checkout, env=given | environment, stdout=out, stderr=err,
        )  # fmt: skip
    try:
        yield Process(await _address(running, folder), folder, running)
    finally:
        if running.returncode is None:
            with suppress(ProcessLookupError):
                running.terminate()
        await asyncio.wait_for(running.wait(), _STOP_SECONDS)


def python_of(checkout: Path) -> str:
    """The Python of a checkout's own environment, else that of this process."""
    own = checkout / ".venv" / "bin" / "python"
    return str(own) if checkout != ROOT and own.exists() else sys.executable


async def _address(running: asyncio.subprocess.Process, folder: Path) -> str:
    """Wait for the line that says where it listens."""
    async with asyncio.timeout(_START_SECONDS):
        while not (found := re.search(r"Listening on (http://\S+)/graphql", (folder / "out").read_text())):
            assert running.returncode is None, (folder / "err").read_text()
            await asyncio.sleep(0.05)
    return found[1]

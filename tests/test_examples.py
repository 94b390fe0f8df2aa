"""The programs of examples/, run as their readers would."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from schema.ids import encode_id
from tests.factories import a_person, a_plan, counsellor, staff

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from domain.access import Viewer
    from tests.service import Served

EXAMPLES = Path(__file__).parents[1] / "examples"
COMMON = {
    "durationHours": 258, "teachingModeCode": "0", "certifying": False, "exitLevelCode": "13", "hasInternship": False,
    "objective": "Souder.", "content": "Braser.",
}  # fmt: skip


async def run(served: Served, viewer: Viewer, program: str, *arguments: str) -> tuple[int | None, str, str]:
    token = served.headers(viewer)["Authorization"].removeprefix("Bearer ")
    running = await asyncio.create_subprocess_exec(
        sys.executable, str(EXAMPLES / program), f"{served.url}/graphql", *arguments,
        env=os.environ | {"BILANS_TOKEN": token}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await running.communicate()
    return running.returncode, out.decode(), err.decode()


async def test_a_term_is_transmitted_from_a_csv_and_an_adviser_fetches_it_and_resumes(
    served: Served, load: Callable[..., Awaitable[object]], tmp_path: Path
) -> None:
    await load(*(a_plan(f"P-{number}", job_seeker=a_person(f"12050{number:02}K")) for number in range(4)))
    (tmp_path / "common.json").write_text(json.dumps(COMMON))
    rows = [f"{encode_id('TrainingPlan', f'P-{number}')},EMPLOI_CDI,250" for number in range(3)]
    table = tmp_path / "reports.csv"
    table.write_text(
        "\n".join(["plan,exitSituationCode,attendedHours", *rows, f"{encode_id('TrainingPlan', 'P-3')},?,"])
    )

    status, out, err = await run(served, staff(), "transmit_reports.py", str(table))
    assert status == 1
    assert out.count("TRANSMITTED") == 3
    assert "reports.3.form.exitSituationCode" in err

    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "cursor").write_text((await served.ask(counsellor(), "{ latestCursor }"))["latestCursor"])
    following = asyncio.create_task(run(served, counsellor(), "follow_reports.py", str(folder), "1"))
    table.write_text("\n".join(["plan,exitSituationCode", f"{encode_id('TrainingPlan', 'P-3')},EMPLOI_CDI"]))
    while served.running.services.hub.subscribers == 0:
        assert not following.done(), following.result()
        await asyncio.sleep(0.05)  # the other process has no event of ours
    await run(served, staff(), "transmit_reports.py", str(table))
    status, out, err = await following
    assert (status, len(list(folder.glob("*.pdf")))) == (0, 1), err
    assert (folder / "cursor").read_text()

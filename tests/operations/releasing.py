"""Keeps what later releases are held to: `python -m tests.operations.releasing`, once, when a release is cut.

It writes `tests/releases/VERSION.graphql`, the public schema, and `VERSION.bilans`, a backup of a small database: the
demonstration, with a report that was corrected. Nothing that is there is written over.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from demo.loading import load_demonstration
from demo.story import ORGANIZATION
from domain.access import Role, Viewer
from domain.corrections import TypedReason
from resolvers.corrections import correct_report
from schema.public import sdl
from service.clock import present
from service.composition import service
from service.version import VERSION
from settings import Settings
from storage.archives import whole_file
from storage.backup import back_up
from storage.embedded import embedded_server
from tests.delivery.desk import ANSWERS

RELEASES = Path(__file__).parents[1] / "releases"
ADDRESS = "https://bilans.example.fr"
STAFF = Viewer(role=Role.TRAINING_ORGANIZATION, key=ORGANIZATION, name="Démonstration", account="demo")


async def keep_database(file: Path) -> None:
    """Make a small database with this release, and back it up."""
    with TemporaryDirectory() as place:
        settings = Settings(data_dir=Path(place))
        async with embedded_server(settings.data_dir) as url:
            await load_demonstration(settings, url, ADDRESS)
            async with service(settings, url, ADDRESS) as running:
                reason = TypedReason(code="ERREUR_SAISIE")
                await correct_report(running.services, STAFF, "P-LEROY", ANSWERS, reason, 1, now=present())
                with whole_file(file) as out:
                    await back_up(running.database, out, {"release": VERSION, "at": present(), "database": "bilans"})


def main() -> int:
    """Write both; 2 where this release was kept already."""
    schema = RELEASES / f"{VERSION}.graphql"
    if schema.exists():
        sys.stderr.write(f"{schema} is there already: a release is cut once.\n")
        return 2
    asyncio.run(keep_database(RELEASES / f"{VERSION}.bilans"))
    schema.write_text(sdl())
    return 0


if __name__ == "__main__":
    sys.exit(main())

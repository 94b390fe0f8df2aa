"""The migrate command: brings the database of an earlier release to the shape of this one, beside a service."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from service.composition import connect, prepare
from service.serving import database_url
from storage.client import close_database
from storage.indexes import lacking
from storage.lease import held
from storage.migrating import migrate, shape_of, waiting, would_change
from storage.migrations import SHAPE

if TYPE_CHECKING:
    from settings import Settings
    from storage.client import Database
    from storage.migrations import Migration


async def bring_up_to_date(settings: Settings, *, check: bool, dry_run: bool) -> int:
    """Migrate; return 0, 1 where `check` finds something to do, 2 where the database is of a later release."""
    async with database_url(settings, shared=True) as url:
        database = connect(settings, url)
        try:
            return await _migrate(database, check=check, dry_run=dry_run)
        finally:
            await close_database(database)


async def _migrate(database: Database, *, check: bool, dry_run: bool) -> int:
    shape = await shape_of(database)
    sys.stdout.write(f"The shape of the database is {shape.number}, that of this release {SHAPE}.\n")
    if shape.number > SHAPE:
        understood = shape.oldest <= SHAPE
        sys.stdout.write("It is of a later release" + (", and this one may work on it.\n" if understood else ".\n"))
        return 0 if understood else 2
    todo = waiting(shape)
    for migration in todo:
        if check or dry_run:
            number = f"{await would_change(database, migration, _unreadable):>9}  " if dry_run else ""
            sys.stdout.write(f"{number}To {migration.to}: {migration.what}.\n")
        else:
            await _done(database, migration)
    lacked = await lacking(database)
    if lacked:
        sys.stdout.write(f"{len(lacked)} indexes are to be made: {', '.join(lacked)}.\n")
    if not todo and not lacked:
        sys.stdout.write("Nothing is to be done.\n")
    elif dry_run:
        sys.stdout.write("Nothing was changed: this was a dry run.\n")
    if not check and not dry_run:
        await _prepare(database)
    return int(check and bool(todo or lacked))


async def _prepare(database: Database) -> None:
    """Make what is lacking, and say where the migration is to be run again."""
    async with held(database):
        await prepare(database)
    if not (await shape_of(database)).settled:
        sys.stdout.write(
            "The release before writes still: this one may serve, and when the last process of the other has "
            "stopped, run `migrate` again.\n"
        )


async def _done(database: Database, migration: Migration) -> None:
    seen = 0

    def tell(read: int, changed: int) -> None:
        nonlocal seen
        seen += read
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{seen:>9} read, {changed:>9} changed")

    changed = await migrate(database, migration, on_progress=tell, on_unreadable=_unreadable)
    sys.stdout.write(f"{changed:>9}  To {migration.to}: {migration.what}.\n")


def _unreadable(identifier: str, fault: Exception) -> None:
    sys.stderr.write(f"bilans: {identifier} cannot be read ({type(fault).__name__}) and stays as it is: mend it.\n")

"""The command line: settings in, a served application or a done command out."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from domain.access import Role
from feeds.kinds import KINDS, LISTS
from service.observing import tell_uncaught_faults
from service.version import VERSION
from settings import WrongSetting, read_settings, settings_help
from storage.data_directory import NoServer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 done, 1 done in part, 2 refused with a sentence."""
    sys.excepthook = tell_uncaught_faults
    parsed = _parser().parse_args(arguments)
    try:
        status: int = parsed.command(parsed, read_settings())
    except (WrongSetting, NoServer) as refused:
        sys.stderr.write(f"bilans: {refused}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bilans",
        description="End-of-training reports (bilans de fin de formation): a GraphQL service over MongoDB.",
        epilog=f"settings, from the environment:\n{settings_help()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serving = commands.add_parser("serve", help="run the service")
    serving.add_argument("--host", default="127.0.0.1", help="address to listen on [%(default)s]")
    serving.add_argument("--port", type=_port, default=8000, help="port, 0 for a free one [%(default)s]")
    serving.add_argument("--workers", type=_workers, default=1, help="processes that answer [%(default)s]")
    serving.add_argument("--demo", action="store_true", help="load the demonstration data into an empty database")
    serving.set_defaults(command=_serve)
    token = commands.add_parser("token", help="make a token for development")
    token.add_argument("--role", required=True, choices=[role.value.lower() for role in Role])
    token.add_argument("--subject", required=True, metavar="ID", help="a SIRET, an identifier or an adviser's id")
    token.add_argument("--minutes", type=_minutes, default=60, help="how long it is good [%(default)s]")
    token.set_defaults(command=_token)
    _add_imports(commands.add_parser("import", help="load a feed, beside a running service too"))
    trail = commands.add_parser("trail", help="print who did and read what, one JSON object a line")
    whose = trail.add_mutually_exclusive_group(required=True)
    whose.add_argument("--person", metavar="IDENTIFIER", help="of a job seeker: what was done and read of them")
    whose.add_argument("--account", metavar="SUBJECT", help="of a token's subject: what it did and read")
    whose.add_argument("--pseudonym", metavar="TEXT", help="of the account that logs and metrics call so")
    trail.add_argument("--from", dest="first", type=date.fromisoformat, default=date.min, help="first day")
    trail.add_argument("--to", dest="last", type=date.fromisoformat, default=date.max, help="last day")
    trail.set_defaults(command=_trail)
    retaining = commands.add_parser("retain", help="remove what was kept long enough, beside a running service too")
    retaining.add_argument("--dry-run", action="store_true", help="count only")
    retaining.set_defaults(command=_retain)
    backup = commands.add_parser("backup", help="write all that is kept to one file, beside a running service too")
    backup.add_argument("file", metavar="FILE", help="- for standard output")
    backup.set_defaults(command=_backup)
    restoring = commands.add_parser("restore", help="put a backup in the place of what is kept, then verify it")
    restoring.add_argument("file", metavar="FILE", help="- for standard input")
    restoring.add_argument("--replace", action="store_true", help="where the database is not empty")
    restoring.set_defaults(command=_restore)
    verifying = commands.add_parser("verify", help="see that papers, announcements and indexes are as they should be")
    verifying.set_defaults(command=_verify)
    resealing = commands.add_parser("reseal", help="seal the secrets of webhooks with LINK_SECRET, after it changed")
    resealing.set_defaults(command=_reseal)
    looking = commands.add_parser("doctor", help="look at settings and all that the service needs; say what to do")
    looking.set_defaults(command=_doctor)
    migrating = commands.add_parser(
        "migrate", help="bring the database to the shape of this release, beside the one before it"
    )
    how = migrating.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="only say what is to be done; exit status 1 if anything is")
    how.add_argument("--dry-run", action="store_true", help="only count what would change")
    migrating.set_defaults(command=_migrate)
    _add_corrections(commands)
    commands.add_parser("schema", help="print the public schema (SDL)").set_defaults(command=_schema)
    feed = commands.add_parser("plans-schema", help="print the JSON Schema of a line of the plans feed")
    feed.set_defaults(command=_plans_schema)
    return parser


def _add_corrections(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    withdrawing = commands.add_parser("withdraw-plan", help="withdraw a plan that is none, whatever feeds tell")
    withdrawing.add_argument("plan", metavar="ID", help="the plan's id, as the feed has it")
    withdrawing.add_argument("--bring-back", action="store_true", help="let feeds tell it again")
    withdrawing.set_defaults(command=_withdraw)
    merging = commands.add_parser("merge-identities", help="make one person of two identifiers")
    merging.add_argument("former", metavar="FORMER", help="the identifier that is no longer used")
    merging.add_argument("current", metavar="CURRENT", help="the one that is")
    merging.add_argument("--dry-run", action="store_true", help="count only")
    merging.set_defaults(command=_merge)


def _add_imports(importing: argparse.ArgumentParser) -> None:
    kinds = importing.add_subparsers(required=True, metavar="KIND", dest="kind")
    for kind, what in KINDS.items():
        loading = kinds.add_parser(kind, help=what, description=f"Load {what}. The same file again changes nothing.")
        if kind == "nomenclature":
            loading.add_argument("nomenclature", metavar="NAME", choices=LISTS, help=", ".join(LISTS))
            loading.add_argument(
                "--allow-shrinking", action="store_true", help="retire however many entries the file lacks"
            )
        loading.add_argument(
            "files", nargs="+", metavar="FILE", help="- for standard input; .gz, .bz2, .zip as they are"
        )
        loading.add_argument("--dry-run", action="store_true", help="do everything but write")
        loading.add_argument(
            "--report", type=Path, default=Path("import-report.csv"), help="rejections [%(default)s]"
        )
        loading.set_defaults(command=_import, nomenclature=None, allow_shrinking=False)


def _serve(parsed: argparse.Namespace, settings: Settings) -> int:
    from demo.loading import DEMONSTRATION  # noqa: PLC0415 - as below
    from service.serving import serve  # noqa: PLC0415 - the other commands are quick without the service

    return serve(parsed, settings, DEMONSTRATION)


def _token(parsed: argparse.Namespace, settings: Settings) -> int:
    from credentials.tokens import DevelopmentTokens  # noqa: PLC0415 - as above
    from service.clock import present  # noqa: PLC0415 - no other command needs it first

    tokens = DevelopmentTokens(settings.development_secret())
    role = Role(parsed.role.upper())
    lifetime = timedelta(minutes=parsed.minutes)
    sys.stdout.write(tokens.issue(role, parsed.subject, now=present(), lifetime=lifetime) + "\n")
    return 0


def _schema(_: argparse.Namespace, __: Settings) -> int:
    from schema.public import sdl  # noqa: PLC0415 - no other command needs it first

    sys.stdout.write(sdl())
    return 0


def _plans_schema(_: argparse.Namespace, __: Settings) -> int:
    from feeds.plan_line import plans_schema  # noqa: PLC0415 - as above

    sys.stdout.write(json.dumps(plans_schema(), indent=2, ensure_ascii=False) + "\n")
    return 0


def _import(parsed: argparse.Namespace, settings: Settings) -> int:
    from commands.importing import Import, import_feeds  # noqa: PLC0415 - as above

    told = parsed.dry_run, parsed.nomenclature, parsed.allow_shrinking
    asked = Import(parsed.kind, parsed.files, parsed.report, *told)
    return asyncio.run(import_feeds(settings, asked))


def _trail(parsed: argparse.Namespace, settings: Settings) -> int:
    from commands.auditing import print_trail  # noqa: PLC0415 - as above

    whose = {"person": parsed.person, "account": parsed.account, "pseudonym": parsed.pseudonym}
    return asyncio.run(print_trail(settings, **whose, first=parsed.first, last=parsed.last))


def _retain(parsed: argparse.Namespace, settings: Settings) -> int:
    from commands.retaining import retain  # noqa: PLC0415 - as above

    return asyncio.run(retain(settings, dry_run=parsed.dry_run))


def _migrate(parsed: argparse.Namespace, settings: Settings) -> int:
    from commands.migrating import bring_up_to_date  # noqa: PLC0415 - as above

    return asyncio.run(bring_up_to_date(settings, check=parsed.check, dry_run=parsed.dry_run))


def _backup(parsed: argparse.Namespace, settings: Settings) -> int:
    from commands.keeping import make_backup  # noqa: PLC0415 - as above

    return asyncio.run(make_backup(settings, parsed.file))


def _restore(parsed: argparse.Namespace, settings: Settings) -> int:
    from commands.keeping import restore_backup  # noqa: PLC0415 - as above

    return asyncio.run(restore_backup(settings, parsed.file, replace=parsed.replace))


def _verify(_: argparse.Namespace, settings: Settings) -> int:
    from commands.keeping import verify  # noqa: PLC0415 - as above

    return asyncio.run(verify(settings))


def _withdraw(parsed: argparse.Namespace, settings: Settings) -> int:
    from commands.correcting import withdraw_plan  # noqa: PLC0415 - as above

    return asyncio.run(withdraw_plan(settings, parsed.plan, bring_back=parsed.bring_back))


def _merge(parsed: argparse.Namespace, settings: Settings) -> int:
    from commands.correcting import merge_identities  # noqa: PLC0415 - as above

    return asyncio.run(merge_identities(settings, parsed.former, parsed.current, dry_run=parsed.dry_run))


def _reseal(_: argparse.Namespace, settings: Settings) -> int:
    from commands.resealing import reseal_webhooks  # noqa: PLC0415 - as above

    return asyncio.run(reseal_webhooks(settings))


def _doctor(_: argparse.Namespace, settings: Settings) -> int:
    from commands.examining import examine  # noqa: PLC0415 - as above

    return asyncio.run(examine(settings))


def _port(text: str) -> int:
    return _between(text, 0, 65_535)


def _workers(text: str) -> int:
    return _between(text, 1, 64)


def _minutes(text: str) -> int:
    return _between(text, 1, 60 * 24 * 366)


def _between(text: str, low: int, high: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > len(str(high)) or not low <= int(text) <= high:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())

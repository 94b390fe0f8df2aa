"""The doctor command: checks all that the service needs; each line names a part, and says what to do about it."""

from __future__ import annotations

import shutil
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from domain.acts import save_draft
from domain.calendar import paris_day
from domain.facts import Funding
from domain.form import Form
from domain.people import Address, JobSeeker, Organization
from domain.plan import Plan
from service.clock import present
from service.composition import connect
from service.execution import require_documents
from service.printing import printing_problem, require_seal, seal_ends_at
from service.serving import database_url
from service.tokens import keys_problem
from service.version import VERSION
from settings import WrongSetting
from storage.client import close_database
from storage.data_directory import NoServer
from storage.health import Readiness
from storage.members import told_of
from storage.migrating import require_shape, shape_of
from storage.verify import index_problems

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import date

    from settings import Settings
    from storage.client import Database
    from storage.members import Members

MOST_SKEW_SECONDS = 2
SLOW_SECONDS = 1.0
LITTLE_ROOM = 2 << 30
SOON = timedelta(days=30)
_GOOD_STATES = {"PRIMARY", "SECONDARY", "ARBITER"}
_LEAST_MEMBERS = 3


async def examine(settings: Settings) -> int:
    """Check everything and print it; return 0, or 1 where something is to be done."""
    sys.stdout.write(f"bilans {VERSION}\n")
    number = 0
    for look in (_settings, _database, _provider, _printer, _seal, _disk):
        name = look.__name__.removeprefix("_")
        found = [problem async for problem in look(settings)]
        for problem in found:
            sys.stdout.write(f"!!  {name:<9} {problem}\n")
        if not found:
            sys.stdout.write(f"ok  {name}\n")
        number += len(found)
    return int(bool(number))


async def _settings(settings: Settings) -> AsyncIterator[str]:
    if not settings.production:
        yield "No identity provider is set: tokens are made with a secret, for development only."
    if settings.mongodb_url is None:
        yield "The embedded MongoDB is used, for development only: set BILANS_MONGODB_URL to a replica set."
    if settings.public_url is None:
        yield "BILANS_PUBLIC_URL is not set: papers and links name this machine."
    elif settings.production and settings.public_url.startswith("http://"):
        yield "BILANS_PUBLIC_URL begins with http://: what people read travels in the clear."
    if settings.production and not settings.trusted_proxies:
        yield "BILANS_TRUSTED_PROXIES is not set: the trail keeps the proxy's address, not those of people."
    if settings.link_secret_former or settings.jwt_secret_former:
        yield "A former secret is given still: run `reseal`, and leave it out once its tokens and links are over."
    try:
        require_documents(settings)
    except WrongSetting as wrong:
        yield str(wrong)


async def _database(settings: Settings) -> AsyncIterator[str]:
    try:
        async with database_url(settings, shared=True) as url:
            database = connect(settings, url)
            try:
                async for problem in _of_database(settings, database):
                    yield problem
            finally:
                await close_database(database)
    except NoServer as none:
        yield str(none)


async def _of_database(settings: Settings, database: Database) -> AsyncIterator[str]:
    began = time.monotonic()
    if problem := await Readiness(database).why_not():
        yield problem
        return
    if (seconds := time.monotonic() - began) > SLOW_SECONDS:
        yield f"A majority took {seconds:.1f} s to acknowledge a write: see the members and their network."
    for problem in _of_cluster(await told_of(database), several=settings.mongodb_url is not None):
        yield problem
    try:
        await require_shape(database)
        if not (await shape_of(database)).settled:
            yield "The release before may have left documents of its own shape: run `migrate` when it has stopped."
    except NoServer as wrong:
        yield str(wrong)
    async for problem in index_problems(database):
        yield problem


def _of_cluster(told: Members, *, several: bool) -> Iterator[str]:
    skew = abs(told.now - present()).total_seconds()
    if skew > MOST_SKEW_SECONDS:
        yield f"The clocks of this machine and of the database differ by {skew:.0f} s: set them by NTP."
    for name, state in (told.members or {}).items():
        if state not in _GOOD_STATES:
            yield f"The member {name} is {state}: see its log."
    if several and told.members is not None and len(told.members) < _LEAST_MEMBERS:
        yield f"The replica set has {len(told.members)} member(s): with three, one may be lost."
    if told.free is not None and told.free < LITTLE_ROOM:
        yield f"The disk of the database has {told.free >> 20} MiB left: make room."


async def _provider(settings: Settings) -> AsyncIterator[str]:
    for provider in settings.providers():
        if problem := await keys_problem(provider):
            yield f"The keys of {provider.issuer} cannot be had ({problem}): ask {provider.jwks_url} from here."


async def _printer(settings: Settings) -> AsyncIterator[str]:
    now = present()
    plan = save_draft(_sample(paris_day(now)), Form(objective="Se former."), None, now=now, today=paris_day(now))
    if problem := await printing_problem(settings, plan):
        yield problem


def _sample(today: date) -> Plan:
    """Make a plan of an invented person, to try the printer with."""
    return Plan(
        id="sample",
        starts_on=today - timedelta(days=30),
        ends_on=today - timedelta(days=1),
        own_title="Formation",
        funding=Funding(scheme="AIF", employment_service_funded=True),
        job_seeker=JobSeeker(identifier="0000000A", last_name="NOM", first_name="Prénom"),
        organization=Organization(siret="35600000000048", legal_name="Organisme", address=Address(city="Paris")),
    )


async def _seal(settings: Settings) -> AsyncIterator[str]:
    try:
        require_seal(settings)
    except WrongSetting as wrong:
        yield str(wrong)
        return
    ends_at = seal_ends_at(settings)
    if ends_at is not None and ends_at - present() < SOON:
        yield f"The certificate of BILANS_SEAL_CERTIFICATE ends on {ends_at:%Y-%m-%d}: have a new one, and restart."


async def _disk(settings: Settings) -> AsyncIterator[str]:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    if folder.exists() and shutil.disk_usage(folder).free < LITTLE_ROOM:
        yield f"The disk of {folder} has {shutil.disk_usage(folder).free >> 20} MiB left: make room."

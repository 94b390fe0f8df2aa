"""The indexes: one for each list, its scope first, then its state, its position, and what it is searched by.

In those of sessions, the funding, which is asked as one value, comes before the days, which are a range: for either
funding, the server finds a session's first day in one seek, however many plans of the other it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pymongo import ASCENDING, IndexModel
from pymongo.errors import OperationFailure

from domain.access import Role
from domain.filters import PlanOrder, SessionOrder
from storage.conditions import PAID
from storage.documents import DRAFT, OPEN, TRANSMITTED, WITHDRAWN
from storage.keys import PLAN_POSITIONS
from storage.reminders import UNTOLD
from storage.scope import FIELD, index_of_role
from storage.statistics import COUNTED, COUNTED_FIELDS, STANDING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.client import Collection, Database, Document

_NO_COLLECTION, _INDEX_NOT_FOUND = 26, 27
_SIRET = FIELD[Role.TRAINING_ORGANIZATION]
_OF_PLANS = (PAID, "keys.session", "keys.opens", "starts_on", "keys.found", "keys.owed")
_DAYS = ("session.ends_on", "session.starts_on")
_OF_REPORTS = {
    field: ("keys.session", *(each for each in ("organization.siret", "job_seeker.identifier") if each != field))
    for field in FIELD.values()
}
"""What lists of reports are narrowed to, beside the scope that comes first."""

_UNREAD = {
    Role.TRAINING_ORGANIZATION: ("unread.JOB_SEEKER", "unread.ADVISER", FIELD[Role.ADVISER]),
}
"""What an organization narrows its reports to is what others have not read; it has read them all itself."""


def _index(name: str, *fields: str, only: Document | None = None, unique: bool = False) -> IndexModel:
    options = {"partialFilterExpression": only} if only else {}
    return IndexModel([(field, ASCENDING) for field in fields], name=name, unique=unique, **options)


def _plan_indexes() -> list[IndexModel]:
    return [
        *_of_lists_to_enter(),
        *_of_reports(),
        *_of_people(),
        *_of_announcements(),
        *_of_reminders(),
        _index("aged_drafts", "report.updated_at", only={"state": DRAFT}),
        _index("aged_reports", "report.transmitted_at", only={"state": TRANSMITTED}),
        _index("aged_plans", "ends_on", only={"state": OPEN}),
        _index("aged_withdrawn", "ends_on", only={"state": WITHDRAWN}),
    ]


def _of_lists_to_enter() -> list[IndexModel]:
    """Return those of an organization's plans, sessions, figures, late reports and drafts."""
    pending, late, draft = {"state": OPEN}, {"keys.owed": {"$gte": ""}}, {"state": DRAFT}
    found = ("keys.found", "keys.owed")
    drafted = ("keys.drafted", "report.complete", *_OF_REPORTS[_SIRET], "keys.found")
    return [
        _index("plans_by_last_day", _SIRET, "state", "keys.due", *_OF_PLANS),
        *(
            _index(f"plans_by_{order}", _SIRET, "state", key, "keys.due", *_OF_PLANS)
            for order, key in PLAN_POSITIONS.items()
            if order is not PlanOrder.LAST_DAY
        ),
        _index("pending_of_session", _SIRET, "state", "keys.session", "keys.due", PAID, *found, only=pending),
        *(
            _index(f"sessions_{order}", _SIRET, "state", f"keys.{order}", PAID, "keys.due", *_DAYS, "keys.owed")
            for order in SessionOrder
        ),
        _index(COUNTED, *COUNTED_FIELDS, only=STANDING),
        _index("late", _SIRET, "keys.owed", "state", PAID, "keys.session", "keys.found", only=late),
        _index("drafts", _SIRET, "state", *drafted, only=draft),
    ]


def _of_reports() -> list[IndexModel]:
    """Return those of what each role reads: transmitted reports, awaited ones, and events."""
    sent = {"state": TRANSMITTED}
    return [
        *(
            _index(
                index_of_role("transmitted", role),
                field,
                "state",
                "keys.transmitted",
                *_UNREAD.get(role, (f"unread.{role.value}",)),
                *_OF_REPORTS[field],
                "keys.reported",
                only=sent,
            )
            for role, field in FIELD.items()
        ),
        *(
            _index(
                f"awaited_{role.value.lower()}",
                FIELD[role],
                "keys.awaited",
                "keys.required",
                *_OF_REPORTS[FIELD[role]][1:],
                "keys.found",
                "keys.owed",
                only={"keys.awaited": {"$gte": ""}},
            )
            for role in (Role.JOB_SEEKER, Role.ADVISER)
        ),
        *(
            _index(f"announced_{role.value.lower()}", field, "sequence", only={"sequence": {"$gt": 0}})
            for role, field in FIELD.items()
        ),
    ]


def _of_people() -> list[IndexModel]:
    """Return those of persons and identifiers, and of the plans of one person or session."""
    return [
        *(_index(f"people_{role.value.lower()}", field, "keys.person", "keys.who") for role, field in FIELD.items()),
        *(_index(f"identifiers_{role.value.lower()}", field, "keys.identifier") for role, field in FIELD.items()),
        _index("plans_of_person", "job_seeker.identifier", "keys.taken"),
        _index("plans_of_session", "keys.session", "keys.member"),
    ]


def _of_announcements() -> list[IndexModel]:
    """Return those of the numbers of reports, of what waits for one, and of the codes of papers."""
    replaced = {"numbers.1": {"$exists": True}}
    return [
        _index("announcements", "sequence", only={"sequence": {"$gt": 0}}, unique=True),
        _index("numbers", "numbers", only={"numbers": {"$gt": 0}}, unique=True),
        *(_index(f"replaced_{role.value.lower()}", field, "numbers", only=replaced) for role, field in FIELD.items()),
        _index("replaced", "numbers", "sequence", only=replaced),
        _index("to_announce", "to_announce", only={"to_announce": True}),
        _index("codes", "keys.codes", only={"keys.codes": {"$gt": ""}}, unique=True),
    ]


def _of_reminders() -> list[IndexModel]:
    numbered = {"reminder.number": {"$gt": 0}}
    return [
        *(_index(f"untold_{kind.value}", field, only={field: {"$gt": ""}}) for kind, field in UNTOLD.items()),
        _index("reminders", "reminder.number", only=numbered, unique=True),
        _index("reminders_of_organization", _SIRET, "reminder.number", only=numbered),
    ]


def indexes() -> dict[str, list[IndexModel]]:
    """Return those of every collection."""
    hourly = IndexModel([("begun_at", ASCENDING)], name="expiry", expireAfterSeconds=7_200)
    return {
        "plans": _plan_indexes(),
        "nomenclature_entries": [
            _index("code", "name", "code", unique=True),
            _index("offered", "name", "retired", "rank", "code"),
        ],
        "accounts": [
            _index("formers", "succession.former_siret", only={"succession.former_siret": {"$gt": ""}}),
            _index("siret", "siret"),
        ],
        "followings": [_index("person", "identifier", "since")],
        "papers": [_index("plan", "plan")],
        "webhooks": [
            _index("places", "scope", "place", unique=True),
            _index("due", "due_at", only={"state": "ACTIVE"}),
            _index("digests", "digested", only={"digested": {"$gt": ""}}),
        ],
        "person_quota": [hourly],
        "verification_tries": [hourly],
        "previews": [
            IndexModel([("expires_at", ASCENDING)], name="expiry", expireAfterSeconds=0),
            _index("of_account", "account", "expires_at"),
        ],
    }


async def ensure_indexes(database: Database, *, guards: bool = False) -> None:
    """Make what is lacking, or of it only the unique ones, which guard writes; what is being made is waited for.

    It is idempotent, and harmless beside a service. All of a collection are made in one passage over it.
    """
    for name, models in indexes().items():
        wanted = [each for each in models if each.document.get("unique") or not guards]
        if wanted:
            await _drop_outdated(database[name], wanted)
            await database[name].create_indexes(wanted)


async def lacking(database: Database) -> list[str]:
    """Name the indexes that cannot be used: missing, of other fields, or being made."""
    found = []
    for collection, models in indexes().items():
        ready = await _ready(database, collection)
        found += [f"{collection}.{each.document['name']}" for each in models if not _is_among(ready, each)]
    return found


async def _ready(database: Database, collection: str) -> dict[str, Document]:
    try:
        told = await database.command({"listIndexes": collection, "includeBuildUUIDs": True})
    except OperationFailure as failure:
        if failure.code != _NO_COLLECTION:
            raise
        return {}
    return {each["name"]: each for each in told["cursor"]["firstBatch"] if "buildUUID" not in each}


def _is_among(kept: Mapping[str, Document], index: IndexModel) -> bool:
    """Whether an index is there as it should be; the order of its fields is part of it."""
    wanted = index.document
    found = kept.get(wanted["name"], {"key": {}})
    unique = bool(found.get("unique")) == bool(wanted.get("unique"))
    return unique and list(found["key"]) == list(wanted["key"])


async def _drop_outdated(collection: Collection, wanted: Sequence[IndexModel]) -> None:
    """Drop by its fields what is of other ones than it should be: another process may have made it anew."""
    kept = await collection.index_information()
    for index in wanted:
        name, fields = index.document["name"], list(index.document["key"])
        if name in kept and [field for field, _ in kept[name]["key"]] != fields:
            try:
                await collection.database.command({"dropIndexes": collection.name, "index": dict(kept[name]["key"])})
            except OperationFailure as failure:
                if failure.code != _INDEX_NOT_FOUND:
                    raise

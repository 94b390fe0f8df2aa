"""What outlives a release: written by one, read by the next, or held in somebody's hands.

A test that fails here says that data, papers or links of today would be read differently tomorrow. Where that is
meant, what was written before has to be migrated (`storage/migrations`), and the golden value changes with it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bson import json_util

from credentials.links import Links
from domain.listed import AskedList
from domain.verification import code_of, grouped, read_code
from feeds.trainee import plan_id
from pdf import data
from resolvers.exports import EXPORTS
from resolvers.reports import REPORTS
from resolvers.verification import VERIFICATION
from storage.documents import from_document, to_document
from tests.factories import staff
from tests.golden.values import whole_plan

if TYPE_CHECKING:
    from typing import Any

HERE = Path(__file__).parent
SEALED_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
LINKS = Links("https://bilans.example.fr", b"of the golden links, and thirty-two bytes long at least")
AS_READ = json_util.JSONOptions(tz_aware=True, tzinfo=UTC)
STAFF = staff()
POSITIONS = [
    "carif",
    "city",
    "codes",
    "drafted",
    "due",
    "ends_on",
    "identifier",
    "member",
    "person",
    "place",
    "reported",
    "session",
    "starts_on",
    "taken",
    "title",
    "transmitted",
    "who",
    "words",
]


def golden(name: str) -> str:
    return (HERE / name).read_text().strip()


def test_a_document_that_was_kept_is_read_as_it_was() -> None:
    document = json_util.loads(golden("plan.json"), json_options=AS_READ)
    read = from_document({**document, "_id": "P-1", "revision": 0})
    assert read.model_dump() == whole_plan().model_dump()


def test_a_document_is_kept_in_the_shape_it_has() -> None:
    kept = to_document(whole_plan())
    positions = kept.pop("keys")
    assert set(POSITIONS) <= set(positions)
    assert without_additions(json.loads(json_util.dumps(kept)), json.loads(golden("plan.json"))) == (
        json.loads(golden("plan.json"))
    )


def without_additions(now: Any, then: Any) -> Any:
    """Leave out what came since and says nothing (null, false, none): what an earlier document does not hold."""
    if isinstance(now, dict) and isinstance(then, dict):
        return {name: without_additions(each, then.get(name)) for name, each in now.items() if name in then or each}
    if isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
        return [without_additions(each, other) for each, other in zip(now, then, strict=True)]
    return now


def test_a_document_of_before_its_optional_parts_is_read() -> None:
    """What an early plan did not hold is as if it had not been."""
    document = json_util.loads(golden("plan.json"), json_options=AS_READ)
    needed = ("starts_on", "ends_on", "funding", "job_seeker", "organization", "session", "state")
    read = from_document({name: document[name] for name in needed} | {"_id": "P-1", "revision": 0})
    assert read.report is None
    assert read.title == whole_plan().title


def test_the_data_in_a_paper_are_told_as_they_are() -> None:
    plan = whole_plan()
    assert plan.report
    assert json.loads(data.attached(plan.as_reported(), plan.report)) == json.loads(golden("bilan.json"))


@pytest.mark.parametrize(
    ("key", "made"),
    [
        (("1205012K", "00035125", "41C25", "AFC"), "T-2b21b4518425f50ed888c52859a2e0e5"),
        (("1205012K", None, None, "AIF"), "T-80b8620eece8888abd40e20597ba4e8e"),
    ],
)
def test_a_row_that_comes_again_has_the_plan_it_had(key: tuple[str | None, ...], made: str) -> None:
    assert plan_id(*key) == made


@pytest.mark.parametrize(
    ("number", "code", "printed"),
    [
        (0, "000000000000", "0000-0000-0000"),
        (2**55 - 1, "ZZZZZZZZZZZK", "ZZZZ-ZZZZ-ZZZK"),
        (12345678901234567, "AYWAHEPPJW7G", "AYWA-HEPP-JW7G"),
    ],
)
def test_a_code_on_paper_is_the_code_that_is_kept(number: int, code: str, printed: str) -> None:
    assert code_of(number) == code
    assert grouped(code) == printed
    assert read_code(printed.lower()) == code


def test_the_addresses_on_paper_and_in_mails_lead_where_they_led() -> None:
    assert (VERIFICATION, REPORTS, EXPORTS) == ("verification", "documents", "exports")
    assert LINKS.page(f"{VERIFICATION}/{grouped('7KQ4M2XD9PT0')}") == (
        "https://bilans.example.fr/verification/7KQ4-M2XD-9PT0"
    )


@pytest.mark.parametrize("name", ["document", "preview", "export"])
def test_a_link_that_was_made_before_a_release_opens_after_it(name: str) -> None:
    sealed: dict[str, Any] = json.loads(golden("links.json"))[name]
    opened = LINKS.open(sealed["kind"], sealed["sealed"], now=SEALED_AT)
    assert opened == (STAFF, sealed["thing"])
    if name == "export":
        assert (
            AskedList.model_validate(sealed["thing"]["list"]).model_dump(mode="json", exclude_defaults=True)
            == (sealed["thing"]["list"])
        )


def test_a_link_says_what_it_said() -> None:
    made = LINKS.make(REPORTS, STAFF, {"plan": "P-1", "version": 3}, "bilan.pdf", now=SEALED_AT)
    address, kind, sealed, name = made.url.rsplit("/", 3)
    assert (address, kind, name) == ("https://bilans.example.fr", "documents", "bilan.pdf")
    assert LINKS.open(REPORTS, sealed, now=SEALED_AT) == (STAFF, {"plan": "P-1", "version": 3})

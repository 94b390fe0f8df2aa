"""Whatever a file holds, reading it ends in values, in rejections or in the refusal of the whole file."""

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.nomenclature import NomenclatureName
from feeds.lheo import read_lheo
from feeds.nomenclatures import read_nomenclature
from feeds.organizations import read_organizations
from feeds.outcome import Accepted, NotThisFormat
from feeds.plans import read_plan, read_plans
from feeds.sources import CutShort, Source, opened
from feeds.trainees import read_trainees
from tests.feeds.factories import jsonl, lheo, plan_line, source
from tests.feeds.test_nomenclatures import OURS, RNCP
from tests.feeds.test_organizations import HEADER, ROW
from tests.feeds.test_trainees import export


def read_list(feed: Source) -> Iterator[Any]:
    return read_nomenclature(feed, NomenclatureName.CERTIFICATION)


SAMPLES: dict[str, tuple[Callable[[Source], Iterator[Any]], bytes]] = {
    "plans": (read_plans, jsonl(plan_line(), plan_line())),
    "lheo": (read_lheo, lheo().encode()),
    "trainees": (read_trainees, export({}, {}).encode()),
    "organizations": (read_organizations, f"{HEADER}\n{ROW}\n{ROW}".encode()),
    "register": (read_list, RNCP.encode()),
    "own list": (read_list, OURS.encode()),
}
TOKENS = st.sampled_from(
    [
        b'"',
        b"|",
        b";",
        b"\n",
        b"\r",
        b"\x00",
        b"\xff",
        b"\\ud800",
        b"<",
        b"&",
        b"]]>",
        b"{",
        b"[",
        b"null",
        b"- ",
        b"\x85",
        b": ",
    ]
)
PIECES = st.one_of(
    st.binary(max_size=6), TOKENS, st.text(max_size=4).map(lambda text: text.encode("utf-8", "replace"))
)
EDITS = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 12), PIECES), min_size=1, max_size=6)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def edited(content: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for place, length, piece in edits:
        at = place % (len(content) + 1)
        content = content[:at] + piece + content[at + length :]
    return content


@pytest.mark.parametrize("kind", SAMPLES)
@QUICK
@given(content=st.binary(max_size=200))
def test_arbitrary_bytes_are_at_worst_not_of_the_format(kind: str, content: bytes) -> None:
    parse, _ = SAMPLES[kind]
    with contextlib.suppress(NotThisFormat):
        list(parse(source(content)))


@pytest.mark.parametrize("kind", SAMPLES)
@QUICK
@given(edits=EDITS)
def test_a_damaged_feed_is_at_worst_not_of_the_format(kind: str, edits: list[tuple[int, int, bytes]]) -> None:
    parse, sample = SAMPLES[kind]
    with contextlib.suppress(NotThisFormat):
        for outcome in parse(source(edited(sample, edits))):
            assert outcome.line >= 1


@QUICK
@given(
    magic=st.sampled_from([b"", b"\x1f\x8b", b"\x1f\x8b\x08\x00", b"BZh9", b"BZh91AY&SY", b"PK\x03\x04"]),
    content=st.binary(max_size=200),
)
def test_what_only_looks_compressed_is_refused_or_ends_early(magic: bytes, content: bytes) -> None:
    with contextlib.suppress(NotThisFormat, CutShort), opened("-", stdin=io.BytesIO(magic + content)) as feed:
        list(feed.lines())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@QUICK
@given(changes=st.dictionaries(st.sampled_from(sorted(plan_line())), JSON), ascii_only=st.booleans())
def test_any_json_in_the_fields_of_a_plan_is_accepted_or_rejected_by_path(
    changes: dict[str, Any],
    ascii_only: bool,  # noqa: FBT001 - drawn
) -> None:
    line = json.dumps(plan_line(**changes), ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")

    outcome = read_plan(1, line)

    if isinstance(outcome, Accepted):
        assert outcome.value.starts_on <= outcome.value.ends_on
        assert outcome.value.model_dump_json()
    else:
        assert outcome.reasons

"""What docs/clients.md says to those who write clients is what is there."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

from graphql import build_schema, get_named_type, is_object_type, specified_scalar_types
from graphql.type import GraphQLScalarType

from engine.measures import CostLimits
from engine.parsing import MAX_TOKENS
from engine.values import MOST_LEVELS, MOST_VALUES
from schema.enums import UserErrorCode
from schema.errors import CODES_AS_TOLD
from tests.clients.guide import GUIDE, ROOT, SNIPPETS
from tests.factories import a_person, a_plan, staff
from transport.options import Limits

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    import pytest

    from tests.service import Served

SCHEMA = build_schema((ROOT / "schema.graphql").read_text())
SOURCES = ("engine", "transport", "schema", "service")
REFUSING = ("refusal", "_refused")


def rows(title: str) -> list[list[str]]:
    """Give the cells of the table under a title."""
    section = GUIDE.split(f"\n{title}\n", 1)[1].split("\n#", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def codes(title: str) -> set[str]:
    return {code for row in rows(title) for code in re.findall(r"\w+", row[0])}


def codes_in(source: str) -> Iterator[str]:
    """Give the codes that a source refuses with: in a call of `refusal`, or beside the key `code`."""
    for each in ast.walk(ast.parse(source)):
        said: list[ast.expr] = []
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in REFUSING:
            said = each.args[1:2]
        elif isinstance(each, ast.Dict):
            said = [
                value
                for key, value in zip(each.keys, each.values, strict=True)
                if ast.unparse(key or value) == "'code'"
            ]
        yield from (one.value for one in said if isinstance(one, ast.Constant) and isinstance(one.value, str))


def test_every_code_of_a_request_is_told_and_no_other() -> None:
    texts = [path.read_text() for room in SOURCES for path in (ROOT / room).rglob("*.py")]
    made = {code for text in texts for code in codes_in(text)} | set(CODES_AS_TOLD.values())
    assert codes("### Of a request: `errors[].extensions.code`") == made


def test_every_code_of_an_act_is_told_and_no_other() -> None:
    assert codes("### Of an act: `userErrors[].code`") == {code.name for code in UserErrorCode}


def test_every_close_code_is_told() -> None:
    used = set(re.findall(r"^[A-Z_]+ = (101[23]|4\d\d\d)$", _transport(), re.MULTILINE))
    assert len(used) > 8
    assert used | {"1006", "1011"} == codes("### Of a WebSocket: close codes")


def _transport() -> str:
    return "\n".join(path.read_text() for path in (ROOT / "transport").glob("*.py"))


def test_the_limits_are_those_that_hold() -> None:
    told = dict(rows("## Limits"))
    limits, cost = Limits(), CostLimits()
    assert told["a body, or a query string"].startswith(f"{limits.body_bytes // 1024} KiB")
    message = f"{limits.message_bytes // 1024} KiB; {limits.first_message_bytes // 1024} KiB before "
    assert told["a WebSocket message"].startswith(message)
    measures = f"{cost.depth} levels, {cost.fields:,} fields, {cost.root_fields} root fields, "
    measures += f"{cost.aliases} aliases, {cost.directives} directives"
    assert told["a document"] == f"{MAX_TOKENS:,} tokens, {measures}".replace(",0", " 0").replace("1,", "1 ")
    assert told["variables"].startswith(f"{MOST_VALUES // 1000} 000 values, {MOST_LEVELS} levels")
    assert told["an operation"].startswith(f"{cost.points // 1000} 000 points")
    account = f"{limits.requests_per_account} requests at once, {limits.connections_per_account} connections, "
    assert told["an account"] == account + f"{limits.operations_per_connection} operations on each"


def test_the_settings_for_types_name_every_scalar() -> None:
    scalars = {
        name
        for name, each in SCHEMA.type_map.items()
        if isinstance(each, GraphQLScalarType) and name not in specified_scalar_types
    }
    written = set(re.findall(r"(\w+): 'string'", SNIPPETS["codegen.ts"]))
    mapped = set(re.findall(r'mapScalar\("(\w+)"', SNIPPETS["build.gradle.kts"]))
    swift = json.loads(re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)[0])
    assert scalars == written == mapped == {*swift["options"]["schemaCustomization"]["customTypeNames"]}


def test_the_cache_of_apollo_knows_every_object_with_an_id_and_every_list() -> None:
    snippet = SNIPPETS["apollo.js"]
    nodes = {each.name for each in SCHEMA.get_possible_types(SCHEMA.type_map["Node"])}  # type: ignore[arg-type]
    possible = re.findall(r"Node: \[(.*?)\]", snippet)[0]
    assert set(re.findall(r"\w+", possible)) == nodes
    lists = {
        field
        for kind in SCHEMA.type_map.values()
        if is_object_type(kind)
        for field, each in kind.fields.items()
        if get_named_type(each.type).name.endswith("Connection")
    }
    assert set(re.findall(r"(\w+): list\b", snippet)) == lists


async def test_the_python_snippet_reads_every_page(
    served: Served, load: Callable[..., Awaitable[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    await load(*[a_plan(f"P-{number}", job_seeker=a_person(f"{number:07}A")) for number in range(103)])
    monkeypatch.chdir(ROOT)
    read: dict[str, Any] = {}
    exec(compile(SNIPPETS["read.py"], "read.py", "exec"), read)  # noqa: S102 - of our own page
    token = served.headers(staff())["Authorization"].removeprefix("Bearer ")
    plans = await read["pending_plans"](served.url, token)
    assert len({plan["id"] for plan in plans}) == len(plans) == 103

"""The worked examples of docs/identity.md: their file is one that is read, and their tokens say who comes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from credentials.claims import viewer_from
from credentials.providers import IdentityProvider, read_providers
from domain.access import Role

if TYPE_CHECKING:
    from domain.access import Viewer

PAGE = (Path(__file__).parent.parent.parent / "docs" / "identity.md").read_text()
TOKENS: list[dict[str, Any]] = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]


@pytest.fixture
def providers(tmp_path: Path) -> list[IdentityProvider]:
    """All tables of the page in one file, as it says that they may stand."""
    file = tmp_path / "providers.toml"
    file.write_text("\n".join(re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)))
    return list(read_providers(file))


def test_the_tokens_of_the_examples_say_who_comes(providers: list[IdentityProvider]) -> None:
    assert [each["iss"] for each in TOKENS] == [each.issuer for each in providers]
    seen: list[Viewer] = [viewer_from(said, each) for said, each in zip(TOKENS, providers, strict=True)]
    assert [(each.role, each.key, each.name, each.account) for each in seen] == [
        (Role.TRAINING_ORGANIZATION, "79455821300029", "Marie Lefebvre", "training_organization:organismes:5b1c"),
        (Role.ADVISER, "A-7", "Claire Dubois", "adviser:proconnect:77f0"),
        (Role.JOB_SEEKER, "1205012K", "Zoé ADAM", "job_seeker:franceconnect:c0de"),
    ]
    assert seen[0].organizations == ("79455821300029", "38012986600014")


def test_every_field_of_a_table_and_every_claim_is_told() -> None:
    told = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| ([^|]*) \|", PAGE, re.MULTILINE))))
    fields = set(IdentityProvider.model_fields) - {"id", "claims"}
    claims = set(type(IdentityProvider.model_fields["claims"].default).model_fields)
    assert fields | claims <= told

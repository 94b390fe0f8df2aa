"""Several providers at once: which tokens are whose, who they speak of, and files that will not do."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest

from credentials.claims import BadToken
from credentials.keys import KeySet
from credentials.oidc import Issuer, ProviderTokens
from credentials.providers import IdentityProvider, WrongProviders, read_providers
from domain.access import Role
from tests.credentials.provider import AUDIENCE, ISSUER, OTHER_RSA_KEY, publishing, rsa_jwk, signed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

STAFF_ISSUER = "https://staff.example.fr/api/v2"
STAFF: dict[str, Any] = {"iss": STAFF_ISSUER, "role": None, "adviser": None, "name": None, "sub": "42"}
FILE = """
[formation]
label = "Espace de formation"
issuer = "https://login.example.fr/realms/formation"
audience = "bilans"
jwks_url = "https://login.example.fr/keys"
roles = { of = "training_organization", de = "job_seeker" }
amr = "mfa"
[formation.claims]
role = "realm_access.roles"
organization = "entreprises"
name = ["given_name", "usual_name"]

[agents]
issuer = "https://agents.example.fr"
audience = "bilans"
jwks_url = "https://agents.example.fr/keys"
role = "adviser"
acr = ["eidas2", "eidas3"]
"""


def provider(url: str, **said: Any) -> Issuer:
    facts = {"id": "staff", "issuer": STAFF_ISSUER, "audience": AUDIENCE, "jwks_url": url} | said
    read = IdentityProvider.model_validate(facts)
    return Issuer(read, KeySet(url, time.monotonic))


@pytest.fixture
async def tokens() -> AsyncIterator[ProviderTokens]:
    """Two providers with keys of the same name: one whose claims are ours, one that has its own."""
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(publishing()) for _ in range(2)]
        other.publish(rsa_jwk("r1", OTHER_RSA_KEY))
        ours = provider(one.url, id="formation", issuer=ISSUER)
        claims = {"organization": "resource.sirets", "name": ["given_name", "usual_name"]}
        yield ProviderTokens([ours, provider(other.url, role="training_organization", claims=claims)])


async def test_each_provider_speaks_of_its_own_people(tokens: ProviderTokens) -> None:
    adviser = await tokens.viewer(signed())
    sirets = {"sirets": ["35600000000048", "82436343601230"]}
    said = STAFF | {"resource": sirets, "given_name": "Marie", "usual_name": "Lefebvre"}
    staff = await tokens.viewer(signed(OTHER_RSA_KEY, **said))

    assert (adviser.role, adviser.key, adviser.account) == (Role.ADVISER, "A-7", "adviser:formation:claire")
    assert (staff.role, staff.key, staff.name) == (Role.TRAINING_ORGANIZATION, "35600000000048", "Marie Lefebvre")
    assert staff.organizations == ("35600000000048", "82436343601230")
    assert staff.account == "training_organization:staff:42"


async def test_a_provider_does_not_vouch_for_the_people_of_another(tokens: ProviderTokens) -> None:
    with pytest.raises(BadToken):
        await tokens.viewer(signed(OTHER_RSA_KEY))  # its key, the other's name


@pytest.mark.parametrize("said", [{"iss": "https://stranger.example"}, {"aud": "another"}, {"iss": None}])
async def test_a_provider_that_no_table_names_is_refused(tokens: ProviderTokens, said: dict[str, Any]) -> None:
    with pytest.raises(BadToken, match="name no provider"):
        await tokens.viewer(signed(**said))


@pytest.mark.parametrize("sirets", [None, [], {}, "", ["35600000000048", 5], ["3560000\ud800"], ["1"] * 201])
async def test_organizations_that_are_none_are_refused(tokens: ProviderTokens, sirets: object) -> None:
    with pytest.raises(BadToken, match=r"resource\.sirets"):
        await tokens.viewer(signed(OTHER_RSA_KEY, **STAFF, resource={"sirets": sirets}))


async def test_an_end_in_milliseconds_is_refused(tokens: ProviderTokens) -> None:
    with pytest.raises(BadToken):
        await tokens.viewer(signed(exp=int(time.time() + 300) * 1000))


async def test_a_role_is_read_from_the_providers_own_names(tmp_path: Path) -> None:
    formation, agents = read_providers(written(tmp_path, FILE))
    async with publishing() as keys:
        tokens = ProviderTokens([Issuer(each, KeySet(keys.url, time.monotonic)) for each in (formation, agents)])
        said: dict[str, Any] = {
            "realm_access": {"roles": ["offline_access", "de"]},
            "job_seeker": "1205012K",
            "amr": ["mfa"],
        }
        viewer = await tokens.viewer(signed(role=None, **said))
        assert (viewer.role, viewer.key) == (Role.JOB_SEEKER, "1205012K")
        for named in (["of", "de"], ["offline_access"], "admin", None):
            with pytest.raises(BadToken, match="must name one of of, de"):
                await tokens.viewer(signed(realm_access={"roles": named}, amr=["mfa"]))


async def test_a_provider_may_demand_a_strong_authentication(tmp_path: Path) -> None:
    _, agents = read_providers(written(tmp_path, FILE))
    async with publishing() as keys:
        tokens = ProviderTokens([Issuer(agents, KeySet(keys.url, time.monotonic))])
        of_agents = {"iss": "https://agents.example.fr", "role": "job_seeker"}
        assert (await tokens.viewer(signed(**of_agents, acr="eidas2"))).role is Role.ADVISER
        for weak in ({}, {"acr": "eidas1"}, {"acr": ["eidas2"]}, {"amr": ["eidas2"]}):
            with pytest.raises(BadToken, match="strong"):
                await tokens.viewer(signed(**of_agents, **weak))


def written(folder: Path, text: str) -> Path:
    path = folder / "providers.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "it has no table"),
        ("issuer = 'x'", "`issuer` stands outside a table"),
        ("[a", "this is no TOML"),
        (FILE.replace('audience = "bilans"', "", 1), r"\[formation\]: audience: Field required"),
        (FILE.replace("amr =", "armr ="), r"\[formation\]: armr: Extra inputs"),
        (FILE.replace("https://agents.example.fr/keys", "http://agents.example.fr/keys"), "must begin with https"),
        (FILE.replace('role = "adviser"', 'role = "boss"'), r"\[agents\]: role"),
        (FILE.replace('role = "adviser"', 'role = "adviser"\nroles = { a = "adviser" }'), "write one of the two"),
        (
            FILE + FILE.replace("formation]", "again]").partition("[agents]")[0].replace("formation.", "again."),
            "same",
        ),
    ],
)
def test_a_file_that_will_not_do_is_refused_by_table_and_field(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(WrongProviders, match=complaint):
        read_providers(written(tmp_path, text))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongProviders, match=r"absent\.toml: cannot be read"):
        read_providers(tmp_path / "absent.toml")

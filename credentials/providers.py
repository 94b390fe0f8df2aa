"""The identity providers that people come in by: one table of a TOML file for each."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic import model_validator as checked

from domain.access import Role

if TYPE_CHECKING:
    from pathlib import Path

ONLY = "oidc"
"""The provider of the settings OIDC_…, where there is no file."""
LARGEST_FILE = 256 * 1024
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class WrongProviders(Exception):  # noqa: N818 - a refusal, not a fault
    """The file will not do; the message is a sentence that names the table and what to do."""


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_several)]
"""One name, or a list of them."""


def _role(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


RoleName = Annotated[Role, BeforeValidator(_role)]
"""A role as tokens write it, in small letters."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Claims(_Table):
    """From which claims a token is read. A dot leads into a claim that is an object: `resource.siret`."""

    subject: str = Field("sub", description="whose account it is")
    name: Names = Field(("name",), description="name as it is shown; several are put one after the other")
    organization: str = Field("organization", description="SIRET of the organization, or a list of them")
    job_seeker: str = Field("job_seeker", description="identifier (N° DE) of the job seeker")
    adviser: str = Field("adviser", description="id of the adviser")
    notifier: str = Field("recipients", description="whom a program notifies: job_seekers or advisers")
    role: str = Field("role", description="role, where the table gives none")

    def key(self, role: Role) -> str:
        """Name the claim that holds the key of a role: a SIRET, an identifier or an adviser's id."""
        return str(getattr(self, role.value.lower().removeprefix("training_")))


class People(_Table):
    """How a verified token is read. Ours, as docs/identity.md has it, where nothing is said."""

    role: RoleName | None = Field(None, description="the role of all its people")
    roles: dict[str, RoleName] = Field(default_factory=dict, description="its names of roles, and ours")
    claims: Claims = Claims()

    @checked(mode="after")
    def _one_way_to_a_role(self) -> Self:
        if self.role is not None and self.roles:
            raise ValueError("`role` gives all its people one role, `roles` reads a claim: write one of the two")
        return self

    def account(self, subject: str) -> str:
        """Name the account of somebody; it stands in the trail, after the role."""
        return subject


class IdentityProvider(People):
    """One provider. `id` is the name of its table, and stands in the accounts of the trail."""

    id: str = Field(pattern="^[a-z0-9][a-z0-9_-]{0,31}$")
    label: str = Field("", description="what its sign-in button says; absent: the table's name")
    issuer: str = Field(min_length=1, description="`iss` of its tokens, compared as it is written")
    audience: str = Field(min_length=1, description="`aud` of its tokens: this service")
    jwks_url: str = Field(description="where it publishes its keys, over https")
    acr: Names = Field((), description="values of `acr` of which one is demanded")
    amr: Names = Field((), description="values of `amr` of which one is demanded")
    client_id: str | None = Field(None, description="of the desk at the provider; absent: no sign-in at the desk")
    client_secret: SecretStr | None = Field(None, description="of the desk at the provider")
    scope: str = Field("openid profile", description="what the desk asks for")

    @field_validator("jwks_url")
    @classmethod
    def _private(cls, url: str) -> str:
        require_private(url)
        return url

    def account(self, subject: str) -> str:
        """Tell its people apart from those of other providers; the short form's are named as they were before."""
        return subject if self.id == ONLY else f"{self.id}:{subject}"

    @property
    def button(self) -> str:
        """What its sign-in button says."""
        return self.label or self.id


def require_private(url: str) -> None:
    """Refuse, by ValueError, an address that others may read or change on the way."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ValueError("it is no address") from None
    local = parts.hostname in LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise ValueError("it must begin with https:// (http:// is for loopback only)")


def read_providers(path: Path) -> tuple[IdentityProvider, ...]:
    """Read the file; WrongProviders when it cannot be read, or a table will not do."""
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_FILE + 1)
        if len(text) > LARGEST_FILE:
            raise WrongProviders(f"{path}: it is larger than {LARGEST_FILE // 1024} KiB.")
        tables = tomllib.loads(text.decode())
    except OSError as error:
        raise WrongProviders(f"{path}: cannot be read ({error.strerror}).") from None
    except ValueError as error:  # TOML, or UTF-8
        raise WrongProviders(f"{path}: this is no TOML ({error}).") from None
    found = tuple(_provider(path, name, table) for name, table in tables.items())
    _require_distinct(path, found)
    return found


def _provider(path: Path, name: str, table: object) -> IdentityProvider:
    if not isinstance(table, dict):
        raise WrongProviders(f"{path}: `{name}` stands outside a table: write [name-of-the-provider] above it.")
    try:
        return IdentityProvider.model_validate(table | {"id": name})
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, each['loc']))}: {each['msg'].removeprefix('Value error, ')}".removeprefix(": ")
            for each in error.errors(include_input=False)
        ]
        raise WrongProviders(f"{path}, [{name}]: {'; '.join(problems)}.") from None


def _require_distinct(path: Path, providers: tuple[IdentityProvider, ...]) -> None:
    if not providers:
        raise WrongProviders(f"{path}: it has no table: write one for each provider, [name-of-the-provider].")
    known: dict[tuple[str, str], str] = {}
    for provider in providers:
        other = known.setdefault((provider.issuer, provider.audience), provider.id)
        if other != provider.id:
            raise WrongProviders(f"{path}: [{other}] and [{provider.id}] have the same issuer and audience.")

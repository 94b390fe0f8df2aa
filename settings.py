"""Settings, from the environment, `BILANS_` before each name; read once by main and passed down."""

from __future__ import annotations

from difflib import get_close_matches
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from credentials.kept_secret import kept_secret
from credentials.providers import ONLY, IdentityProvider, WrongProviders, read_providers
from domain.lateness import LATE_AFTER_DAYS
from setting_values import (
    HostAndPort,
    LongSecret,
    Networks,
    Origins,
    PrivateAddress,
    PublicAddress,
    RoleNames,
    WebAddress,
    as_browsers_write,
    listed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


class WrongSetting(Exception):  # noqa: N818 - a refusal, not a fault
    """A setting that will not do; the message is a sentence that says what to do."""


class Settings(BaseSettings):
    """Every setting of the service. Descriptions are shown by `--help` and the README."""

    model_config = SettingsConfigDict(env_prefix="BILANS_", env_ignore_empty=True, extra="ignore", frozen=True)

    mongodb_url: SecretStr | None = Field(
        None, description="replica set or sharded cluster to use; absent: the embedded server, in DATA_DIR"
    )
    mongodb_database: str = Field("bilans", description="name of the database", pattern="^[A-Za-z0-9_-]{1,38}$")
    driver: Literal["motor", "pymongo"] = Field(
        "motor", description="how MongoDB is spoken to: Motor, or PyMongo's own async client, its successor (ADR 29)"
    )
    data_dir: Path = Field(
        Path(__file__).resolve().parent / ".bilans",
        description="where the embedded server and the development secret are kept",
    )
    jwt_secret: LongSecret | None = Field(
        None,
        description="secret of HS256 development tokens, 32 bytes at least; absent: one is made and kept in "
        "DATA_DIR, and the service listens on loopback only",
    )
    public_url: PublicAddress | None = Field(
        None, description="address under which clients reach the service, for links; absent: http://HOST:PORT"
    )
    link_secret: LongSecret | None = Field(
        None, description="secret that seals links, the same on every machine; absent: made from JWT_SECRET"
    )
    link_secret_former: LongSecret | None = Field(
        None, description="LINK_SECRET as it was before, while what it sealed is still in use (docs/production.md)"
    )
    jwt_secret_former: LongSecret | None = Field(
        None, description="JWT_SECRET as it was before, while its tokens are still in use"
    )
    allowed_origins: Origins = Field(
        "", description="origins of web front ends (CORS and WebSockets), as https://HOST, separated by commas"
    )
    trusted_proxies: Networks = Field(
        "", description="addresses of proxies whose X-Forwarded-For is believed, separated by commas"
    )
    desk: bool = Field(default=True, description="pages for people (docs/desk.md); off, their addresses do not exist")
    employment_service: str = Field(
        "France Travail", description="what the pages call the public employment service", min_length=1, max_length=60
    )
    explorer: bool | None = Field(
        default=None,
        description="page /explorer, introspection, suggestions in errors; absent: only without a provider",
    )
    trusted_documents: Path | None = Field(
        None, description="directory of .graphql files, or manifest, of the operations that are trusted"
    )
    trusted_only: bool = Field(default=False, description="refuse every operation that is not a trusted document")
    compiled: bool = Field(default=True, description="known operations run as compiled functions; off to compare")
    print_workers: int = Field(
        1, ge=1, le=64, description="processes that make PDFs, for each worker; one more prints transmissions only"
    )
    seal_certificate: Path | None = Field(
        None, description="PKCS#12 file with which transmitted PDFs are sealed (PAdES); absent: they are not"
    )
    seal_password: SecretStr | None = Field(None, description="password of SEAL_CERTIFICATE")
    log_format: Literal["json", "text"] = Field("text", description="json, or text for a terminal")
    metrics_address: HostAndPort | None = Field(
        None, description="HOST:PORT at which Prometheus asks for figures, not to be seen from outside; absent: none"
    )
    traces_endpoint: WebAddress | None = Field(
        None, description="where OpenTelemetry spans are sent, http(s)://…/v1/traces; absent: nowhere"
    )
    identity_providers: Path | None = Field(
        None, description="TOML file with a table for each identity provider, instead of JWT_SECRET and OIDC_…"
    )
    oidc_issuer: str | None = Field(
        None,
        description="short form for one provider: `iss` of its access tokens; with OIDC_AUDIENCE and OIDC_JWKS_URL",
    )
    oidc_audience: str | None = Field(None, description="`aud` of the access tokens: this service")
    oidc_jwks_url: PrivateAddress | None = Field(None, description="where the issuer publishes its keys, over https")
    oidc_client_id: str | None = Field(
        None,
        description="client of the desk at the provider, at which people then sign in; absent: nobody signs in",
    )
    oidc_client_secret: SecretStr | None = Field(None, description="secret of that client; absent: it has none")
    oidc_strong_roles: RoleNames = Field(
        "", description="roles that must sign in with a strong authentication, separated by commas"
    )
    oidc_strong_methods: str = Field(
        "mfa,eidas2,eidas3", description="values of `acr` or `amr` that say so, separated by commas"
    )
    persons_per_hour: int = Field(
        2_000, ge=1, description="job seekers whose data an account may read within an hour"
    )
    work_seconds_per_minute: float = Field(
        120, gt=0, description="seconds of work, of a worker and the database, that an account may cause in a minute"
    )
    answer_bytes_per_minute: int = Field(
        2_000_000_000, ge=1, description="bytes that a worker sends an account within a minute"
    )
    webhook_loopback: bool = Field(
        default=False, description="webhooks may call this machine itself, without TLS too; for development only"
    )
    verifications_per_hour: int = Field(
        100, ge=1, description="codes of papers that an address, or an account, may verify within an hour"
    )
    late_after_days: int = Field(
        LATE_AFTER_DAYS,
        ge=1,
        le=3_650,
        description="days after which a compulsory report is late, from the day on which it opens (proposed)",
    )
    trail_months: int = Field(36, ge=1, le=600, description="how long the audit trail is kept, in months")
    retain_reports_years: int = Field(6, ge=1, le=100, description="how long a transmitted report is kept")
    retain_cofinanced_years: int = Field(
        10, ge=1, le=100, description="how long it is kept where its scheme is one of COFINANCED_SCHEMES"
    )
    cofinanced_schemes: str = Field(
        "", description="schemes (dispositifs) that Europe co-finances, separated by commas"
    )
    retain_drafts_months: int = Field(13, ge=1, le=600, description="how long a draft that nobody touches is kept")
    retain_unreported_years: int = Field(
        6, ge=1, le=100, description="how long a plan without a report is kept after its last day"
    )

    @model_validator(mode="after")
    def _one_kind_of_token(self) -> Self:
        given = [self.oidc_issuer, self.oidc_audience, self.oidc_jwks_url]
        if any(given) and not all(given):
            raise ValueError("BILANS_OIDC_ISSUER, BILANS_OIDC_AUDIENCE and BILANS_OIDC_JWKS_URL go together")
        if any(given) and self.identity_providers:
            raise ValueError("BILANS_IDENTITY_PROVIDERS and BILANS_OIDC_ISSUER say the same: set one only")
        name = "BILANS_IDENTITY_PROVIDERS" if self.identity_providers else "BILANS_OIDC_ISSUER"
        if self.production and self.jwt_secret is not None:
            raise ValueError(f"BILANS_JWT_SECRET is for development, {name} for production: set one only")
        if self.production and self.link_secret is None:
            raise ValueError(f"BILANS_LINK_SECRET is needed with {name}: 32 bytes at least")
        if self.production and self.webhook_loopback:
            raise ValueError(f"BILANS_WEBHOOK_LOOPBACK is for development, {name} for production")
        return self

    @model_validator(mode="after")
    def _opened(self) -> Self:
        if (self.seal_certificate is None) != (self.seal_password is None):
            raise ValueError("BILANS_SEAL_CERTIFICATE and BILANS_SEAL_PASSWORD go together")
        return self

    @model_validator(mode="after")
    def _something_trusted(self) -> Self:
        if self.trusted_only and not self.trusted_documents:
            raise ValueError("BILANS_TRUSTED_ONLY needs BILANS_TRUSTED_DOCUMENTS")
        return self

    @property
    def path_prefix(self) -> str:
        """The path under which the public address reaches the service, without a slash at its end."""
        return urlsplit(self.public_url or "").path.rstrip("/")

    @property
    def origins(self) -> list[str]:
        """The allowed origins, one by one, as browsers write them: in small letters, without the usual port."""
        return [as_browsers_write(origin) for origin in listed(self.allowed_origins)]

    @property
    def production(self) -> bool:
        """Whether tokens come from OpenID Connect providers."""
        return self.oidc_issuer is not None or self.identity_providers is not None

    def providers(self) -> tuple[IdentityProvider, ...]:
        """Read the identity providers; none in development. WrongSetting when their file will not do."""
        if self.identity_providers is not None:
            try:
                return read_providers(self.identity_providers)
            except WrongProviders as error:
                raise WrongSetting(f"BILANS_IDENTITY_PROVIDERS={error}") from None
        if not (self.oidc_issuer and self.oidc_audience and self.oidc_jwks_url):
            return ()
        short = {"issuer": self.oidc_issuer, "audience": self.oidc_audience, "jwks_url": self.oidc_jwks_url}
        client = {"client_id": self.oidc_client_id, "client_secret": self.oidc_client_secret}
        named = {"id": ONLY, "label": "Se connecter"}
        return (IdentityProvider.model_validate(short | client | named),)

    @property
    def explored(self) -> bool:
        """Whether the schema may be explored: introspection, suggestions in errors."""
        return not self.production if self.explorer is None else self.explorer

    def sealing_secret(self) -> bytes:
        """Return the secret of links."""
        return self.link_secret.get_secret_value().encode() if self.link_secret else self.development_secret()

    def former_sealing_secrets(self) -> tuple[bytes, ...]:
        """Return the secrets with which links and webhooks' secrets were sealed before."""
        former = self.link_secret_former or (None if self.link_secret else self.jwt_secret_former)
        return (former.get_secret_value().encode(),) if former else ()

    def former_development_secrets(self) -> tuple[bytes, ...]:
        """Return the secrets of development tokens that are still good."""
        return (self.jwt_secret_former.get_secret_value().encode(),) if self.jwt_secret_former else ()

    def development_secret(self) -> bytes:
        """Return the secret of development tokens, made and kept with mode 0600 when there is none yet."""
        if self.production:
            raise WrongSetting("with an identity provider there are no development tokens: it makes them itself.")
        if self.jwt_secret is not None:
            return self.jwt_secret.get_secret_value().encode()
        try:
            return kept_secret(self.data_dir, "jwt-secret")
        except OSError as error:
            raise WrongSetting(f"BILANS_DATA_DIR={self.data_dir}: cannot be written ({error.strerror}).") from None


def read_settings() -> Settings:
    """Read the environment; WrongSetting names every setting that will not do, or that there is none of."""
    problems = _unknown(environ)
    try:
        settings = Settings()
    except ValidationError as error:
        problems += [
            (f"BILANS_{str(each['loc'][0]).upper()}: " if each["loc"] else "")
            + each["msg"].removeprefix("Value error, ")
            for each in error.errors()
        ]
    if problems:
        raise WrongSetting("; ".join(problems) + ("" if problems[-1].endswith("?") else "."))
    return settings


def _unknown(names: Iterable[str]) -> list[str]:
    """Name what looks like a setting and is none, each with the nearest; those of the tests are theirs."""
    known = [f"BILANS_{name.upper()}" for name in Settings.model_fields]
    given = {name.upper() for name in names if name.upper().startswith("BILANS_")}
    problems = []
    for name in sorted(given.difference(known)):
        if not name.startswith("BILANS_TEST_"):
            near = get_close_matches(name, known, 1)
            problems.append(f"{name} is no setting" + (f": did you mean {near[0]}?" if near else ""))
    return problems


def settings_help() -> str:
    """List the settings for `--help`."""
    return "\n".join(
        f"  BILANS_{name:<18} {what}{f' [{default}]' if default else ''}" for name, what, default in _told()
    )


def settings_table() -> str:
    """List the settings for the README."""
    rows = [f"| `{name}` | {what} | {default} |" for name, what, default in _told()]
    return "\n".join(["| setting | what it is | default |", "|---|---|---|", *rows])


def _told() -> list[tuple[str, str, str]]:
    here = f"{Path(__file__).resolve().parent}/"
    return [
        (
            name.upper(),
            field.description or "",
            str(field.default).removeprefix(here) if field.default not in (None, "") else "",
        )
        for name, field in Settings.model_fields.items()
    ]

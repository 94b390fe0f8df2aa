"""Settings, from the environment, `BILANS_` before each name; read once by main and passed down."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST_SECRET = 32


class WrongSetting(Exception):  # noqa: N818 - a refusal, not a fault
    """A setting that will not do; the message is a sentence that says what to do."""


class Settings(BaseSettings):
    """Every setting of the service. Descriptions are shown by `--help` and the README."""

    model_config = SettingsConfigDict(env_prefix="BILANS_", extra="ignore", frozen=True)

    mongodb_url: SecretStr | None = Field(
        None, description="replica set or sharded cluster to use; absent: the embedded server, in DATA_DIR"
    )
    mongodb_database: str = Field("bilans", description="name of the database", pattern="^[A-Za-z0-9_-]{1,38}$")
    data_dir: Path = Field(
        Path(__file__).resolve().parent / ".bilans",
        description="where the embedded server and the development secret are kept",
    )
    jwt_secret: SecretStr | None = Field(
        None,
        description="secret of HS256 development tokens, 32 bytes at least; absent: one is made and kept in "
        "DATA_DIR, and the service listens on loopback only",
    )
    public_url: str | None = Field(
        None, description="address under which clients reach the service, for links; absent: http://HOST:PORT"
    )
    link_secret: SecretStr | None = Field(
        None, description="secret that seals links, the same on every machine; absent: made from JWT_SECRET"
    )
    allowed_origins: str = Field(
        "", description="origins of web pages that may open a WebSocket, separated by commas"
    )
    explorer: bool = Field(default=True, description="introspection and suggestions in errors; off in production")
    print_workers: int = Field(1, ge=1, le=64, description="processes that make PDFs, for each worker")
    log_format: Literal["json", "text"] = Field("text", description="json, or text for a terminal")

    @field_validator("jwt_secret", "link_secret")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value().encode()) < SHORTEST_SECRET:
            raise ValueError(f"it must have {SHORTEST_SECRET} bytes at least")
        return secret

    @field_validator("public_url")
    @classmethod
    def _absolute(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("it must begin with http:// or https://")
        return url

    @property
    def origins(self) -> list[str]:
        """The allowed origins, one by one."""
        return [origin.strip() for origin in self.allowed_origins.split(",") if origin.strip()]

    def development_secret(self) -> bytes:
        """Return the secret of development tokens, made and kept with mode 0600 when there is none yet."""
        if self.jwt_secret is not None:
            return self.jwt_secret.get_secret_value().encode()
        kept = self.data_dir / "jwt-secret"
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            if not kept.exists():
                fresh = kept.with_name(f"jwt-secret.{token_hex(8)}")
                fresh.touch(mode=0o600)
                fresh.write_text(token_hex(32))
                try:
                    kept.hardlink_to(fresh)
                except FileExistsError:
                    pass
                finally:
                    fresh.unlink()
            return kept.read_bytes().strip()
        except OSError as error:
            raise WrongSetting(f"BILANS_DATA_DIR={self.data_dir}: cannot be written ({error.strerror}).") from None


def read_settings() -> Settings:
    """Read the environment; WrongSetting names every setting that will not do."""
    try:
        return Settings()
    except ValidationError as error:
        problems = [
            f"BILANS_{str(each['loc'][0]).upper()}: {each['msg'].removeprefix('Value error, ')}"
            for each in error.errors()
        ]
        raise WrongSetting("; ".join(problems) + ".") from None


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

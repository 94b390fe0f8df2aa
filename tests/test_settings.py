from __future__ import annotations

import pytest

from settings import WrongSetting, read_settings
from tests.credentials.provider import AUDIENCE, ISSUER

PRODUCTION = {
    "OIDC_ISSUER": ISSUER,
    "OIDC_AUDIENCE": AUDIENCE,
    "OIDC_JWKS_URL": "https://login.example.fr/jwks",
    "LINK_SECRET": "l" * 32,
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PRODUCTION, "JWT_SECRET", "EXPLORER", "OIDC_STRONG_ROLES", "TRUSTED_PROXIES"):
        monkeypatch.delenv(f"BILANS_{name}", raising=False)


def setting(monkeypatch: pytest.MonkeyPatch, **values: str | None) -> None:
    for name, value in values.items():
        if value is not None:
            monkeypatch.setenv(f"BILANS_{name}", value)


def test_a_provider_of_tokens_leaves_no_development_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    setting(monkeypatch, **PRODUCTION)
    settings = read_settings()

    assert settings.production
    assert not settings.explored
    with pytest.raises(WrongSetting, match="no development tokens"):
        settings.development_secret()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"OIDC_AUDIENCE": None}, "go together"),
        ({"OIDC_JWKS_URL": None}, "go together"),
        ({"JWT_SECRET": "s" * 32}, "set one only"),
        ({"LINK_SECRET": None}, "BILANS_LINK_SECRET is needed"),
        ({"LINK_SECRET": "short"}, "32 bytes"),
        ({"OIDC_JWKS_URL": "http://login.example.fr/jwks"}, "https://"),
        ({"OIDC_JWKS_URL": "file:///etc/passwd"}, "https://"),
        ({"OIDC_STRONG_ROLES": "adviser,minister"}, "minister"),
        ({"TRUSTED_PROXIES": "10.0.0.1, *"}, "neither an address nor a network"),
    ],
)
def test_settings_that_will_not_do_are_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str | None], sentence: str
) -> None:
    setting(monkeypatch, **{**PRODUCTION, **changed})

    with pytest.raises(WrongSetting, match=sentence):
        read_settings()


def test_a_development_secret_has_32_bytes_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    setting(monkeypatch, JWT_SECRET="s" * 31)

    with pytest.raises(WrongSetting, match="BILANS_JWT_SECRET: it must have 32 bytes"):
        read_settings()


def test_without_a_provider_the_schema_may_be_explored_unless_a_setting_says_no(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert read_settings().explored
    setting(monkeypatch, EXPLORER="false")
    assert not read_settings().explored

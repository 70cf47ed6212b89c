"""A setting that would make the service unsafe stops the start with a sentence that says what to do."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.audit.sealing import seals_file
from app.config import Environment, Settings, UnsafeSettings
from app.crypto import KeysUnavailable
from app.main import open_services

SAFE: dict[str, Any] = {
    "environment": Environment.PRODUCTION,
    "origin": "https://amparo.example.org",
    "keyring_file": Path("/etc/amparo/keyring.json"),
    "database_url": SecretStr("postgresql+psycopg://amparo:7Wc0ZkXr@db.example.org/amparo"),
}


def test_safe_settings_start() -> None:
    Settings(**SAFE).check()


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"origin": None}, "AMPARO_ORIGIN"),
        ({"origin": "http://amparo.example.org"}, "AMPARO_ORIGIN"),
        ({"keyring_file": None}, "AMPARO_KEYRING_FILE"),
        ({"payment_confirmation": "optional"}, "AMPARO_PAYMENT_CONFIRMATION"),
        ({"database_url": SecretStr("mysql://db.example.org/amparo")}, "AMPARO_DATABASE_URL"),
        ({"database_url": SecretStr("postgresql+psycopg://amparo@db.example.org/amparo")}, "AMPARO_DATABASE_URL"),
        ({"database_url": SecretStr("postgresql+psycopg://a:changeme@db.example.org/amparo")}, "AMPARO_DATABASE_URL"),
    ],
)
def test_an_unsafe_setting_is_named(change: dict[str, Any], names: str) -> None:
    with pytest.raises(UnsafeSettings, match=names):
        Settings(**(SAFE | change)).check()


def test_the_address_of_the_database_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "database_url"
    secret.write_text("postgresql+psycopg://amparo:7Wc0ZkXr@db.example.org/amparo\n")
    settings = Settings(**SAFE | {"database_url": None, "database_url_file": secret})
    settings.check()
    assert settings.database == "postgresql+psycopg://amparo:7Wc0ZkXr@db.example.org/amparo"
    assert settings.keystore == settings.database
    assert "7Wc0ZkXr" not in repr(settings)


@pytest.mark.parametrize("holds", [None, "", "\n"])
def test_a_file_without_the_address_is_named(holds: str | None, tmp_path: Path) -> None:
    secret = tmp_path / "database_url"
    if holds is not None:
        secret.write_text(holds)
    with pytest.raises(UnsafeSettings, match=r"AMPARO_DATABASE_URL_FILE names .*database_url"):
        Settings(**SAFE | {"database_url": None, "database_url_file": secret}).check()


def test_one_address_is_enough(tmp_path: Path) -> None:
    with pytest.raises(UnsafeSettings, match="not both"):
        Settings(**SAFE, database_url_file=tmp_path / "database_url").check()


def test_the_seals_go_where_they_are_told_to(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).seals == tmp_path / "audit-seals.txt"
    elsewhere = tmp_path / "elsewhere" / "seals.txt"
    assert seals_file(Settings(data_dir=tmp_path, seals_file=elsewhere)) == elsewhere


def test_a_missing_keyring_stops_the_start(tmp_path: Path) -> None:
    settings = Settings(environment=Environment.TEST, data_dir=tmp_path)
    with pytest.raises(KeysUnavailable, match="amparo init"):
        open_services(settings)


def test_a_secret_does_not_show() -> None:
    assert "7Wc0ZkXr" not in repr(Settings(**SAFE))

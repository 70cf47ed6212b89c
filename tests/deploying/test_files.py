"""The files beside the image: each container sees and may do only what it needs, and the secrets are made once."""

import os
import re
import shutil
import stat
import subprocess
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML has no types

from tests.deploying.following import ROOT

FOLDER = ROOT / "docs" / "deploying"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_shut(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["pids_limit"]
    assert service["mem_limit"]


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert {name: service.get("network_mode") for name, service in SERVICES.items()} == {
        "proxy": None,
        "amparo": "service:proxy",
        "migrate": "none",
        "operator": "none",
        "database": "none",
    }


def test_the_root_key_is_apart_and_only_the_operator_writes_it() -> None:
    mounts = {name: [str(each) for each in service.get("volumes", [])] for name, service in SERVICES.items()}
    having = {name: [each for each in found if each.startswith("keys:")] for name, found in mounts.items()}
    assert {name: found for name, found in having.items() if found} == {
        "amparo": ["keys:/var/lib/amparo-keys:ro"],
        "operator": ["keys:/var/lib/amparo-keys"],
    }
    assert {"keys", "data", "database", "seals"} <= set(COMPOSE["volumes"])


def test_who_serves_is_not_who_owns_the_tables() -> None:
    def secrets(name: str) -> set[str]:
        return {each if isinstance(each, str) else each["source"] for each in SERVICES[name].get("secrets", [])}

    assert (secrets("proxy"), secrets("amparo")) == (set(), {"app_url"})
    assert (secrets("migrate"), secrets("operator")) == ({"owner_url"}, {"owner_url"})
    assert all(str(each["file"]).startswith("./secrets/") for each in COMPOSE["secrets"].values())


def test_nothing_secret_stands_in_the_files() -> None:
    for name in ("compose.yaml", "Caddyfile", "amparo.service"):
        assert not re.search(r"(?i)(password|token|secret)\s*[:=]\s*[\w'\"]", (FOLDER / name).read_text()), name


def test_the_volumes_are_the_images() -> None:
    said = (ROOT / "Dockerfile").read_text()
    for volume in ("data", "keys", "seals"):
        mount = next(each for each in SERVICES["operator"]["volumes"] if each.startswith(f"{volume}:"))
        assert mount.split(":")[1] in said


def test_secrets_are_made_once_and_agree(tmp_path: Path) -> None:
    for name in ("make-secrets.sh", "postgresql-passwords.sh"):
        shutil.copy(FOLDER / name, tmp_path)
    subprocess.run([tmp_path / "make-secrets.sh"], check=True, capture_output=True)
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    subprocess.run([tmp_path / "make-secrets.sh"], check=True, capture_output=True)
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == made
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert set(made) == {"admin_password", "owner_url", "app_url"}
    passwords = {name: re.findall(r"[0-9a-f]{48}", text) for name, text in made.items()}
    assert len({word for words in passwords.values() for word in words}) == 3
    (tmp_path / "psql").write_text("#!/bin/sh\ncat\n")
    (tmp_path / "psql").chmod(0o755)
    environment = {"PATH": f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin", "SECRETS": str(tmp_path / "secrets")}
    said = subprocess.run(
        [tmp_path / "postgresql-passwords.sh"], env=environment, check=True, capture_output=True, text=True
    ).stdout
    assert said == "".join(
        f"ALTER ROLE amparo_{user} PASSWORD '{passwords[f'{user}_url'][0]}';\n" for user in ("owner", "app")
    )


@pytest.mark.parametrize("name", ["amparo.service", "amparo-backup.service"])
def test_the_unit_gives_no_power(name: str) -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # systemd tells capitals from small letters
    unit.read(FOLDER / name)
    service = unit["Service"]
    shut = (
        "NoNewPrivileges PrivateTmp PrivateDevices ProtectHome ProtectClock MemoryDenyWriteExecute RestrictNamespaces"
    )
    assert {service[name] for name in shut.split()} == {"true"}
    assert (service["ProtectSystem"], service["CapabilityBoundingSet"], service["UMask"]) == ("strict", "", "0077")
    assert (service["LimitCORE"], service["MemorySwapMax"], service["User"]) == ("0", "0", "amparo")
    assert service["StateDirectory"].split() == ["amparo", "amparo-keys", "amparo-seals"]


def test_the_timer_gives_the_commands_of_the_page() -> None:
    page = (FOLDER.parent / "operating" / "backup.md").read_text(encoding="utf-8")
    unit = (FOLDER / "amparo-backup.service").read_text(encoding="utf-8")
    commands = [line.rpartition("/bin/")[2] for line in unit.splitlines() if line.startswith("ExecStart=")]
    assert len(commands) == 3
    assert all(f"\n{each}\n" in page for each in commands)
    folders = unit.partition("ReadWritePaths=")[2].partition("\n")[0].split()
    assert [each.rpartition(" ")[2] for each in commands[:2]] == folders

"""Programs and tokens by command: made, listed, ended, and on record as the machine's operator's."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import installation
from app.cli import client, staff, token
from app.config import Settings
from app.errors import Conflict, Invalid

RUNNER = CliRunner()


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation that nobody can sign in to yet."""
    for name, value in (("DATA_DIR", tmp_path), ("ENVIRONMENT", "test"), ("KEYRING_FILE", tmp_path / "keyring.json")):
        monkeypatch.setenv(f"AMPARO_{name}", str(value))
    installation.make(Settings())
    return tmp_path


@pytest.mark.usefixtures("made")
def test_a_program_is_taken_on_listed_given_a_second_secret_and_ended() -> None:
    asked = ["--name", "Report reader", "--role", "fund_administrator", "--scope", "report.read"]
    added = RUNNER.invoke(client.commands, ["add", *asked])
    client_id = re.findall(r"Program: (\S+)", added.output)[0]
    first = re.findall(r"this once: (\S{40,})", added.output)[0]
    (line,) = RUNNER.invoke(client.commands, ["list"]).output.splitlines()
    assert line.split("\t")[:4] == [client_id, "Report reader", "fund_administrator", "the fund"]
    assert line.endswith("in use")
    assert first not in line
    second = RUNNER.invoke(client.commands, ["secret", client_id])
    assert first not in second.output
    assert RUNNER.invoke(client.commands, ["list"]).output.count("secret until") == 2
    assert isinstance(RUNNER.invoke(client.commands, ["secret", client_id]).exception, Conflict), "two at most"
    assert RUNNER.invoke(client.commands, ["revoke", client_id]).output == "Ended.\n"
    assert RUNNER.invoke(client.commands, ["list"]).output.endswith("no secret\tended\n")
    assert RUNNER.invoke(client.commands, ["add", *asked, "--partner", "Nobody"]).exit_code == 1
    beyond = RUNNER.invoke(client.commands, ["add", *asked, "--scope", "disbursement.release"])
    assert isinstance(beyond.exception, Invalid), "what no program may do"


@pytest.mark.usefixtures("made")
def test_tokens_of_people_are_listed_and_ended() -> None:
    for name in ("ana", "ben"):
        who = ["--email", f"{name}@example.org", "--name", name, "--role", "fund_administrator"]
        assert RUNNER.invoke(staff.commands, ["add", *who]).exit_code == 0
        secret = RUNNER.invoke(token.commands, ["create", "--user", f"{name}@example.org", "--name", "tests"]).output
        assert secret.strip() not in RUNNER.invoke(token.commands, ["list"]).output
    lines = RUNNER.invoke(token.commands, ["list"]).output.splitlines()
    assert [line.split("\t")[1:3] for line in lines] == [["ana@example.org", "tests"], ["ben@example.org", "tests"]]
    of_ana = lines[0].split("\t")[0]
    assert RUNNER.invoke(token.commands, ["revoke", of_ana]).output == "Ended.\n"
    assert RUNNER.invoke(token.commands, ["list", "--user", "ana@example.org"]).output == ""
    assert "ben@" in RUNNER.invoke(token.commands, ["list"]).output
    assert isinstance(RUNNER.invoke(token.commands, ["revoke", of_ana]).exception, Invalid), "ended already"

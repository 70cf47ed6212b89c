"""A sound installation gets no finding, on either engine, and the doctor leaves it as it was."""

import hashlib
import json

import pytest
from typer.testing import CliRunner

from app import cli
from tests.doctor.sound import Sound, examined, set_environment


def test_a_sound_installation_gets_no_finding(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(sound, monkeypatch)
    assert examined(sound) == []


def test_the_doctor_changes_nothing(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(sound, monkeypatch)
    before = digests(sound)
    examined(sound)
    assert digests(sound) == before


def digests(sound: Sound) -> dict[str, tuple[int, str]]:
    """Mode and content of every file but SQLite's index of its log, which every reader makes."""
    files = (path for path in sound.folder.rglob("*") if path.is_file() and not path.name.endswith(("-shm", "-wal")))
    return {
        str(path.relative_to(sound.folder)): (path.stat().st_mode, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in files
    }


def test_the_command_says_so(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(sound, monkeypatch)
    monkeypatch.setattr(cli.serving, "Surroundings", sound.surroundings)
    said = CliRunner().invoke(cli.app, ["doctor"])
    assert (said.exit_code, said.output) == (0, "Nothing is wrong with this installation.\n")
    said = CliRunner().invoke(cli.app, ["doctor", "--json"])
    assert (said.exit_code, json.loads(said.output)) == (0, {"exit": 0, "findings": []})


def test_the_command_names_what_is_wrong(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(sound, monkeypatch, {"AMPARO_ORIGIN": None})
    monkeypatch.setattr(cli.serving, "Surroundings", sound.surroundings)
    said = CliRunner().invoke(cli.app, ["doctor"])
    assert said.exit_code == 1
    assert "PROBLEM  AMPARO_ORIGIN is not set.  [origin.missing]" in said.output
    assert "To be mended: 1. Better mended: 0. Not checked: 0." in said.output
    found = json.loads(CliRunner().invoke(cli.app, ["doctor", "--json"]).output)
    assert [each["code"] for each in found["findings"]] == ["origin.missing"]


def test_a_warning_does_not_fail_a_script(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(sound, monkeypatch, {"AMPARO_THREADS": "200"})
    monkeypatch.setattr(cli.serving, "Surroundings", sound.surroundings)
    assert CliRunner().invoke(cli.app, ["doctor"]).exit_code == 0

"""Each misconfiguration, planted alone in a sound installation: the doctor names it, on each engine where it can be."""

import ast
import base64
import json
from pathlib import Path

import pytest

from app import doctor, revision
from app.doctor.reads import machine
from app.doctor.rules import Finding, Level
from app.doctor.rules.database import PostgresFacts, ShapeFacts, judge_postgres, judge_shape
from tests.doctor.plants import ADDRESS, PLANTS, Plant
from tests.doctor.sound import Sound, examined, set_environment

#: What can not be planted on a machine of one server and one disk; each is judged below from facts.
JUDGED = {
    "database.old",
    "database.encoding",
    "database.unencrypted",
    "database.connections",
    "database.behind",
    "assets.missing",
    "data.read_only",
    "keyring.unreadable",
    "seals.unreadable",
}


def names(findings: list[Finding]) -> set[str]:
    return {finding.code for finding in findings}


@pytest.mark.parametrize(
    ("plant", "engine_name"),
    [
        pytest.param(plant, engine, id=f"{plant.named}-{number}-{engine}")
        for number, plant in enumerate(PLANTS)
        for engine in plant.engines
    ],
)
def test_it_is_named(plant: Plant, sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    plant.breaks(sound)
    set_environment(sound, monkeypatch, plant.environment)
    found = examined(sound, **plant.around)
    assert plant.named in names(found), found
    said = "\n".join(f"{each.wrong} {each.why} {each.do}" for each in found)
    for secret in secrets_of(sound):
        assert secret not in said
    assert all(each.wrong and each.why and each.do for each in found)


def secrets_of(sound: Sound) -> list[str]:
    """The root keys, and the passwords that are planted."""
    keyrings = [file for file in sound.folder.rglob("*.json") if file.is_file() and file.stat().st_size]
    keys = [root["key"] for file in keyrings for root in json.loads(file.read_bytes()).get("roots", ())]
    assert keys or not sound.keyring.exists() or "roads" in sound.keyring.read_text() or sound.keyring.is_symlink()
    return [*keys, *(base64.b64decode(key).hex() for key in keys), "7Wc0ZkXr", "changeme"]


def codes_in_rules() -> set[str]:
    """Every code that stands in the rules."""
    found: set[str] = set()
    for file in (Path(doctor.__file__).parent).rglob("*.py"):
        for call in (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)):
            words = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if len(call.args) == 4 and words and "." in words[0] and " " not in words[0]:
                found.add(words[0])
    made = {f"{store}.{what}" for store in ("database", "keystore") for what in ("missing", "open", "owner")}
    return found | made | {f"seals.{state}" for state in ("missing", "damaged", "behind", "unreadable")}


def test_every_code_is_shown_to_be_found() -> None:
    planted = {plant.named for plant in PLANTS}
    assert len(planted) >= 50
    assert codes_in_rules() == planted | JUDGED


def test_an_older_shape_is_named(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer program comes upon this database."""
    here = revision.head()
    monkeypatch.setattr(revision, "head", lambda: "newer")
    monkeypatch.setattr(revision, "known", lambda: frozenset({here, "newer"}))
    set_environment(sound, monkeypatch)
    assert names(examined(sound)) == {"database.behind"}


def test_a_missing_style_sheet_is_named(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_STYLE_SHEET", sound.folder / "nothing.css")
    set_environment(sound, monkeypatch)
    assert names(examined(sound)) == {"assets.missing"}


@pytest.mark.parametrize(("engine", "version"), [("sqlite", (3, 39)), ("postgresql", (14, 9))])
def test_an_old_engine_is_named(engine: str, version: tuple[int, ...]) -> None:
    facts = ShapeFacts(engine, version, "a", "a", revision_known=True, lost=(), missing=())
    assert names(list(judge_shape(facts))) == {"database.old"}


def test_a_server_elsewhere_is_judged() -> None:
    far = PostgresFacts(
        superuser=False,
        owns=(),
        open_rows=(),
        unsafe=(),
        logs_values=(),
        encoding="SQL_ASCII",
        encrypted=False,
        over_network=True,
        connections=11,
        pool_size=8,
        skew=0.1,
    )
    assert names(list(judge_postgres(far))) == {"database.encoding", "database.unencrypted", "database.connections"}


def test_a_password_that_the_driver_repeats_is_left_out(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(
        sound, monkeypatch, {"AMPARO_DATABASE_URL_FILE": None, "AMPARO_DATABASE_URL": f"{ADDRESS}?host=7Wc0ZkXr"}
    )
    found = next(each for each in examined(sound) if each.code == "database.unreachable")
    assert found.level is Level.PROBLEM
    assert "7Wc0ZkXr" not in found.wrong

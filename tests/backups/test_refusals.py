"""What can be wrong with a backup, a folder or a machine: each is refused with a sentence, and nothing is left."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import StaticPool, create_engine

from app import installation, revision
from app.backups.actions import marking
from app.backups.actions.making import make
from app.backups.actions.pruning import prune
from app.backups.actions.restoring import restore
from app.backups.reads import postgres, state
from app.backups.reads.archive import verify
from app.backups.reads.unfinished import refuse_unfinished, unfinished
from app.backups.rules import Kind, Unusable, name_of, outlived
from app.config import UnsafeSettings
from app.crypto import KeysUnavailable
from tests.backups.stage import IDENTITY, OTHER_IDENTITY, Place, restored, with_recipient
from tests.world import settings_for

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_whole_backup_verifies(place: Place) -> None:
    header, manifest = verify(place.back_up(Kind.DATA), IDENTITY)
    assert (header.kind, header.revision) == (Kind.DATA, revision.head())
    assert manifest.contents.rows["account"] == 13
    header, manifest = verify(place.back_up(Kind.KEYS), IDENTITY)
    assert header.kind is Kind.KEYS
    assert manifest.contents.rows["epoch"] == 1
    assert set(state.last(place.settings)) == set(Kind)


def test_another_identity_opens_nothing(place: Place) -> None:
    file = place.back_up(Kind.KEYS)
    with pytest.raises(Unusable, match="This identity does not open"):
        verify(file, OTHER_IDENTITY)
    with pytest.raises(Unusable, match="holds no identity"):
        verify(file, "# nothing\n")


def test_a_cut_or_altered_backup_is_none(place: Place, tmp_path: Path) -> None:
    whole = place.back_up(Kind.DATA).read_bytes()
    other = tmp_path / "other.age"
    sizes = {0, 1, 100, 400, len(whole) - 1, *range(1_000, len(whole), len(whole) // 12)}
    for size in sizes:
        other.write_bytes(whole[:size])
        with pytest.raises(Unusable, match=r"cut, altered, or no backup"):
            verify(other, IDENTITY)
    for at in range(300, len(whole), len(whole) // 12):
        other.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(Unusable):
            verify(other, IDENTITY)
    place.lose_data()
    other.write_bytes(whole[:-1])
    with pytest.raises(Unusable, match="cut, altered"):
        restored(place, other)
    assert unfinished(place.settings) is None
    other.write_bytes(whole)
    restored(place, other)


def test_nothing_is_overwritten(place: Place) -> None:
    data, keys = place.back_up(Kind.DATA), place.back_up(Kind.KEYS)
    with pytest.raises(Unusable, match="in the way"):
        restore(place.settings, data, None, IDENTITY)
    place.lose_data()
    with pytest.raises(Unusable, match="There is a keystore in the way"):
        restore(place.settings, data, keys, IDENTITY)
    place.lose_keys()
    with pytest.raises(Unusable, match="There is no keystore here"):
        restore(place.settings, data, None, IDENTITY)
    with pytest.raises(Unusable, match="backup of the keys, where one of the data"):
        restore(place.settings, keys, keys, IDENTITY)
    with pytest.raises(Unusable, match="backup of the data, where one of the keys"):
        restore(place.settings, data, data, IDENTITY)
    done = restored(place, data, keys)
    assert done.keys_of is not None


def test_a_restore_that_has_not_ended_lets_nobody_in(place: Place) -> None:
    data = place.back_up(Kind.DATA)
    place.lose_data()
    restored(place, data)
    with pytest.raises(UnsafeSettings, match="broken off"):
        refuse_unfinished(place.settings)
    assert restored(place, data).manifest.contents.rows["account"] == 13, "it begins anew"


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_keys_of_another_installation_are_refused(place: Place, tmp_path: Path) -> None:
    data, keys = place.back_up(Kind.DATA), place.back_up(Kind.KEYS)
    elsewhere = settings_for(tmp_path / "other")
    installation.make(elsewhere)
    other = Place(with_recipient(elsewhere), tmp_path / "other")
    foreign_data, foreign_keys = other.back_up(Kind.DATA), other.back_up(Kind.KEYS)
    place.lose_data()
    with pytest.raises(Unusable, match="keystore here is of"):
        restore(place.settings, foreign_data, None, IDENTITY)
    place.lose_keys()
    with pytest.raises(Unusable, match="backup of the keys is of"):
        restore(place.settings, data, foreign_keys, IDENTITY)
    keyring = place.settings.keyring.read_bytes()
    place.settings.keyring.write_bytes(elsewhere.keyring.read_bytes())
    with pytest.raises(KeysUnavailable, match="belongs elsewhere"):
        restore(place.settings, data, keys, IDENTITY)
    place.settings.keyring.write_bytes(keyring)
    assert unfinished(place.settings) is None
    restored(place, data, keys)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_what_this_installation_did_not_sign_is_refused(place: Place) -> None:
    vault = installation.open_vault(place.settings)

    class Forger:
        """Somebody who knows the recipient, and writes what they like."""

        installation, signing_key_id = vault.installation, vault.signing_key_id

        def sign(self, message: bytes) -> bytes:
            return vault.sign(message + b"x")

    forged = place.back_up(Kind.DATA, Forger())  # type: ignore[arg-type]  # a vault without the keys
    vault.close()
    place.lose_data()
    with pytest.raises(Unusable, match="did not sign"):
        restore(place.settings, forged, None, IDENTITY)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_newer_tables_are_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    data = place.back_up(Kind.DATA)
    place.lose_data()
    with monkeypatch.context() as patched:
        patched.setattr(revision, "known", lambda: frozenset({"older"}))
        with pytest.raises(Unusable, match="A newer Amparo made this backup"):
            restore(place.settings, data, None, IDENTITY)
    restored(place, data)


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_programs_of_an_older_server_are_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    data = place.back_up(Kind.DATA)
    found = postgres.program("pg_dump")[0]
    monkeypatch.setattr(postgres, "program", lambda _name: (found, 10))
    with pytest.raises(Unusable, match="is of PostgreSQL 10, and PostgreSQL"):
        place.back_up(Kind.DATA)
    place.lose_data()
    with pytest.raises(Unusable, match="pg_restore is of PostgreSQL 10"):
        restore(place.settings, data, None, IDENTITY)
    monkeypatch.undo()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unusable, match="There is no pg_restore on PATH"):
        restore(place.settings, data, None, IDENTITY)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_backup_asks_for_somebody_to_read_it_and_for_a_place_of_its_own(place: Place, tmp_path: Path) -> None:
    vault = installation.open_vault(place.settings)

    def made(folder: Path, kind: Kind = Kind.DATA, **settings: Any) -> Path:
        return make(place.settings.model_copy(update=settings), vault, kind, folder, NOW)[0]

    with pytest.raises(Unusable, match="set AMPARO_BACKUP_RECIPIENTS"):
        made(tmp_path, backup_recipients="")
    with pytest.raises(Unusable, match="begins with age1"):
        made(tmp_path, backup_recipients="age1nobody")
    with pytest.raises(Unusable, match="Is its disk mounted"):
        made(tmp_path / "nowhere")
    place.back_up(Kind.DATA)
    with pytest.raises(Unusable, match="holds backups of the data"):
        made(place.data_backups, Kind.KEYS)
    vault.close()


def test_keys_do_not_outlive_their_time(tmp_path: Path) -> None:
    names = [name_of(Kind.KEYS, NOW - timedelta(days=days), "00ff") for days in (0, 6, 8, 30)]
    kept = [name_of(Kind.DATA, NOW - timedelta(days=90), "00ff"), "notes.txt", "amparo-keys-20269999T000000Z-00ff.age"]
    for name in [*names, *kept]:
        (tmp_path / name).touch()
    assert outlived([*names, *kept], NOW, 7) == [names[3], names[2]]
    assert prune(tmp_path, NOW, 7) == [names[3], names[2]]
    assert {each.name for each in tmp_path.iterdir()} == {*names[:2], *kept}
    with pytest.raises(Unusable, match="Is its disk mounted"):
        prune(tmp_path / "nowhere", NOW, 7)


def test_whoever_tries_again_at_once_need_not_wait(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session may outlive its end by a moment: what it held is given back before."""
    living = create_engine(place.settings.owner_database, isolation_level="AUTOCOMMIT", poolclass=StaticPool)
    with monkeypatch.context() as patch:
        patch.setattr(marking, "by_owner", lambda _: living)
        patch.setattr(living, "dispose", lambda: None)
        with marking.alone(place.settings) as earlier:
            assert earlier is None
    with marking.alone(place.settings), pytest.raises(Unusable, match="Another restore"), marking.alone(place.settings):
        pass
    living.dispose()

"""Erased people stay erased in every older backup; everybody else opens from each. A backup alone opens nothing."""

import io
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, make_url, select

from app.applicants.model import Applicant
from app.backups.actions.placing import place_for
from app.backups.reads.archive import reading
from app.backups.reads.contents import on_file, on_server
from app.backups.reads.postgres import program
from app.backups.rules import DATABASE, Kind
from app.crypto import schema
from app.retention.actions.running import run
from tests.backups.stage import IDENTITY, Place, finished, restored
from tests.postgres import OWNER, as_user
from tests.retention.test_shredding import (
    GROUPS,
    Copy,
    another_process,
    approve,
    files_of,
    opened_by_a_thief,
    opening,
    withdrawn,
)
from tests.retention.ways import lift, nightly, operator, put_on_hold
from tests.story import BODY
from tests.test_canaries import CONTROL, found_in
from tests.world import World, running


def decrypted(file: Path) -> bytes:
    """What somebody with the identity finds in a backup; of a dump of PostgreSQL its statements too."""
    with reading(file, IDENTITY) as archive:
        pieces = [piece for _, piece in archive.pieces()]
        header = archive.header
    whole = b"".join(pieces)
    if header.engine == "sqlite":
        return whole
    read = subprocess.run([program("pg_restore")[0], "--file=-"], input=whole, capture_output=True, check=True)
    return whole + read.stdout


def values_of(person: dict[str, Any]) -> Iterator[bytes]:
    """Every text that was typed, as it was, in hexadecimal digits, and without what stands between digits."""
    for value in person.values():
        if isinstance(value, dict):
            yield from values_of(value)
        elif isinstance(value, str) and len(value) > 5:
            for text in {value, "".join(filter(str.isalnum, value))}:
                yield text.encode()
                yield text.encode().hex().encode()


def test_a_backup_of_the_data_opens_nothing_and_shows_nobody(place: Place) -> None:
    person = BODY["applicant"] | {
        "given_names": "Kanarienvogela",
        "family_names": "Kanarienvogelb",
        "a_number": "A731099739",
        "date_of_birth": "1931-05-17",
    }
    with running(place.settings) as world:
        assert world.fund_admin.post("/partners", json={"name": CONTROL}).status_code == 201
        assert world.intake.post("/applications", json=BODY | {"applicant": person}).status_code == 201
        content = decrypted(place.back_up(Kind.DATA, world.services.vault))
        keys = decrypted(place.back_up(Kind.KEYS, world.services.vault))
    needles = list(values_of({name: person[name] for name in ("given_names", "family_names", "a_number")}))
    assert CONTROL.encode() in content, "the search must find what may stand in clear"
    assert found_in(content + keys, needles) == []
    wrapped = wrapped_keys(place)
    assert wrapped
    assert found_in(content, wrapped) == [], "no key, not even a wrapped one, lies with the data"
    assert found_in(keys, wrapped) == wrapped


def wrapped_keys(place: Place) -> list[bytes]:
    """Every wrapped key of the keystore, as SQLite keeps it, or as a dump of PostgreSQL writes it."""
    file = place.settings.data_dir / "keys.db"
    engine = on_file(file) if place.server is None else on_server(place.settings.owner_keystore)
    options = {"schema_translate_map": {schema.SCHEMA: None}} if place.server is None else {}
    with engine.connect().execution_options(**options) as connection:
        found = [row.wrapped for row in connection.execute(select(schema.subject_key.c.wrapped))]
    engine.dispose()
    return found if place.server is None else [each.hex().encode() for each in found]


@contextmanager
def looked_into(place: Place, file: Path, folder: Path) -> Iterator[Engine]:
    """The database in a backup, put somewhere where nobody serves it."""
    with reading(file, IDENTITY) as archive:
        if place.server is None:
            address = f"sqlite:///{folder / file.stem}.db"
        else:
            name = file.stem.lower().replace("-", "_")
            place.server._admin("CREATE DATABASE {} OWNER {}", name, OWNER)
            address = as_user(place.server.url(name), OWNER)
        put = place_for(address, archive.header)
        for part, piece in archive.pieces():
            if part == DATABASE:
                put.take(piece)
        archive.end()
        put.finish()
        put.abandon()
    engine = on_server(address) if place.server is not None else on_file(Path(str(make_url(address).database)))
    try:
        yield engine
    finally:
        engine.dispose()
        if place.server is not None:
            place.server.drop(address)


def copy_in(place: Place, data: Path, keys: Path, folder: Path) -> Copy:
    """All that two backups of one night hold of people and of wrapped keys."""
    columns = [getattr(Applicant, f"{group.value}_sealed") for group in GROUPS]
    with looked_into(place, data, folder) as engine, engine.connect() as connection:
        rows = connection.execute(select(Applicant.id, Applicant.a_number_index, *columns)).all()  # type: ignore[call-overload]  # SQLModel's stubs end at four columns
    options = {"schema_translate_map": {schema.SCHEMA: None}} if place.server is None else {}
    with looked_into(place, keys, folder) as engine, engine.connect().execution_options(**options) as connection:
        subjects = {row.subject_id: row for row in connection.execute(select(schema.subject_key))}
        epochs = {row.number: row.wrapped for row in connection.execute(select(schema.epoch)) if row.wrapped}
    return Copy(
        {row[0]: dict(zip(GROUPS, row[2:], strict=True)) for row in rows if row[2]},
        {row[0]: row[1] for row in rows if row[1]},
        subjects,
        epochs,
    )


def backed_up(place: Place, world: World) -> tuple[Path, Path]:
    vault = world.services.vault
    return place.back_up(Kind.DATA, vault), place.back_up(Kind.KEYS, vault)


def forget(place: Place, request: pytest.FixtureRequest, many: int, few: int, folder: Path) -> None:
    with running(place.settings) as world:
        people = withdrawn(world, many - 2)
        nights = [backed_up(place, world)]
        people += withdrawn(world, 2, 902_000_000)
        erased, others = set(people[:few]), set(people[few:])
        nights.append(backed_up(place, world))
        approve(world, people[:few])
        hold = put_on_hold(world)
        assert nightly(world).erased == 0, "under hold nobody is erased"
        nights.append(backed_up(place, world))
        copies = [copy_in(place, data, keys, folder) for data, keys in nights]
        assert [len(copy.sealed) for copy in copies] == [many - 2, many, many]
        files = b"".join(decrypted_keys(keys) for _, keys in nights)
        for copy in copies:
            thief = opened_by_a_thief(world, copy, files_of(world, request) + files)
            assert thief == set(copy.sealed), "the thief must be a good one"
        lift(world, hold)
        with another_process(world) as vault:
            assert run(operator(world), vault, root=True).erased == few
        left = files_of(world, request) + files
        for copy in copies:
            # With every key that exists, and every wrapped key that any file or backup still holds.
            assert not opened_by_a_thief(world, copy, left) & erased
            with another_process(world) as vault:
                assert opening(vault, copy) == others & set(copy.sealed)
    place.lose_data()
    restored(place, nights[1][0])  # the last was made under hold, which also keeps from erasing again
    with running(place.settings) as world:
        report, found = finished(place, world)
        assert (report.again, report.kept, found.wrong) == (few, {}, [])
        assert (found.people, found.erased) == (many - few, few)


def decrypted_keys(file: Path) -> bytes:
    """A backup of the keys as bytes in which wrapped keys can be found as the database has them."""
    content = decrypted(file)
    lines = (line for line in io.BytesIO(content) if b"\\\\x" in line)
    raw = b"".join(bytes.fromhex(word[3:].decode()) for line in lines for word in line.split() if word[:3] == b"\\\\x")
    return content + raw


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_older_backups_open_nobody_who_was_erased(place: Place, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    forget(place, request, 8, 2, tmp_path)


@pytest.mark.soak
def test_a_hundred_of_a_thousand_in_three_older_backups(
    place: Place, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    forget(place, request, 1_000, 100, tmp_path)

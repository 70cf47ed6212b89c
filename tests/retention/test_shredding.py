"""After the nightly run nothing that is left of the erased opens, neither in files nor in old copies. All others do."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import sql
from sqlalchemy import delete, select, text
from sqlmodel import col

from app.applicants.model import Applicant
from app.crypto import Cell, Group, Unopenable, Vault, schema, wrapping
from app.crypto.keyring import FileKeyring
from app.crypto.keystore import Keystore, keystore_engine
from app.crypto.refusals import KeysUnavailable
from app.db import metadata
from app.retention.actions import asking
from app.retention.actions.running import Report, run
from app.retention.rules import ErasureCause
from tests.disk import contents_of
from tests.postgres import ADMINISTRATOR, PostgresServer, as_user
from tests.retention.stage import CLOSING, values_of_people
from tests.retention.ways import LATER, erase, lift, nightly, operator, put_on_hold
from tests.story import BODY, said, whole_way
from tests.world import World, copy_of_sqlite, installation_on_postgres, key, running, settings_for


@pytest.fixture
def world(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """The cast with a keyring of its own: the one of the other tests must not get another root key."""
    if engine_name == "sqlite":
        with running(copy_of_sqlite(request.getfixturevalue("sqlite_installation"), tmp_path)) as world:
            yield world
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    shared = installation_on_postgres(server, tmp_path)
    keyring = tmp_path / "keys" / "keyring.json"
    keyring.parent.mkdir(mode=0o700)
    shutil.copy(shared.keyring, keyring)
    try:
        with running(settings_for(tmp_path, shared.database, keyring)) as world:
            yield world
    finally:
        server.drop(shared.database)


GROUPS = (Group.IDENTITY, Group.CONTACT, Group.IMMIGRATION, Group.FINANCES, Group.CRIMINAL_HISTORY, Group.NOTES)


def withdrawn(world: World, number: int, first: int = 901_000_000) -> list[UUID]:
    """So many people whose applications were begun and withdrawn."""
    found = []
    for each in range(number):
        applicant = BODY["applicant"] | {"a_number": f"A{first + each}", "family_names": f"Ficticio {each}"}
        made = said(world.intake.post("/applications", json=BODY | {"applicant": applicant}), 201)
        said(world.intake.post(f"/applications/{made['id']}/withdraw", json={"reason": "other"}))
        found.append(UUID(made["applicant_id"]))
    return found


def approve(world: World, people: list[UUID]) -> None:
    with world.act_as("fund_admin") as work:
        asked = [
            asking.request(work, asking.NewErasure(applicant_id=each, cause=ErasureCause.PERSON_ASKED))
            for each in people
        ]
    with world.act_as("approver", now=datetime.now(UTC) + LATER) as work:
        for erasure_id in asked:
            asking.approve(work, erasure_id)


@dataclass(frozen=True)
class Copy:
    """An old copy of the data, and all that an old look into the keystore showed, every key of it wrapped."""

    sealed: dict[UUID, dict[Group, bytes]]
    indexes: dict[UUID, bytes]
    subjects: dict[UUID, Any]
    epochs: dict[int, bytes]


def copy_of(world: World) -> Copy:
    """A backup of what stands there now."""
    columns = [getattr(Applicant, f"{group.value}_sealed") for group in GROUPS]
    with world.services.database.engine.connect() as connection:
        rows = connection.execute(select(Applicant.id, Applicant.a_number_index, *columns)).all()  # type: ignore[call-overload]  # SQLModel's stubs end at four columns
    store = keystore_engine(world.services.settings.keystore)
    with store.connect() as connection:
        subjects = {row.subject_id: row for row in connection.execute(select(schema.subject_key))}
        epochs = {row.number: row.wrapped for row in connection.execute(select(schema.epoch)) if row.wrapped}
    store.dispose()
    return Copy(
        {row[0]: dict(zip(GROUPS, row[2:], strict=True)) for row in rows if row[2]},
        {row[0]: row[1] for row in rows if row[1]},
        subjects,
        epochs,
    )


def files_of(world: World, request: pytest.FixtureRequest) -> bytes:
    """Every byte that the engine keeps: database, write-ahead log, free pages, on PostgreSQL the heap and the WAL."""
    database = world.services.database
    if database.is_sqlite:
        folder = world.services.settings.data_dir
        return b"".join(path.read_bytes() for path in sorted(folder.glob("*.db*")))
    server: PostgresServer = request.getfixturevalue("postgres")
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        place = connection.execute(
            text("SELECT 'base/' || oid FROM pg_database WHERE datname = current_database()")
        ).scalar_one()
    folders = [server.folder / "data" / place, server.folder / "data" / "pg_wal"]
    return b"".join(data for _, data in contents_of(*folders))


def opened_by_a_thief(world: World, copy: Copy, files: bytes) -> set[UUID]:
    """Whose data opens to somebody with the machine's files, an old copy of the data and today's keyring.

    The thief finds wrapped keys where the storage still has them, unwraps them from the root down, and opens.
    """
    ring = FileKeyring(world.services.settings.keyring)
    epochs = {}
    for number, wrapped in copy.epochs.items():
        label = wrapping.epoch_label(ring.installation, number)
        for root in ring.roots() if wrapped in files else ():
            try:
                epochs[number] = AESGCM(ring.unwrap(root, wrapped, label))
            except KeysUnavailable:
                continue
    found = set()
    for subject_id, row in copy.subjects.items():
        if row.epoch not in epochs or row.wrapped not in files or subject_id not in copy.sealed:
            continue
        label = wrapping.subject_label(ring.installation, row.epoch, subject_id, row.id)
        try:
            wrapping.unwrap(epochs[row.epoch], row.wrapped, label)
        except (KeysUnavailable, InvalidTag):
            continue
        found.add(subject_id)
    return found


def opening(vault: Vault, copy: Copy) -> set[UUID]:
    """Whose data in an old copy opens with today's keystore, every group of it."""
    found = set()
    for subject_id, groups in copy.sealed.items():
        try:
            for group, blob in groups.items():
                vault.open(Cell("applicant", f"{group.value}_sealed", subject_id, subject_id), group, blob)
        except Unopenable:
            continue
        found.add(subject_id)
    return found


@contextmanager
def another_process(world: World) -> Iterator[Vault]:
    """The vault as a program sees it that starts now."""
    settings = world.services.settings
    vault = Vault(FileKeyring(settings.keyring), Keystore(keystore_engine(settings.keystore)))
    try:
        yield vault
    finally:
        vault.close()


def shred(world: World, request: pytest.FixtureRequest, many: int, few: int, *, root: bool) -> None:
    living = UUID(said(world.intake.post("/applications", json=BODY), 201)["applicant_id"])
    people = [*withdrawn(world, many), living]
    erased, others = set(people[:few]), set(people[few:])
    backup = copy_of(world)
    assert opened_by_a_thief(world, backup, files_of(world, request)) == set(people), "the thief must be a good one"
    approve(world, people[:few])
    with another_process(world) as vault:
        report = run(operator(world), vault, root=root)
    assert (report.erased, report.root_changed) == (few, root)
    assert not opened_by_a_thief(world, backup, files_of(world, request)) & erased
    with another_process(world) as vault:
        assert opening(vault, backup) == others, "from the old copy"
        assert opening(vault, copy_of(world)) == others, "as it stands"
        assert vault.status().index_version == 2
    again = copy_of(world)
    assert set(again.indexes) == others
    assert not set(again.indexes.values()) & set(backup.indexes.values())
    assert len(set(again.indexes.values())) == len(others)
    found = said(world.intake.post("/applicants/search", json={"a_number": "A900 000 017"}))["items"]
    assert [each["applicant_id"] for each in found] == [str(living)], "the server has heard of the new key"


def test_nothing_left_of_the_erased_opens(world: World, request: pytest.FixtureRequest) -> None:
    # PostgreSQL keeps deleted rows in its heap and its log: there only a new root key ends what they say.
    shred(world, request, 30, 5, root=not world.services.database.is_sqlite)


@pytest.mark.soak
def test_a_hundred_of_a_thousand(world: World, request: pytest.FixtureRequest) -> None:
    shred(world, request, 1_000, 100, root=True)


def test_under_hold_nothing_is_shredded(world: World) -> None:
    people = withdrawn(world, 6)
    backup = copy_of(world)
    approve(world, people[:3])
    put_on_hold(world)
    assert nightly(world).erased == 0
    with another_process(world) as vault:
        assert opening(vault, backup) == set(people)


class Stopped(BaseException):
    """The machine lost its power."""


class Fragile:
    """A vault, and Works, that stop for good at the n-th thing they are asked to do."""

    def __init__(self, world: World, steps: int) -> None:
        self.world, self.steps = world, steps

    def step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise Stopped

    def __getattr__(self, name: str) -> Any:
        self.step()
        done = getattr(self.world.services.vault, name)

        def do(*given: Any, **more: Any) -> Any:
            result = done(*given, **more)
            self.step()
            return result

        return do

    @contextmanager
    def begin(self) -> Iterator[Any]:
        self.step()
        with operator(self.world)() as work:
            yield work
        self.step()


def test_a_run_that_is_stopped_anywhere_is_finished_by_the_next(world: World) -> None:
    people = withdrawn(world, 8)
    backup = copy_of(world)
    stops = 0
    for steps in range(60):
        if steps < 4:
            approve(world, [people[steps]])
        fragile = Fragile(world, steps)
        try:
            run(fragile.begin, fragile, root=steps % 2 == 1)  # type: ignore[arg-type]  # a vault that breaks
        except Stopped:
            stops += 1
        else:
            break
    assert stops > 12
    assert isinstance(nightly(world), Report)
    with another_process(world) as vault:
        assert opening(vault, backup) == set(people[4:])
        assert (vault.status().epochs, vault.status().roots) == (1, 1)
    for each in said(world.auditor.get("/retention/erasures"))["items"]:
        proof = said(world.auditor.get(f"/retention/erasures/{each['id']}/certificate"))
        assert proof["epoch"], json.dumps(proof)
        assert proof["horizon_on"]


def test_data_older_than_its_index_key_gets_new_indexes(world: World) -> None:
    """Restoring means old data and today's keystore: the next run makes the indexes that no key fits any more."""
    people = withdrawn(world, 3)
    approve(world, people[:1])
    nightly(world)
    with world.services.database.writing() as connection:
        connection.execute(text("UPDATE index_key SET version = 1"))
    known = {"a_number": "A901 000 001"}
    assert world.intake.post("/applicants/search", json=known).status_code == 500
    nightly(world)
    assert world.intake.post("/applicants/search", json=known).status_code == 200


class OldData:
    """A copy of the data, every row of it, that is put back beside today's keystore and its keys."""

    def __init__(self, world: World, folder: Path) -> None:
        self.settings = world.services.settings
        self.file = folder / "old.db"
        self.rows: dict[str, bytes] = {}
        if world.services.database.is_sqlite:
            _copy_sqlite(self.settings.data_dir / "amparo.db", self.file)
            return
        with self._superuser() as connection, connection.cursor() as cursor:
            for table in [*metadata.tables, "alembic_version"]:
                with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copied:
                    self.rows[table] = b"".join(copied)

    def put_back(self) -> None:
        if self.file.exists():
            _copy_sqlite(self.file, self.settings.data_dir / "amparo.db")
            return
        with self._superuser() as connection, connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # neither triggers nor foreign keys
            for table in self.rows:
                cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER ALL").format(sql.Identifier(table)))
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER ALL").format(sql.Identifier(table)))
            for table, rows in self.rows.items():
                with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copied:
                    copied.write(rows)

    def _superuser(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(as_user(self.settings.database, ADMINISTRATOR).replace("+psycopg", ""))


def _copy_sqlite(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def test_old_data_beside_todays_keys_bring_no_erased_person_back(world: World, tmp_path: Path) -> None:
    people = [*withdrawn(world, 2), UUID(said(world.intake.post("/applications", json=BODY), 201)["applicant_id"])]
    approve(world, people[:1])
    old = OldData(world, tmp_path)
    assert nightly(world).erased == 1
    assert nightly(world).again == 0
    old.put_back()
    assert said(world.auditor.get("/retention/erasures"))["items"][0]["status"] == "approved", "the copy is back"
    report = nightly(world)
    assert (report.again, report.kept, report.unopened) == (1, {}, [])
    assert living(world) == set(people[1:])
    assert said(world.auditor.get("/retention/erasures"))["items"][0]["status"] == "erased"
    found = said(world.intake.post("/applicants/search", json={"a_number": "A900 000 017"}))["items"]
    assert [each["applicant_id"] for each in found] == [str(people[2])]
    said(world.intake.post("/applications", json=BODY), 201)
    assert nightly(world).again == 0


def living(world: World) -> set[UUID]:
    """Who is not erased."""
    with world.services.database.engine.connect() as connection:
        found = connection.execute(select(col(Applicant.id)).where(col(Applicant.erased_at).is_(None)))
        return set(found.scalars())


def test_a_case_that_went_on_in_the_old_data_does_not_go_on(world: World, tmp_path: Path) -> None:
    story = whole_way(world)
    old = OldData(world, tmp_path)
    said(world.fund_admin.post(f"/awards/{story.award}/close", json={}, headers=key()))
    said(world.attorney.post(f"/cases/{story.case}/close", json=CLOSING))
    erase(world, story.applicant)
    old.put_back()
    hold = put_on_hold(world, applicant_id=story.applicant)
    report = nightly(world)
    assert report.kept == {UUID(story.applicant): "erasure.on_hold"}
    assert report.unopened == [UUID(story.applicant)]
    lift(world, hold)
    assert nightly(world).again == 1
    assert not values_of_people(world)
    assert world.attorney.get(f"/cases/{story.case}").status_code == 404
    assert said(world.attorney.get("/cases"))["items"] == []


def test_a_person_whose_values_do_not_open_keeps_nobody_from_being_found(world: World) -> None:
    """A key that is missing proves no erasure: the person stays as they are, and the run says so."""
    people = [*withdrawn(world, 1), UUID(said(world.intake.post("/applications", json=BODY), 201)["applicant_id"])]
    approve(world, withdrawn(world, 1, 901_000_900))
    store = keystore_engine(world.services.settings.keystore)
    with schema.writing(store) as connection:
        connection.execute(delete(schema.subject_key).where(schema.subject_key.c.subject_id == people[0]))
    store.dispose()
    world.services.vault.forget(people[0])
    report = nightly(world)
    assert (report.erased, report.again, report.unopened) == (1, 0, [people[0]])
    assert living(world) == set(people)
    found = said(world.intake.post("/applicants/search", json={"a_number": "A900 000 017"}))["items"]
    assert [each["applicant_id"] for each in found] == [str(people[1])]

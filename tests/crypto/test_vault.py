"""Sealing and opening on both engines, and the keys that come and go in memory."""

import os
from dataclasses import replace
from multiprocessing import get_context
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, update

from app.crypto import Cell, Group, KeyExhausted, UnknownSubject, Unopenable, Vault, envelope, schema, subjects
from app.crypto.keystore import Keystore
from tests.crypto.conftest import Installation
from tests.crypto.test_padding import JSON


def cell_of(subject_id: UUID, **changes: Any) -> Cell:
    return replace(Cell("applicant", "identity_sealed", uuid4(), subject_id), **changes)


def count_queries(keystore: Keystore) -> list[str]:
    seen: list[str] = []
    event.listen(
        keystore.engine, "before_cursor_execute", lambda _c, _u, statement, *_: seen.append(statement), named=False
    )
    return seen


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("group", Group)
def test_what_is_sealed_opens(vault: Vault, group: Group) -> None:
    cell = cell_of(vault.new_subject())
    value = {"given_names": "Ñusta", "answers": ["not_asked", None, 3, 2.5, True]}
    blob = vault.seal(cell, group, value)
    assert vault.open(cell, group, blob) == value
    assert len(blob) == 64 + envelope.OVERHEAD


def test_another_process_opens_it(installation: Installation) -> None:
    first = installation.open()
    cell = cell_of(first.new_subject())
    blob = first.seal(cell, Group.NOTES, "Lleva su caso la Lic. Peña")
    assert installation.open().open(cell, Group.NOTES, blob) == "Lleva su caso la Lic. Peña"


@settings(deadline=None)  # a commit can wait for a busy disk
@given(value=JSON, group=st.sampled_from(Group), column=st.text(min_size=1))
def test_any_value_in_any_script(lasting_vault: Vault, value: Any, group: Group, column: str) -> None:
    cell = cell_of(lasting_vault.new_subject(), column=column)
    assert lasting_vault.open(cell, group, lasting_vault.seal(cell, group, value)) == value


@pytest.mark.parametrize(
    "value",
    [
        "",
        None,
        {},
        [],
        "\0",
        "\ud800",
        "مرحبا بالعالم",
        "ሰላም ልዑል",
        "𞤀𞤁𞤂 नमस्ते 你好 ខ្មែរ",
        "x" * 5_000_000,
        list(range(100_000)),
    ],
    ids="empty null object array nul half_pair arabic amharic mixed five_million many".split(),
)
def test_the_ends_of_the_range(lasting_vault: Vault, value: Any) -> None:
    cell = cell_of(lasting_vault.new_subject())
    assert lasting_vault.open(cell, Group.NOTES, lasting_vault.seal(cell, Group.NOTES, value)) == value


def test_the_same_value_twice_looks_different(lasting_vault: Vault) -> None:
    cell = cell_of(lasting_vault.new_subject())
    assert len({lasting_vault.seal(cell, Group.IDENTITY, "Ana") for _ in range(200)}) == 200


def test_a_subject_without_a_key(vault: Vault) -> None:
    cell = cell_of(uuid4())
    with pytest.raises(UnknownSubject):
        vault.seal(cell, Group.NOTES, "x")
    with pytest.raises(Unopenable):
        vault.open(cell, Group.NOTES, bytes(200))


def test_a_key_put_under_another_subject_does_not_open(installation: Installation) -> None:
    vault = installation.open()
    ana, bo = (cell_of(vault.new_subject()) for _ in range(2))
    blob = vault.seal(ana, Group.NOTES, "x")
    columns = schema.subject_key.c
    with installation.keystore().writing() as connection:
        wrapped = connection.execute(select(columns.wrapped).where(columns.subject_id == ana.subject_id)).scalar_one()
        connection.execute(
            update(schema.subject_key).where(columns.subject_id == bo.subject_id).values(wrapped=wrapped)
        )
    vault.forget(bo.subject_id)
    with pytest.raises(UnknownSubject):
        vault.seal(bo, Group.NOTES, "x")
    assert vault.open(ana, Group.NOTES, blob) == "x"


def test_a_new_subject_is_kept_before_it_is_used(installation: Installation) -> None:
    vault, keystore = installation.open(), installation.keystore()
    subject = vault.new_subject()
    assert subject.version == 7
    assert [key.subject_id for key in keystore.subjects([subject])] == [subject]


def test_one_commit_serves_sixteen(installation: Installation) -> None:
    vault = installation.open()
    seen = count_queries(vault._keystore)
    made = [vault.new_subject() for _ in range(32)]
    assert len(set(made)) == 32
    assert sum("INSERT" in statement for statement in seen) == 2
    with installation.keystore().reading() as connection:
        assert connection.execute(select(func.count()).select_from(schema.subject_key)).scalar_one() == 32


def test_subjects_come_in_the_order_of_their_ids(vault: Vault) -> None:
    made = [vault.new_subject() for _ in range(16)]
    assert made == sorted(made)


def test_a_forked_process_may_not_share_the_reserve(lasting_vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    lasting_vault.new_subject()
    monkeypatch.setattr(subjects, "getpid", lambda: os.getpid() + 1)
    with pytest.raises(RuntimeError, match="open one after the fork"):
        lasting_vault.new_subject()


def _make_some(installation: Installation, made: Any) -> None:
    vault = Vault.open_from(keyring_file=installation.keyring, keystore_url=installation.url)
    made.put([vault.new_subject() for _ in range(40)])
    vault.close()


def test_processes_never_make_the_same_subject(installation: Installation) -> None:
    context = get_context("spawn")
    made = context.Queue()
    plain = Installation(installation.keyring, installation.url, None)  # type: ignore[arg-type] # not for a child
    processes = [context.Process(target=_make_some, args=(plain, made)) for _ in range(2)]
    for process in processes:
        process.start()
    found = [made.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(60)
    assert len({subject for batch in found for subject in batch}) == 80


def test_keys_are_cached_for_a_minute(installation: Installation) -> None:
    clock = Clock()
    keystore = installation.keystore()
    vault = Vault(installation.provider(), keystore, clock)
    cell = cell_of(vault.new_subject())
    blob = vault.seal(cell, Group.NOTES, "x")
    seen = count_queries(keystore)
    for now, queries in ((1_000.0, 0), (1_059.9, 0), (1_060.0, 1), (1_119.9, 1), (1_120.1, 2)):
        clock.now = now
        assert vault.open(cell, Group.NOTES, blob) == "x"
        assert len(seen) == queries, now


def test_an_old_key_does_not_stay_in_memory(installation: Installation) -> None:
    clock = Clock()
    vault = Vault(installation.provider(), installation.keystore(), clock)
    vault.new_subject()
    clock.now += subjects.CACHE_SECONDS
    newest = vault.new_subject()
    assert list(vault._subjects._opened) == [newest]


def test_the_cache_is_bounded(lasting_vault: Vault) -> None:
    made = [lasting_vault.new_subject() for _ in range(subjects.CACHE_SUBJECTS + 40)]
    assert list(lasting_vault._subjects._opened) == made[40:]


def test_a_forgotten_key_is_read_again(vault: Vault) -> None:
    cell = cell_of(vault.new_subject())
    blob = vault.seal(cell, Group.NOTES, "x")
    vault.forget(cell.subject_id)
    assert cell.subject_id not in vault._subjects._opened
    vault.forget(cell.subject_id)
    assert vault.open(cell, Group.NOTES, blob) == "x"


def test_a_key_forgotten_while_it_is_read_is_not_cached(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    subject = vault.new_subject()
    vault.forget(subject)
    read = vault._keystore.subjects

    def forgotten_meanwhile(subject_ids: list[UUID]) -> Any:
        rows = read(subject_ids)
        vault.forget(subject)
        return rows

    monkeypatch.setattr(vault._keystore, "subjects", forgotten_meanwhile)
    vault._subjects.get(subject)
    assert subject not in vault._subjects._opened


def test_an_erased_key_no_longer_opens(installation: Installation) -> None:
    vault = installation.open()
    cell = cell_of(vault.new_subject())
    blob = vault.seal(cell, Group.NOTES, "x")
    with installation.keystore().writing() as connection:
        connection.execute(schema.subject_key.delete().where(schema.subject_key.c.subject_id == cell.subject_id))
    vault.forget(cell.subject_id)
    with pytest.raises(Unopenable):
        vault.open(cell, Group.NOTES, blob)


def test_a_page_needs_one_query(installation: Installation) -> None:
    writer = installation.open()
    cells = [cell_of(writer.new_subject()) for _ in range(50)]
    blobs = [writer.seal(cell, Group.IDENTITY, number) for number, cell in enumerate(cells)]
    reader = installation.open()
    seen = count_queries(reader._keystore)
    wanted = [cell.subject_id for cell in cells]
    reader.preload([*wanted, *wanted, uuid4()])
    assert len(seen) == 2  # the keys, and once the epoch
    opened = [reader.open(cell, Group.IDENTITY, blob) for cell, blob in zip(cells, blobs, strict=True)]
    assert opened == list(range(50))
    reader.preload(wanted)
    reader.preload([])
    assert len(seen) == 2


def test_loading_more_than_the_cache_holds(lasting_vault: Vault) -> None:
    wanted = [lasting_vault.new_subject() for _ in range(subjects.CACHE_SUBJECTS + 10)]
    lasting_vault.preload(reversed(wanted))
    assert len(lasting_vault._subjects._opened) == subjects.CACHE_SUBJECTS


def test_one_subject_named_often_takes_one_place(installation: Installation) -> None:
    writer, reader = installation.open(), installation.open()
    often, last = writer.new_subject(), writer.new_subject()
    reader.preload([often] * subjects.CACHE_SUBJECTS + [last])
    assert set(reader._subjects._opened) == {often, last}


def test_seals_are_counted_by_sample(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = installation.open()
    cell = cell_of(vault.new_subject())
    nonces = iter([b"\0\1" + bytes(10), b"\1\0" + bytes(10), b"\0\0\1" + bytes(9), b"\0\0\2" + bytes(9)])
    monkeypatch.setattr(envelope, "fresh_nonce", lambda: next(nonces))
    for _ in range(4):
        vault.seal(cell, Group.NOTES, "x")
    assert [key.seals for key in installation.keystore().subjects([cell.subject_id])] == [2 << 16]


def test_a_key_seals_no_more_than_its_share(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    vault, keystore = installation.open(), installation.keystore()
    cell = cell_of(vault.new_subject())
    blob = vault.seal(cell, Group.NOTES, "x")
    key = keystore.subjects([cell.subject_id])[0]
    keystore.count_seals(key.id, (1 << 30) - (1 << 16))
    vault.forget(cell.subject_id)
    monkeypatch.setattr(envelope, "fresh_nonce", lambda: b"\0\0\7" + bytes(9))
    vault.seal(cell, Group.NOTES, "the last one")
    for _ in range(2):
        with pytest.raises(KeyExhausted):
            vault.seal(cell, Group.NOTES, "x")
        vault.forget(cell.subject_id)  # and it is remembered
    assert vault.open(cell, Group.NOTES, blob) == "x"


def test_about_one_seal_in_65536_is_sampled() -> None:
    hits = sum(envelope.fresh_nonce().startswith(b"\0") for _ in range(65_536))  # a 256th, to be quick
    assert 160 < hits < 360  # six standard deviations


def test_the_state_of_the_keys(installation: Installation) -> None:
    vault = installation.open()
    vault.new_subject()
    status = vault.status()
    assert status.installation == vault.installation == installation.provider().installation
    assert (status.root_id,) == installation.provider().roots()
    assert (status.roots, status.epoch, status.epochs, status.subjects, status.subjects_waiting) == (1, 1, 1, 16, 0)
    assert status.index_version == vault.index_version == 1
    assert status.signing_key_id == vault.signing_key_id
    assert status.epoch_made_at.tzinfo is not None

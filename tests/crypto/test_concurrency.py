"""Many threads at one vault: nobody gets another's key, or a key twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from app.crypto import Cell, Group, Unopenable, Vault, schema
from app.crypto.subjects import RESERVE
from tests.crypto.conftest import Installation

THREADS = 8


def in_threads(work: Callable[[int], Any]) -> list[Any]:
    """What ``work`` gives in each of eight threads that begin together; whatever one raises comes out."""
    start = Barrier(THREADS)

    def begin(number: int) -> Any:
        start.wait(30)
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def test_no_subject_is_given_out_twice(installation: Installation) -> None:
    vault = installation.open()
    made = in_threads(lambda _: [vault.new_subject() for _ in range(100)])
    assert len({subject for batch in made for subject in batch}) == 800
    with installation.keystore().reading() as connection:
        kept = connection.execute(select(func.count()).select_from(schema.subject_key)).scalar_one()
    assert kept == 800  # a multiple of the reserve, and not one commit more
    assert kept % RESERVE == 0


def test_nobody_seals_with_anothers_key(installation: Installation) -> None:
    """Two threads, two keys, one shared engine: the classic way to encrypt for the wrong person."""
    vault = installation.open()
    subjects = [vault.new_subject() for _ in range(THREADS)]

    def work(number: int) -> list[tuple[Cell, bytes]]:
        sealed = []
        for turn in range(300):
            cell = Cell("applicant", "identity_sealed", uuid4(), subjects[(number + turn) % THREADS])
            blob = vault.seal(cell, list(Group)[turn % len(Group)], [number, turn])
            if turn % 7 == 0:
                vault.forget(cell.subject_id)
            assert vault.open(cell, list(Group)[turn % len(Group)], blob) == [number, turn]
            sealed.append((cell, blob))
        return sealed

    everything = in_threads(work)
    fresh = installation.open()
    for number, sealed in enumerate(everything):
        for turn, (cell, blob) in enumerate(sealed):
            assert fresh.open(cell, list(Group)[turn % len(Group)], blob) == [number, turn]


def test_pages_load_and_forget_at_once(installation: Installation) -> None:
    vault = installation.open()
    cells = [Cell("applicant", "identity_sealed", uuid4(), vault.new_subject()) for _ in range(64)]
    blobs = [vault.seal(cell, Group.IDENTITY, number) for number, cell in enumerate(cells)]
    wanted: list[UUID] = [cell.subject_id for cell in cells]

    def work(number: int) -> int:
        wrong = 0
        for turn in range(30):
            if number % 2:
                vault.preload(wanted)
            else:
                vault.forget(wanted[turn])
            for place in range(number, 64, THREADS):
                wrong += vault.open(cells[place], Group.IDENTITY, blobs[place]) != place
        return wrong

    assert in_threads(work) == [0] * THREADS


def test_no_key_is_made_while_an_epoch_changes(installation: Installation) -> None:
    """It could be born into the epoch that is being destroyed."""
    vault, keystore = installation.open(), installation.keystore()
    with ThreadPoolExecutor(1) as pool:
        with keystore.writing() as connection:
            keystore.hold_still(connection, alone=True)
            made = pool.submit(vault.new_subject)
            with pytest.raises(TimeoutError):
                made.result(0.3)
        assert made.result(30).version == 7


def test_keys_are_made_side_by_side_on_postgresql(installation: Installation) -> None:
    """On SQLite only one process writes at a time; there the second waits for the first."""
    vault, keystore = installation.open(), installation.keystore()
    postgresql = keystore.engine.dialect.name == "postgresql"
    with ThreadPoolExecutor(1) as pool:
        with keystore.writing() as connection:
            keystore.hold_still(connection, alone=False)
            made = pool.submit(vault.new_subject)
            assert bool(wait([made], 5 if postgresql else 0.3).done) is postgresql
        assert made.result(30).version == 7


def test_many_vaults_on_one_keystore(installation: Installation) -> None:
    vaults = [installation.open() for _ in range(THREADS)]
    made = in_threads(lambda number: [vaults[number].new_subject() for _ in range(40)])
    assert len({subject for batch in made for subject in batch}) == 320


def test_refusals_are_everybodys(lasting_vault: Vault) -> None:
    cell = Cell("applicant", "identity_sealed", uuid4(), lasting_vault.new_subject())
    blob = lasting_vault.seal(cell, Group.IDENTITY, "x")

    def work(_: int) -> int:
        refused = 0
        for turn in range(200):
            try:
                lasting_vault.open(cell, Group.IDENTITY if turn % 2 else Group.NOTES, blob)
            except Unopenable:
                refused += 1
        return refused

    assert in_threads(work) == [100] * THREADS

"""What the owner of the database can do to the record once its checkpoints lie where they can not be taken back.

The table of tests/audit/test_attacks.py a second time, without the seals file and beside exported checkpoints: one
after every second seal, the last over everything sealed. Who holds the keys repairs seals, tree and checkpoints too.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, select

from app.audit.rules.verdict import Finding, Reason, Verdict
from app.audit.sealing import export
from app.audit.sealing.places import Folder
from app.crypto import Vault
from tests.audit import attacks
from tests.audit.conftest import LONG, SHORT, fresh_record
from tests.audit.record import CHECKPOINT, SEAL, TILE, WAITING, Copy, Record

Attack = Callable[..., object]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(("sqlite", SHORT), id="sqlite"),
        pytest.param(("postgresql", SHORT), id="postgresql"),
        pytest.param(("sqlite", LONG), id="sqlite-long", marks=pytest.mark.soak),
        pytest.param(("postgresql", LONG), id="postgresql-long", marks=pytest.mark.soak),
    ],
)
def marked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, vault: Vault
) -> Iterator[tuple[Record, Path]]:
    """A record with a checkpoint after every second seal, and the folder that they were taken to."""
    engine, sizes = request.param
    folder = tmp_path_factory.mktemp("marked")
    kept = folder / "kept"
    kept.mkdir()
    with fresh_record(engine, request, folder, vault) as made:
        for number, size in enumerate(sizes, start=1):
            made.add(size)
            made.seal()
            made.firsts[number] = made.sealed + 1
            made.sealed += size
            if number % 2 == 0 or number == len(sizes):
                made.mark()
                export(made.database, [Folder(kept)], datetime.now(UTC))
        made.add(WAITING)
        yield made, kept


@pytest.fixture(scope="module")
def copy(marked: tuple[Record, Path]) -> Copy:
    """The untouched record."""
    marked[0].disarm()
    return marked[0].copy()


@pytest.fixture
def record(marked: tuple[Record, Path], copy: Copy) -> Iterator[Record]:
    """The record, put back after the test."""
    yield marked[0]
    marked[0].put_back(copy)


@pytest.fixture
def kept(marked: tuple[Record, Path]) -> Path:
    """The exported checkpoints."""
    return marked[1]


def after(record: Record, copy: Copy, kept: Path, attack: Attack, *how: object) -> tuple[Verdict, Verdict]:
    """The verdicts alone and beside the checkpoints, once the attack was made on the untouched record."""
    record.put_back(copy)
    with record.owning() as connection:
        attack(connection, *how)
    return record.verify(beside=False), record.verify(beside=False, checkpoints=[kept])


def marks(copy: Copy) -> list[int]:
    """The sizes that checkpoints were made at."""
    return sorted(row["size"] for row in copy["audit_checkpoint"])


def mark_at(copy: Copy, position: int) -> int:
    """The first checkpoint that covers a position."""
    return min(size for size in marks(copy) if size >= position)


def forget_marks(connection: Connection, position: int) -> None:
    """No checkpoint or tile of the database speaks of a position any more."""
    connection.execute(delete(CHECKPOINT).where(CHECKPOINT.c.size >= position))
    connection.execute(delete(TILE))


def cut(connection: Connection, position: int) -> None:
    """Cut cleanly, checkpoints too."""
    attacks.truncate_from(connection, position)
    forget_marks(connection, position)


def rewrite(connection: Connection, position: int, vault: Vault, sign: Vault | None) -> None:
    """Edit with the MAC key, seal again, and take away every checkpoint that says otherwise."""
    attacks.rewrite(connection, position, vault, sign)
    forget_marks(connection, position)


def where(verdict: Verdict) -> tuple[Reason, int | None]:
    """What was found, and the size of the checkpoint that told."""
    return verdict.reason, verdict.fault.size if verdict.fault else None


def test_untouched_it_is_intact(record: Record, copy: Copy, kept: Path) -> None:
    verdict = record.verify(checkpoints=[kept])
    assert verdict.finding is Finding.INTACT
    assert verdict.checkpoints == verdict.given == len(marks(copy)) == len(list(kept.iterdir()))
    assert any(line.startswith("Compared with") for line in verdict.lines())


def test_1_to_6_whatever_needs_no_key_is_found(record: Record, copy: Copy, kept: Path, other_vault: Vault) -> None:
    """Edit, delete, delete and renumber, swap, insert, hash again without the keys: with a checkpoint as without.

    tests/audit/test_attacks.py makes them at every position; a checkpoint beside takes nothing away from it.
    """
    for position in record.positions()[::5]:
        column = attacks.COLUMNS[position % len(attacks.COLUMNS)]
        made: list[tuple[Attack, tuple[object, ...]]] = [
            (attacks.edit_at, (position, column)),
            (attacks.delete_one, (position,)),
            (attacks.delete_and_renumber, (position,)),
            (attacks.swap, (position,)),
            (attacks.insert_one, (position,)),
            (attacks.rehash_edit, (position, other_vault)),
        ]
        for attack, how in made:
            found = after(record, copy, kept, attack, *how)
            assert {each.exit_code for each in found} <= {1, 2}, (position, attack)


def test_7_cutting_cleanly_shows_beside_a_checkpoint_only(record: Record, copy: Copy, kept: Path) -> None:
    for position in record.positions():
        alone, beside = after(record, copy, kept, cut, position)
        assert alone.finding is Finding.INTACT, position
        assert beside.exit_code == 2, position
        assert beside.reason is Reason.BEHIND_CHECKPOINT


def test_8_what_is_above_the_last_checkpoint_can_be_cut_unseen(record: Record, copy: Copy, kept: Path) -> None:
    """The window of the promise: five minutes at most, and none beside a copy of the seals file."""
    found = after(record, copy, kept, attacks.cut_waiting, WAITING)
    assert [each.finding for each in found] == [Finding.INTACT] * 2


def test_9_an_older_copy_put_back_shows_beside_a_checkpoint_only(record: Record, copy: Copy, kept: Path) -> None:
    for first in record.firsts.values():
        record.put_back(copy)
        with record.owning() as connection:
            cut(connection, first)
        assert record.verify(beside=False).finding is Finding.INTACT
        assert record.verify(beside=False, checkpoints=[kept]).exit_code == 2


def test_9_an_older_copy_that_goes_on_past_the_checkpoint_is_found_too(record: Record, kept: Path) -> None:
    """It grows beyond what it had, with other events: every size fits, and the heads do not."""
    file = record.seals.read_bytes()
    try:
        with record.owning() as connection:
            cut(connection, record.firsts[len(record.firsts)])
        record.add(record.sealed)
        record.seal()
        record.mark()
        assert record.verify(beside=False).finding is Finding.INTACT
        beside = record.verify(beside=False, checkpoints=[kept])
        assert (beside.exit_code, beside.reason) == (1, Reason.CHECKPOINT_DIFFERS)
        # The head that differs tells from where on at the latest it was another record.
        assert beside.fault is not None
        assert beside.fault.position is not None
        assert beside.fault.position <= record.firsts[len(record.firsts)]
    finally:
        record.seals.write_bytes(file)


def test_10_rewriting_with_both_keys_shows_beside_a_checkpoint_only(
    record: Record, copy: Copy, kept: Path, vault: Vault
) -> None:
    for position in record.positions():
        alone, beside = after(record, copy, kept, rewrite, position, vault, vault)
        assert alone.finding is Finding.INTACT, position
        assert where(beside) == (Reason.CHECKPOINT_DIFFERS, mark_at(copy, position))
        assert beside.exit_code == 1


def test_10_rewriting_shows_even_without_an_export_when_the_checkpoints_stay(
    record: Record, copy: Copy, kept: Path, vault: Vault
) -> None:
    for position in (1, record.sealed // 2, record.sealed):
        alone, beside = after(record, copy, kept, attacks.rewrite, position, vault, vault)
        assert {where(each) for each in (alone, beside)} == {(Reason.CHECKPOINT_DIFFERS, mark_at(copy, position))}


def test_10_with_the_mac_key_alone_it_is_found_without_a_checkpoint(
    record: Record, copy: Copy, kept: Path, vault: Vault
) -> None:
    for position in record.positions():
        found = after(record, copy, kept, rewrite, position, vault, None)
        assert [each.reason for each in found] == [Reason.SEAL_UNSIGNED] * 2


def test_11_rewriting_above_the_last_checkpoint_with_the_key_is_missed(
    record: Record, copy: Copy, kept: Path, vault: Vault
) -> None:
    for which in range(WAITING):
        found = after(record, copy, kept, attacks.rewrite_waiting, which, vault)
        assert [each.finding for each in found] == [Finding.INTACT] * 2


def test_one_checkpoint_on_paper_is_enough(
    record: Record, copy: Copy, kept: Path, vault: Vault, tmp_path: Path
) -> None:
    paper = tmp_path / "typed-from-paper"
    paper.write_bytes(max(kept.iterdir()).read_bytes())
    for position in record.positions():
        record.put_back(copy)
        with record.owning() as connection:
            rewrite(connection, position, vault, vault)
        assert record.verify(beside=False, checkpoints=[paper]).reason is Reason.CHECKPOINT_DIFFERS


def test_checkpoints_in_the_database_can_not_be_forged(record: Record, copy: Copy, kept: Path) -> None:
    def change(connection: Connection, size: int, **values: object) -> None:
        connection.execute(CHECKPOINT.update().where(CHECKPOINT.c.size == size).values(**values))

    def drop(connection: Connection, size: int) -> None:
        connection.execute(delete(CHECKPOINT).where(CHECKPOINT.c.size == size))

    first, *_, last = marks(copy)
    note = next(row["note"] for row in copy["audit_checkpoint"] if row["size"] == last)
    for values in ({"root": bytes(32)}, {"note": "hello\n"}, {"note": note}, {"number": 77}):
        found = after(record, copy, kept, lambda connection, v=values: change(connection, first, **v))
        assert {each.exit_code for each in found} == {1}, values
    found = after(record, copy, kept, drop, first)
    assert [each.reason for each in found] == [Reason.CHECKPOINT_GONE] * 2
    # The last one alone can be taken away: its copies elsewhere are what counts, and they fit.
    found = after(record, copy, kept, drop, last)
    assert [each.finding for each in found] == [Finding.INTACT] * 2


def test_what_is_no_checkpoint_decides_nothing(record: Record, kept: Path, tmp_path: Path) -> None:
    good = min(kept.iterdir()).read_text()
    for text in (
        "hello\n",
        "x" * 100_000,
        good.replace("\n", "\r\n"),
        good[:-3] + "\n",
        good.replace("chain", "chian"),
    ):
        (tmp_path / "strange").write_text(text)
        verdict = record.verify(checkpoints=[tmp_path / "strange"])
        assert (verdict.reason, verdict.exit_code) == (Reason.CHECKPOINT_FOREIGN, 3), text[:20]
    assert record.verify(checkpoints=[tmp_path / "nowhere"]).reason is Reason.CHECKPOINT_UNREADABLE
    (tmp_path / "empty").mkdir()
    assert record.verify(checkpoints=[tmp_path / "empty"]).reason is Reason.CHECKPOINT_NONE
    # What is altered is told all the same.
    with record.owning() as connection:
        attacks.edit_at(connection, 1, "action")
    assert record.verify(checkpoints=[tmp_path / "strange"]).reason is Reason.EVENT_ALTERED


def test_a_torn_copy_is_passed_over_beside_the_whole_one(record: Record, kept: Path, tmp_path: Path) -> None:
    whole = max(kept.iterdir()).read_bytes()
    (tmp_path / "whole").write_bytes(whole)
    for length in (0, 1, 40, len(whole) - 1):
        (tmp_path / "torn").write_bytes(whole[:length])
        assert record.verify(checkpoints=[tmp_path]).finding is Finding.INTACT, length


def test_seals_that_were_made_before_there_were_checkpoints_stay(record: Record, kept: Path) -> None:
    with record.database.engine.connect() as connection:
        assert connection.execute(select(SEAL.c.number).order_by(SEAL.c.number)).scalars().all() == list(record.firsts)
    assert record.verify(beside=True, checkpoints=[kept]).compared == len(record.firsts)

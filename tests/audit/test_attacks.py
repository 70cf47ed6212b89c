"""What the owner of the database can do to the record, at every position of it, and what checking says to it.

The record has 20 sealed events under seven seals (200 under 40 in the long version), and three that wait. Each attack
is made at every position, on both engines, and judged with the seals file and without.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.audit.rules.verdict import EXIT_CODES, Fault, Finding, Reason, Verdict
from app.crypto import Vault
from tests.audit import attacks
from tests.audit.attacks import COLUMNS
from tests.audit.record import SEAL, WAITING, Copy, Record

Attack = Callable[..., object]


@pytest.fixture(scope="module")
def copy(pristine: Record) -> Copy:
    """The untouched record."""
    pristine.disarm()
    return pristine.copy()


@pytest.fixture
def record(pristine: Record, copy: Copy) -> Iterator[Record]:
    """The record, put back after the test."""
    yield pristine
    pristine.put_back(copy)


def after(record: Record, copy: Copy, attack: Attack, *how: object) -> tuple[Verdict, Verdict]:
    """The verdicts without the file and beside it, once the attack was made on the untouched record."""
    record.put_back(copy)
    with record.owning() as connection:
        attack(connection, *how)
    return record.verify(beside=False), record.verify()


def flipped(value: bytes) -> bytes:
    """The bytes with their last bit changed."""
    return value[:-1] + bytes([value[-1] ^ 1])


def where(verdict: Verdict) -> tuple[Reason, int | None]:
    """What was found, and at which position."""
    return verdict.reason, verdict.fault.position if verdict.fault else None


def test_untouched_it_is_intact(record: Record) -> None:
    for beside in (True, False):
        verdict = record.verify(beside=beside)
        assert verdict.finding is Finding.INTACT
        assert (verdict.events, verdict.seals, verdict.waiting) == (record.sealed, len(record.firsts), WAITING)
        assert (verdict.compared, verdict.file_ends) == ((len(record.firsts),) * 2 if beside else (None, 0))
    with record.database.engine.connect() as connection:
        rows = connection.execute(select(SEAL.c.number, SEAL.c.first_position)).all()
    assert {row.number: row.first_position for row in rows} == record.firsts


def test_1_an_edit_is_found_where_it_was_made(record: Record, copy: Copy) -> None:
    for position in record.positions():
        for column in {COLUMNS[position % len(COLUMNS)], "details"} if position % 8 else COLUMNS:
            found = after(record, copy, attacks.edit_at, position, column)
            assert [where(each) for each in found] == [(Reason.EVENT_ALTERED, position)] * 2, (position, column)


def test_2_a_deletion_is_found(record: Record, copy: Copy) -> None:
    for position in record.positions():
        found = after(record, copy, attacks.delete_one, position)
        reason = Reason.POSITION_GONE if position < record.sealed else Reason.POSITIONS_CUT
        assert [where(each) for each in found] == [(reason, position)] * 2
        found = after(record, copy, attacks.delete_event, position)
        assert [where(each) for each in found] == [(Reason.EVENT_GONE, position)] * 2
        found = after(record, copy, attacks.delete_position, position)
        assert [where(each) for each in found] == [(reason, position)] * 2


def test_3_a_deletion_with_renumbering_is_found_in_its_seal(record: Record, copy: Copy) -> None:
    for position in record.positions():
        found = after(record, copy, attacks.delete_and_renumber, position)
        number = record.seal_at(position)
        expected = (
            (Reason.BATCH_ALTERED, record.firsts[number])
            if number < len(record.firsts)
            else (Reason.POSITIONS_CUT, record.sealed)
        )
        assert [where(each) for each in found] == [expected] * 2


def test_4_a_swap_is_found_in_its_seal(record: Record, copy: Copy) -> None:
    for position in record.positions():
        found = after(record, copy, attacks.swap, position)
        expected = (Reason.BATCH_ALTERED, record.first_beside(position))
        assert [where(each) for each in found] == [expected] * 2


def test_5_an_insertion_is_found_where_it_was_made(record: Record, copy: Copy) -> None:
    for position in record.positions():
        found = after(record, copy, attacks.insert_one, position)
        assert [where(each) for each in found] == [(Reason.EVENT_ALTERED, position)] * 2


def test_6_hashing_again_without_the_keys_is_found(record: Record, copy: Copy, other_vault: Vault) -> None:
    for position in record.positions():
        found = after(record, copy, attacks.rehash_edit, position, other_vault)
        assert [each.finding for each in found] == [Finding.ALTERED] * 2
        # The forged signature of that seal shows before its events are looked at.
        assert where(found[0]) == (Reason.SEAL_UNSIGNED, record.first_beside(position))
        found = after(record, copy, attacks.rehash_delete, position, other_vault)
        assert [where(each) for each in found] == [(Reason.SEAL_UNSIGNED, record.first_beside(position))] * 2


def test_7_cutting_below_a_seal_shows_beside_the_file_only(record: Record, copy: Copy) -> None:
    for position in record.positions():
        alone, beside = after(record, copy, attacks.truncate_from, position)
        assert alone.finding is Finding.INTACT  # the promise ends here: without the file this is missed
        assert where(beside) == (Reason.BEHIND_FILE, record.first_beside(position))
        assert beside.exit_code == EXIT_CODES[Finding.TRUNCATED]


def test_7_cutting_carelessly_shows_without_the_file(record: Record, copy: Copy) -> None:
    """Who leaves the seals, or the events, or the positions behind is found without the file too."""
    for position in record.positions():
        found = after(record, copy, attacks.cut_events, position)
        assert [where(each) for each in found] == [(Reason.POSITIONS_CUT, position)] * 2
    for number, first in record.firsts.items():
        found = after(record, copy, attacks.cut_seals, number)
        assert where(found[0]) == (Reason.SEALS_CUT, first)
        assert [each.finding for each in found] == [Finding.TRUNCATED] * 2
        # The events look as if they waited for their first seal: for a minute nobody can tell without the file.
        alone, beside = after(record, copy, attacks.cut_seals, number, first)
        assert alone.finding is Finding.INTACT
        assert beside.reason is Reason.BEHIND_FILE
        later = record.verify(beside=False, now=record.filled_at + timedelta(minutes=10))
        assert later.fault == Fault(Reason.NOT_SEALED, count=record.sealed - first + 1 + WAITING)


def test_8_cutting_what_is_not_sealed_yet_is_missed(record: Record, copy: Copy) -> None:
    """The window of the promise: an event can vanish unseen for the second until it is sealed."""
    for many in range(1, WAITING + 1):
        found = after(record, copy, attacks.cut_waiting, many)
        assert [each.finding for each in found] == [Finding.INTACT] * 2
        assert found[0].waiting == WAITING - many


def test_9_an_older_copy_put_back_shows_beside_the_file_only(record: Record, copy: Copy) -> None:
    for number, first in record.firsts.items():
        record.put_back(copy)
        with record.owning() as connection:
            assert attacks.truncate_from(connection, first) == number
        older = record.copy()
        record.put_back(copy)
        record.put_back(older)
        assert record.verify(beside=False).finding is Finding.INTACT
        assert where(record.verify()) == (Reason.BEHIND_FILE, first)


def test_10_rewriting_with_both_keys_shows_beside_the_file_only(record: Record, copy: Copy, vault: Vault) -> None:
    for position in record.positions():
        alone, beside = after(record, copy, attacks.rewrite, position, vault, vault)
        assert alone.finding is Finding.INTACT  # who holds the keys can lie to everybody but the file
        assert where(beside) == (Reason.SEAL_REPLACED, record.first_beside(position))


def test_10_rewriting_with_the_mac_key_alone_is_found(record: Record, copy: Copy, vault: Vault) -> None:
    for position in record.positions():
        found = after(record, copy, attacks.rewrite, position, vault, None)
        assert [where(each) for each in found] == [(Reason.SEAL_UNSIGNED, record.first_beside(position))] * 2


def test_10_an_honest_seal_on_top_hides_no_rewriting(record: Record, copy: Copy, vault: Vault) -> None:
    """The sealer signs what follows a forged seal; the forged seal itself stays without a signature."""
    file = record.seals.read_bytes()
    for position in (1, record.sealed // 2, record.sealed):
        record.put_back(copy)
        with record.owning() as connection:
            attacks.rewrite(connection, position, vault, None)
        record.seal()
        assert where(record.verify(beside=False)) == (Reason.SEAL_UNSIGNED, record.first_beside(position))
        record.seals.write_bytes(file)


def test_11_rewriting_what_is_not_sealed_yet_with_the_key_is_missed(record: Record, copy: Copy, vault: Vault) -> None:
    for which in range(WAITING):
        found = after(record, copy, attacks.rewrite_waiting, which, vault)
        assert [each.finding for each in found] == [Finding.INTACT] * 2


def test_without_the_key_what_is_not_sealed_yet_is_safe_too(record: Record, copy: Copy) -> None:
    for which in range(WAITING):
        for column in COLUMNS:
            found = after(record, copy, attacks.edit_waiting, which, column)
            assert [each.reason for each in found] == [Reason.UNSEALED_ALTERED] * 2
    found = after(record, copy, attacks.add_event, attacks.forged_event(record))
    assert [each.reason for each in found] == [Reason.UNSEALED_ALTERED] * 2


def test_tampering_with_a_seal_is_found(record: Record, copy: Copy) -> None:
    changes = {
        "sealed_at": (lambda value: value + timedelta(microseconds=1), Reason.SEAL_UNSIGNED),
        "first_position": (lambda value: value + 1, Reason.SEAL_BOUNDS),
        "last_position": (lambda value: value + 1, Reason.SEAL_UNSIGNED),
        "root": (flipped, Reason.SEAL_UNSIGNED),
        "previous": (flipped, Reason.SEAL_UNCHAINED),
        "signature": (flipped, Reason.SEAL_UNSIGNED),
        "key_id": (lambda value: type(value)(int=value.int ^ 1), Reason.SEAL_UNSIGNED),
    }
    for number, first in record.firsts.items():
        for column, (change, reason) in changes.items():
            found = after(record, copy, attacks.change_seal, number, column, change)
            assert [where(each) for each in found] == [(reason, first)] * 2, (number, column)
        found = after(record, copy, attacks.delete_seal, number)
        expected = Reason.SEAL_GONE if number < len(record.firsts) else Reason.SEALS_CUT
        assert [where(each) for each in found] == [(expected, first)] * 2


def test_a_seal_with_impossible_bounds_is_refused_at_once(record: Record, copy: Copy) -> None:
    for bound in (0, -5, 2**62):
        found = after(record, copy, attacks.set_bound, 3, bound)
        assert where(found[0]) == (Reason.SEAL_BOUNDS, record.firsts[3])


def test_positions_that_can_not_be_are_found(record: Record, copy: Copy) -> None:
    waiting = attacks.waiting_of(copy)[0]
    for position, reason in (
        (0, Reason.POSITION_ADDED),
        (-7, Reason.POSITION_ADDED),
        (record.sealed + 1, Reason.SEALS_CUT),
    ):
        found = after(record, copy, attacks.add_position, position, waiting)
        assert [each.reason for each in found] == [reason] * 2
    found = after(record, copy, attacks.add_position, record.sealed + 1, attacks.forged_event(record))
    assert [where(each) for each in found] == [(Reason.EVENT_ALTERED, record.sealed + 1)] * 2


def test_an_empty_record_beside_a_file_is_truncated(record: Record, copy: Copy) -> None:
    alone, beside = after(record, copy, attacks.empty)
    assert alone.finding is Finding.INTACT
    assert where(beside) == (Reason.BEHIND_FILE, 1)


def test_the_last_line_of_the_file_is_enough(record: Record, copy: Copy, vault: Vault) -> None:
    """Each seal names the digest of the one before, so one line in somebody's drawer anchors all before it."""
    whole = record.seals.read_bytes()
    record.seals.write_bytes(whole.splitlines(keepends=True)[-1])
    try:
        for position in record.positions():
            _, beside = after(record, copy, attacks.rewrite, position, vault, vault)
            assert where(beside) == (Reason.SEAL_REPLACED, record.firsts[len(record.firsts)])
    finally:
        record.seals.write_bytes(whole)


def test_the_wrong_keys_accuse_nobody(record: Record, other_vault: Vault) -> None:
    for beside in (True, False):
        verdict = record.verify(beside=beside, vault=other_vault)
        assert (verdict.reason, verdict.exit_code) == (Reason.FOREIGN_KEYS, 3)


def test_a_file_that_is_not_of_this_record_decides_nothing(record: Record) -> None:
    whole = record.seals.read_bytes()
    lines = whole.splitlines(keepends=True)
    try:
        for number in range(len(lines)):
            changed = lines[number].replace(b"Z ", b"Z 9", 1)
            record.seals.write_bytes(b"".join([*lines[:number], changed, *lines[number + 1 :]]))
            verdict = record.verify()
            assert (verdict.reason, verdict.exit_code) == (Reason.FILE_FOREIGN, 3)
            assert verdict.fault is not None
            assert verdict.fault.line == number + 1
        for wrong in (b"hello\n", b"\xff\xfe\n", b"\n", b"x" * 10_000):
            record.seals.write_bytes(lines[0] + wrong + lines[1])
            assert record.verify().reason is Reason.FILE_FOREIGN
        record.seals.write_bytes(b"")
        assert record.verify().reason is Reason.FILE_EMPTY
        record.seals.unlink()
        assert record.verify().reason is Reason.FILE_UNREADABLE
        record.seals.mkdir()
        assert record.verify().reason is Reason.FILE_UNREADABLE
        record.seals.rmdir()
    finally:
        record.seals.write_bytes(whole)


def test_what_was_never_sealed_is_told_after_a_minute(record: Record) -> None:
    soon = record.verify(now=record.filled_at + timedelta(seconds=50))
    assert soon.finding is Finding.INTACT
    late = record.verify(now=record.filled_at + timedelta(seconds=70))
    assert (late.reason, late.exit_code) == (Reason.NOT_SEALED, 3)
    assert late.fault == Fault(Reason.NOT_SEALED, count=WAITING)


def test_the_gravest_fault_is_told(record: Record, copy: Copy) -> None:
    _, beside = after(record, copy, attacks.cut_and_edit, record.sealed, 3)
    assert where(beside) == (Reason.EVENT_ALTERED, 3)


def test_values_of_the_wrong_kind_do_not_stop_the_check(record: Record, copy: Copy) -> None:
    """SQLite takes anything in any column; PostgreSQL is asked for what it can hold."""
    # Values that only SQLite takes are left out on PostgreSQL.
    foreign = ("x'ff00'", "1.5", "'text'") if record.database.is_sqlite else ()
    columns = ("mac", "details", "action", "at", "count", "actor_id")
    changes = [("mac", "''"), ("details", "'null'"), *((column, value) for column in columns for value in foreign)]
    for column, value in changes:
        found = after(record, copy, attacks.say, f"UPDATE audit_event SET {column} = {value}")  # noqa: S608 - both from above
        assert [where(each) for each in found] == [(Reason.EVENT_ALTERED, 1)] * 2
    for column in ("sealed_at", "root", "signature", "key_id") if foreign else ():
        found = after(record, copy, attacks.say, f"UPDATE audit_seal SET {column} = 'x' || number")  # noqa: S608 - as above
        assert all(each.exit_code in (1, 3) for each in found), column


def test_a_record_that_can_not_be_read_decides_nothing(record: Record) -> None:
    with record.owning() as connection:
        connection.execute(text("ALTER TABLE audit_leaf RENAME TO elsewhere"))
    try:
        assert record.verify().reason is Reason.RECORD_UNREADABLE
    finally:
        with record.owning() as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO audit_leaf"))

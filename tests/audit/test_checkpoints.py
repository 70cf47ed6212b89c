"""Making checkpoints: when, over what, with how much work, and what is never signed."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, event, insert, select, update
from sqlalchemy.exc import DBAPIError

from app.access.sights import SEALER
from app.audit.actions import insert_events
from app.audit.model import AuditPlace
from app.audit.reads import tree as tree_reads
from app.audit.reads.tree import Tree, TreeDamaged, last_checkpoint, tiles_kept
from app.audit.rules import merkle_root, message, plain
from app.audit.rules.checkpoints import Checkpoint, key_hash
from app.audit.rules.merkle import consistency_ranges, inclusion_ranges, range_hash
from app.audit.rules.verdict import Finding, Reason
from app.audit.sealing import Checkpointer, checkpoints, export, make_checkpoint, seal_once
from app.audit.sealing.exporting import is_behind
from app.audit.sealing.places import Folder
from app.audit.verifying import kept as kept_tiles
from tests.audit import attacks
from tests.audit.record import CHECKPOINT, EVENT, LEAF, TILE, Record
from tests.audit.test_merkle import mth
from tests.audit.test_sealing import another


def leaves(record: Record) -> list[bytes]:
    """What each leaf of the tree holds, by position, from the rows themselves."""
    with record.attacker.connect() as connection:
        ordered = select(EVENT).join(LEAF, LEAF.c.event_id == EVENT.c.id).order_by(LEAF.c.position)
        return [row.mac + message(plain(row._asdict())) for row in connection.execute(ordered)]


@pytest.fixture
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles of four hashes: a few hundred events have several levels of them."""
    for module in (tree_reads, checkpoints, kept_tiles):
        monkeypatch.setattr(module, "TILE", 4)
    for module in (tree_reads, kept_tiles):
        monkeypatch.setattr(module, "HEIGHT", 2)


def test_a_checkpoint_says_what_the_record_holds(record: Record) -> None:
    for count in (3, 1, 7):
        record.add(count)
        record.seal()
        made = record.mark()
        data = leaves(record)
        assert (made.size, made.root) == (len(data), mth(data))
        assert made.origin == f"amparo/{record.vault.installation}"
        assert f"\nchain main {made.size}\n" in made.text
        name, by, signature = made.signatures[0]
        assert (name, by) == (made.origin, key_hash(made.origin, record.vault.public_key()))
        assert record.vault.verify(record.vault.public_key(), made.body, signature)
        assert made.text.startswith(made.body.decode() + "\n— ")
    assert make_checkpoint(record.database, record.vault, datetime.now(UTC)) is None
    assert record.verify().checkpoints == 3


def test_it_names_the_seal_that_it_ends_at(record: Record) -> None:
    record.add(2)
    record.seal()
    last = record.seals.read_text().splitlines()[-1]
    made = record.mark()
    assert made.seal == 1
    assert made.seal_digest is not None
    assert merkle_root([]).hex() != made.seal_digest.hex()
    assert f"seal 1 {made.seal_digest.hex()}" in made.text
    assert last.split(" ")[1] == "1"


@pytest.mark.usefixtures("small_tiles")
def test_heads_and_paths_from_tiles_are_those_of_the_text(record: Record) -> None:
    sizes = []
    for count in (2, 3, 11, 1, 47, 64, 5):
        record.add(count)
        record.seal()
        sizes.append(record.mark().size)
    data = leaves(record)
    with record.database.look(SEALER) as connection:
        assert [tiles_kept(connection, level) for level in range(5)] == [33, 8, 2, 0, 0]
        tree = Tree(connection, record.vault)

        def node(height: int, number: int) -> bytes:
            return mth(data[number << height : (number + 1) << height])

        def hashes(ranges: list[tuple[int, int]]) -> list[bytes]:
            return [range_hash(*each, node) for each in ranges]

        for size in sizes:
            assert tree.head(size) == mth(data[:size])
            for index in range(0, size, 7):
                assert tree.inclusion(index, size) == [
                    range_hash(*each, node) for each in inclusion_ranges(index, size)
                ]
            for old in range(1, size + 1, 9):
                assert tree.consistency(old, size) == [
                    range_hash(*each, node) for each in consistency_ranges(old, size)
                ]
    assert record.verify().finding is Finding.INTACT


@pytest.mark.usefixtures("small_tiles")
def test_tiles_that_were_changed_are_found_and_nothing_is_signed_over_them(record: Record) -> None:
    record.disarm()
    record.add(70)
    record.seal()
    record.mark()
    copy = record.copy()
    changes = (
        update(TILE).where(TILE.c.level == 0, TILE.c.number == 2).values(hashes=bytes(128)),
        update(TILE).where(TILE.c.level == 0, TILE.c.number == 2).values(root=bytes(32)),
        update(TILE).where(TILE.c.level == 1, TILE.c.number == 0).values(root=bytes(32)),
        update(TILE).where(TILE.c.level == 2, TILE.c.number == 0).values(hashes=bytes(128)),
        delete(TILE).where(TILE.c.level == 1, TILE.c.number == 1),
        delete(TILE).where(TILE.c.level == 0, TILE.c.number == 5),
    )
    for change in changes:
        record.put_back(copy)
        with record.owning() as connection:
            connection.execute(change)
        assert record.verify(beside=False).reason is Reason.TREE_ALTERED, change
    record.put_back(copy)
    with record.owning() as connection:
        connection.execute(update(TILE).where(TILE.c.level == 2).values(root=bytes(32)))
    record.add(1)
    record.seal()
    with pytest.raises(TreeDamaged):
        make_checkpoint(record.database, record.vault, datetime.now(UTC))


def test_an_older_record_without_a_tree_goes_on(record: Record) -> None:
    """An installation from before: seals and a file, no checkpoint. The first one covers everything."""
    for count in (300, 700, 90):
        record.add(count)
        record.seal()
    assert record.verify().checkpoints == 0
    made = record.mark()
    assert (made.size, made.root) == (1090, mth(leaves(record)))
    verdict = record.verify()
    assert (verdict.finding, verdict.checkpoints, verdict.compared) == (Finding.INTACT, 1, 3)


def test_the_work_does_not_grow_with_the_record(record: Record) -> None:
    """Statements and rows read for one more event: the same at 3,000 events as at 600."""
    asked: list[int] = []
    for count in (600, 1200, 1200):
        record.add(count)
        record.seal()
        record.mark()
        record.add(1)
        record.seal()
        statements: list[str] = []
        for engine in (record.database.engine, record.database.looking):
            event.listen(engine, "before_cursor_execute", lambda *given, into=statements: into.append(given[2]))
        record.mark()
        asked.append(len(statements))
    assert max(asked) <= min(asked) * 3 + 4, asked
    assert max(asked) < 60


def test_nothing_is_signed_that_contradicts_what_was_signed(record: Record) -> None:
    record.disarm()
    record.add(9)
    record.seal()
    record.mark()
    copy = record.copy()
    for attack in (attacks.edit_at, attacks.rewrite):
        record.put_back(copy)
        with record.owning() as connection:
            if attack is attacks.edit_at:
                attacks.edit_at(connection, 4, "action")
            else:
                attacks.rewrite(connection, 4, record.vault, record.vault)
        record.add(2)
        record.seal()
        with pytest.raises(TreeDamaged):
            make_checkpoint(record.database, record.vault, datetime.now(UTC))
        with record.database.look(SEALER) as connection:
            assert last_checkpoint(connection).size == 9


def test_the_database_refuses_changes(record: Record) -> None:
    record.add(256)
    record.seal()
    record.mark()
    for table in (TILE, CHECKPOINT):
        for statement in (update(table).values(root=bytes(32)), delete(table)):
            with pytest.raises(DBAPIError, match="append-only"), record.database.writing() as connection:
                connection.execute(statement)


class Hands:
    """A clock that jumps, and seconds that only pass."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.passed = 1000.0

    def go(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.passed += seconds


def checkpointer(record: Record, hands: Hands, *places: Folder) -> Checkpointer:
    return Checkpointer(record.database, record.vault, places, clock=lambda: hands.now, passing=lambda: hands.passed)


def more(record: Record, count: int = 1) -> None:
    record.add(count)
    record.seal()


def test_one_is_made_after_five_minutes_or_a_thousand_events(record: Record) -> None:
    hands = Hands()
    maker = checkpointer(record, hands)
    assert not maker.look()
    more(record)
    assert maker.look()
    hands.go(4000)
    assert not maker.look()  # nothing new
    more(record)
    assert maker.look()
    more(record)
    hands.go(299)
    assert not maker.look()
    more(record, 997)
    assert not maker.look()
    more(record, 2)
    assert maker.look()  # a thousand
    more(record)
    hands.go(300)
    assert maker.look()
    assert record.verify().finding is Finding.INTACT


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=1), timedelta(minutes=3)])
def test_a_clock_that_jumps_neither_stops_them_nor_makes_many(record: Record, jump: timedelta) -> None:
    hands = Hands()
    maker, made = checkpointer(record, hands), 0
    more(record)
    assert maker.look()
    for back in (True, False, True):
        hands.now += -jump if back else jump
        for _ in range(10):
            more(record)
            hands.go(60)
            made += maker.look()
    assert 5 <= made <= 9  # half an hour in all: six, and at a jump ahead one more
    assert record.verify(now=record.filled_at - timedelta(days=2)).finding is Finding.INTACT


def test_the_last_look_waits_for_nothing(record: Record, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    maker = checkpointer(record, Hands(), Folder(kept))
    more(record)
    assert maker.look()
    more(record)
    maker.start()
    maker.stop()
    with record.database.look(SEALER) as connection:
        assert last_checkpoint(connection).size == 2
    assert len(list(kept.iterdir())) == 2


def test_a_trouble_is_survived_and_not_tried_at_once_again(record: Record) -> None:
    record.disarm()
    hands = Hands()
    maker = checkpointer(record, hands)
    more(record, 3)
    assert maker.look()
    copy = record.copy()
    with record.owning() as connection:
        attacks.edit_at(connection, 2, "action")
    more(record)
    hands.go(301)
    assert not maker.look()
    record.put_back(copy)
    more(record)
    hands.go(10)
    assert not maker.look()
    hands.go(60)
    assert maker.look()


def test_two_that_begin_a_place_at_once_both_go_on(record: Record, tmp_path: Path) -> None:
    """Both find no row; the one whose row comes second must not fail over the first."""
    place = Folder(tmp_path / "kept")
    place.path.mkdir()
    record.add(1)
    record.seal()
    made, now, other = record.mark(), datetime.now(UTC), another(record)
    row = {"place": place.name, "number": 0, "tried_at": now}
    with ThreadPoolExecutor(1) as pool:
        with record.attacker.begin() as first:
            first.execute(insert(AuditPlace).values(row))
            second = pool.submit(export, other, [place], now)
            time.sleep(0.5)  # long enough to come to its row; were it too short, nothing would fail
        assert [each.trouble for each in second.result()] == [None]
    other.engine.dispose()
    assert not is_behind(record.database, [place], now)
    assert [file.read_text() for file in place.path.iterdir()] == [made.text]


def test_eight_that_write_and_four_that_seal_leave_no_gap(record: Record, tmp_path: Path) -> None:
    """Eight write, two seal, two make checkpoints and take them away, each over connections of its own."""
    databases = [another(record) for _ in range(4)]
    over = threading.Event()
    rows = [record.rows(25) for _ in range(8)]
    place = Folder(tmp_path / "kept")
    place.path.mkdir()

    def write(mine: list[dict[str, object]]) -> None:
        for row in mine:
            with record.database.writing() as connection:
                connection.execute(insert_events(), [row])

    def work(number: int) -> None:
        database = databases[number]
        while not over.is_set():
            if number % 2:
                seal_once(database, record.vault, record.seals, datetime.now(UTC))
            else:
                make_checkpoint(database, record.vault, datetime.now(UTC))
                export(database, [place], datetime.now(UTC))

    with ThreadPoolExecutor(12) as pool:
        workers = [pool.submit(work, number) for number in range(4)]
        for each in [pool.submit(write, mine) for mine in rows]:
            each.result()
        over.set()
        for each in workers:
            each.result()
    for database in databases:
        database.engine.dispose()
    record.seal()
    make_checkpoint(record.database, record.vault, datetime.now(UTC))
    export(record.database, [place], datetime.now(UTC))
    verdict = record.verify(checkpoints=[place.path])
    assert (verdict.finding, verdict.events, verdict.waiting) == (Finding.INTACT, 200, 0)
    assert Checkpoint.parse(max(place.path.iterdir()).read_text()).size == 200

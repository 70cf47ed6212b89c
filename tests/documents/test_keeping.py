"""What is kept of documents: scanned, never in clear on a disk, whole after a kill, and gone with the person."""

import os
import sys
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.access.sights import OPERATOR
from app.crypto.stream import Place, Sealing, new_key, open_stream
from app.db import new_id
from app.documents.actions import Keeper, check_waiting, sweep
from app.documents.actions.keeping import erase
from app.documents.model import Document
from app.documents.storing import Folder
from app.documents.storing.folder import ABANDONED
from app.machine import working
from tests.documents.files import hand_in
from tests.documents.scanner import scanning
from tests.story import Story, said
from tests.world import World

ROOT = Path(__file__).parents[2]


@pytest.fixture
def story(world: World) -> Story:
    """A case with its attorney."""
    return Story(world).begin().apply().accept().assign()


def folder_of(world: World) -> Path:
    return world.services.settings.files.folder


def kept(world: World) -> list[Path]:
    return [each for each in folder_of(world).rglob("*") if each.is_file()]


def beginning(world: World) -> Any:
    return partial(working, world.services)


def scan_with(world: World, address: str) -> None:
    object.__setattr__(world.services.settings.files, "scanner", address)


def age(world: World) -> None:
    """Let some seconds pass for what waits."""
    with world.act_as("auditor", sight=OPERATOR) as work:
        work.decided, work.recorded = True, 1
        work.session.execute(Document.__table__.update().values(created_at=datetime.now(UTC) - timedelta(minutes=1)))  # type: ignore[attr-defined]


class TestTheScanner:
    def test_says_what_is_kept(self, world: World, story: Story) -> None:
        path = f"/cases/{story.case}"
        # A socket's address may have 107 letters, fewer than the folder of some tests.
        with TemporaryDirectory() as folder, scanning(Path(folder, "clamd")) as scanner:
            scan_with(world, scanner.address)
            clean = said(hand_in(world.attorney, path, "a.txt", b"hello"), 201)
            assert (clean["state"], clean["scan"], scanner.seen) == ("ready", "clean", [b"hello"])
            assert clean["scanned_at"]
            files = len(kept(world))
            found = said(hand_in(world.attorney, path, "b.txt", b"HARMFUL"), 201)
            assert (found["state"], found["scan"]) == ("refused", "found")
            assert len(kept(world)) == files
            answer = world.attorney.get(f"/documents/{found['id']}/content")
            assert answer.json()["code"] == "document.refused"

    def test_that_is_away_is_asked_again(self, world: World, story: Story) -> None:
        path = f"/cases/{story.case}"
        scan_with(world, "127.0.0.1:9")
        waits = [said(hand_in(world.attorney, path, "a.txt", data), 201) for data in (b"hello", b"HARMFUL")]
        assert [(each["state"], each["scan"]) for each in waits] == [("checking", None)] * 2
        answer = world.attorney.get(f"/documents/{waits[0]['id']}/content")
        assert answer.json()["code"] == "document.checking"
        age(world)
        assert check_waiting(beginning(world), world.services.vault) == 0
        with scanning() as scanner:
            scan_with(world, scanner.address)
            scanner.answer = b"INSTREAM size limit exceeded. ERROR\0"
            assert check_waiting(beginning(world), world.services.vault) == 0
            scanner.answer = b""
            assert check_waiting(beginning(world), world.services.vault) == 2
        states = [said(world.attorney.get(f"/documents/{each['id']}"))["state"] for each in waits]
        assert states == ["ready", "refused"]
        assert world.attorney.get(f"/documents/{waits[0]['id']}/content").content == b"hello"
        assert {each.suffix for each in kept(world)} == {".original", ".clean"}
        assert len(kept(world)) == 2


def test_what_nothing_names_is_swept_when_it_is_old(one: World) -> None:
    story = Story(one).begin().apply().accept().assign()
    made = said(hand_in(one.attorney, f"/cases/{story.case}", "a.txt", b"hello"), 201)
    store = Folder.of(folder_of(one), one.services.vault.installation)
    with store.writer(new_id(), "original") as writer:
        writer.write(b"x" * 100)
        writer.keep()
    left = store.path / "incoming" / "left.original"
    left.write_bytes(b"x")
    assert len(kept(one)) == 4
    assert sweep(beginning(one)) == 0
    old = time.time() - ABANDONED - 1
    for each in kept(one):
        os.utime(each, (old, old))
    assert sweep(beginning(one)) == 2
    assert one.attorney.get(f"/documents/{made['id']}/content").content == b"hello"


def test_two_installations_in_one_folder_leave_each_other_alone(one: World) -> None:
    store, other = (Folder.of(folder_of(one), each) for each in (one.services.vault.installation, new_id()))
    for each in (store, other):
        with each.writer(new_id(), "original") as writer:
            writer.write(b"x" * 100)
            writer.keep()
    for file in kept(one):
        os.utime(file, (1, 1))
    assert sweep(beginning(one)) == 1
    assert {file.relative_to(folder_of(one)).parts[0] for file in kept(one)} == {other.path.name}


def test_what_lay_in_the_common_folder_is_found_and_moved_once(one: World) -> None:
    story = Story(one).begin().apply().accept().assign()
    made = said(hand_in(one.attorney, f"/cases/{story.case}", "a.txt", b"hello"), 201)
    own = folder_of(one) / str(one.services.vault.installation)
    (own / "kept").rename(folder_of(one) / "kept")
    foreign = folder_of(one) / "kept" / "ff" / f"{new_id()}.original"
    foreign.parent.mkdir(exist_ok=True)
    foreign.write_bytes(b"somebody else's")
    for each in kept(one):
        os.utime(each, (1, 1))
    assert one.attorney.get(f"/documents/{made['id']}/content").content == b"hello"
    assert sweep(beginning(one)) == 0
    assert len([each for each in kept(one) if each.is_relative_to(own)]) == 2
    assert foreign.exists()
    assert one.attorney.get(f"/documents/{made['id']}/content").content == b"hello"


def test_erased_with_the_person(world: World, story: Story) -> None:
    hand_in(world.attorney, f"/cases/{story.case}", "a.txt", b"hello")
    hand_in(world.attorney, f"/cases/{story.case}", "b.txt", b"hello", privileged="true")
    with world.act_as("auditor", sight=OPERATOR) as work:
        work.decided, work.recorded = True, 1
        (person,) = work.session.execute(select(col(Document.applicant_id)).distinct()).scalars()
        assert len(erase(work, person)) == 2
    assert said(world.attorney.get(f"/cases/{story.case}/documents"))["items"] == []
    for each in kept(world):
        os.utime(each, (1, 1))
    assert sweep(beginning(world)) == 4
    assert kept(world) == []


def test_the_keeper_begins_and_ends(one: World) -> None:
    keeper = Keeper(beginning(one), one.services.vault)
    keeper.start()
    keeper.stop()


_OPENED: list[tuple[str, str | int]] = []


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _OPENED and isinstance(arguments[0], str | bytes | Path):
        writes = isinstance(arguments[2], int) and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
        if writes:
            _OPENED.append((os.fsdecode(arguments[0]), arguments[2]))


def test_no_file_in_clear_is_ever_opened_to_be_written(one: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python tells of every file it opens; the examiner, another process, can write none at all."""
    story = Story(one).begin().apply().accept().assign()
    sys.addaudithook(_listen)
    monkeypatch.setattr(sys.modules[__name__], "_OPENED", [("begun", 0)])
    secret = b"Kanarienvogel " * 200_000
    made = said(hand_in(one.attorney, f"/cases/{story.case}", "a.txt", secret), 201)
    assert one.attorney.get(f"/documents/{made['id']}/content").content == secret
    opened = {Path(name) for name, _ in _OPENED[1:]}
    monkeypatch.setattr(sys.modules[__name__], "_OPENED", [])
    others = {each for each in opened if not each.is_relative_to(folder_of(one))}
    assert {each.name.partition("-")[0] for each in others if each.parts[:2] != ("/", "dev")} <= {
        "amparo.db",
        "keys.db",
    }
    assert any(each.is_relative_to(folder_of(one)) for each in opened)


class Repeated:
    """A file of any length that lies nowhere."""

    def __init__(self, length: int) -> None:
        self.left = length

    def pieces(self) -> Iterator[bytes]:
        while self.left > 0:
            piece = bytes(min(65_536, self.left))
            self.left -= len(piece)
            yield piece


def stored(store: Folder, length: int) -> tuple[Place, Any]:
    """A document of this length, sealed into the store as an upload does."""
    place, key = Place(new_id(), "original", new_id()), new_key()
    with store.writer(place.document_id, place.part) as writer:
        sealing = Sealing(key, place)
        writer.write(sealing.head)
        for piece in Repeated(length).pieces():
            writer.write(sealing.add(piece))
        writer.write(sealing.end())
        writer.keep()
    return place, key


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    tracemalloc.start()
    try:
        place, key = stored(store, 20 << 20)
        with store.open(place.document_id, place.part) as file:
            length = sum(len(each) for each in open_stream(key, place, file))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert length == 20 << 20
    assert most < 2 << 20


@pytest.mark.soak
def test_two_hundred_megabytes_at_half_the_speed_of_the_bare_cipher(tmp_path: Path) -> None:
    length = 200 << 20
    bare = _bare_seconds(length)
    store = Folder(tmp_path)
    began = time.perf_counter()
    place, key = stored(store, length)
    taken_in = time.perf_counter() - began
    began = time.perf_counter()
    with store.open(place.document_id, place.part) as file:
        assert sum(len(each) for each in open_stream(key, place, file)) == length
    given = time.perf_counter() - began
    print(f"bare {bare:.2f} s, in {taken_in:.2f} s, out {given:.2f} s")  # noqa: T201 - figures for the report
    assert given <= 2 * bare


def _bare_seconds(length: int) -> float:
    """The stream sealed in memory and thrown away: the cipher with its chunks, and no disk."""
    sealing = Sealing(new_key(), Place(new_id(), "x", new_id()))
    began = time.perf_counter()
    for piece in Repeated(length).pieces():
        sealing.add(piece)
    sealing.end()
    return time.perf_counter() - began

"""A disk that is full at any size, kill -9 at any moment: never a backup that looks whole, and always a way on."""

import os
import random
import resource
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from app.backups.actions import restoring
from app.backups.actions.restoring import restore
from app.backups.reads.archive import verify
from app.backups.reads.unfinished import unfinished
from app.backups.rules import Kind, Unusable
from tests.backups.stage import IDENTITY, Place, finished, restored
from tests.world import running

_REFUSED = 5


def in_a_child(work: Callable[[], object], seconds: float | None = None) -> int:
    """Do it in a process of its own, killed after so many seconds; its exit status, negative when it was killed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except Unusable:
            status = _REFUSED
        finally:
            os._exit(status)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def full_after(size: int) -> None:
    """From now on this process can write no file beyond so many bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def whole(folder: Path) -> int:
    """How many backups there are; every one that looks whole is."""
    named = [file for file in folder.iterdir() if file.name.startswith("amparo-")]
    for file in named:
        verify(file, IDENTITY)
    return len(named)


def fill_the_disk(place: Place, sizes: int) -> None:
    size = place.back_up(Kind.DATA).stat().st_size
    for kind, folder, bytes_needed in (
        (Kind.DATA, place.data_backups, size),
        (Kind.KEYS, place.keys_backups, place.back_up(Kind.KEYS).stat().st_size),
    ):
        for number in range(sizes):
            ready = partial(full_after, bytes_needed * number // sizes)
            assert in_a_child(partial(place.back_up, kind, ready=ready)) == _REFUSED, number
            assert whole(folder) == 1
            assert len(list(folder.iterdir())) == 1, "nothing half is left"
    assert [each.name for each in place.settings.data_dir.glob(".backup-*")] == []


def test_a_full_disk_leaves_no_backup(place: Place) -> None:
    fill_the_disk(place, 6 if place.server is None else 3)


@pytest.mark.soak
def test_a_full_disk_of_many_sizes_leaves_no_backup(place: Place) -> None:
    fill_the_disk(place, 100)


def restore_on_a_full_disk(place: Place, data: Path, size: int) -> None:
    full_after(size)
    restore(place.settings, data, None, IDENTITY)


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_full_disk_leaves_nothing_restored(place: Place) -> None:
    data = place.back_up(Kind.DATA)
    size = (place.settings.data_dir / "amparo.db").stat().st_size
    place.lose_data()
    before = sorted(each.name for each in place.settings.data_dir.iterdir())
    for most in (size * sixth // 6 for sixth in range(6)):
        status = in_a_child(partial(restore_on_a_full_disk, place, data, most))
        assert status in (1, _REFUSED), most
        assert unfinished(place.settings) is None or most < 100
    restored(place, data)
    after = {each.name for each in place.settings.data_dir.iterdir()}
    assert not [name for name in after.difference(before) if "restored" in name]


def is_empty(place: Place) -> bool:
    """Whether there is no data at all, so that a restore can begin."""
    try:
        restoring._refuse_unless_empty(place.settings, with_keys=False)
    except Unusable:
        return False
    return True


def kill(place: Place, times: int) -> None:
    chance = random.Random(20261123)
    began = time.monotonic()
    data = place.back_up(Kind.DATA)
    long = time.monotonic() - began
    begun = killed = 0
    while killed < times and begun < 5 * times:  # a quick one is whole before it can be killed
        begun += 1
        killed += in_a_child(lambda: place.back_up(Kind.DATA), seconds=chance.uniform(0, long)) < 0
    assert killed == times
    kept = whole(place.data_backups)
    assert begun - killed + 1 <= kept <= begun + 1  # one may be whole already when its process is killed
    place.back_up(Kind.DATA)
    assert whole(place.data_backups) == kept + 1 == len(list(place.data_backups.iterdir())), "no left-overs"
    assert [each.name for each in place.settings.data_dir.glob(".backup-*")] == []
    place.lose_data()
    began = time.monotonic()
    restored(place, data)
    long = time.monotonic() - began
    for _ in range(times):
        in_a_child(lambda: restored(place, data), seconds=chance.uniform(0, long))
        assert unfinished(place.settings) is not None or is_empty(place), "whoever begins to work now is refused"
    restored(place, data)
    with running(place.settings) as world:
        assert finished(place, world)[1].wrong == []
    assert unfinished(place.settings) is None


def test_kill_nine_in_the_middle_of_a_backup_and_of_a_restore(place: Place) -> None:
    kill(place, 6 if place.server is None else 4)


@pytest.mark.soak
def test_kill_nine_in_the_middle_of_many_backups_and_restores(place: Place) -> None:
    kill(place, 150)

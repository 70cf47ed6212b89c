"""kill -9 while a person's key is renewed: everything opens, nothing is there twice, and it is simply begun again."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from app.audit.verifying.rows import verify_rows
from app.backups.reads.checking import check
from app.config import Settings
from app.retention.actions import renewing
from tests.lives import environment_of
from tests.retention.stage import closed_story
from tests.retention.ways import operator
from tests.world import copy_of_sqlite, running

#: Loads the program once and lends a child of its own for each line it reads: a kill costs no second start.
_LEND = """
import os, sys
from functools import partial
from uuid import UUID
from app.cli.opening import opened
from app.machine import working
from app.retention.actions import renewing
for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        with opened() as services:
            print("ready", flush=True)
            while True:
                renewing.renew(partial(working, services), services.vault, [UUID(sys.argv[1])], patience=0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("over", flush=True)
"""


@contextmanager
def lent(settings: Settings, person: UUID) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", _LEND, str(person)]
    told = environment_of(settings, 8000)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=told) as parent:
        yield parent
        parent.communicate()


def kill_once(parent: "subprocess.Popen[str]", seconds: float) -> None:
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write("\n")
    parent.stdin.flush()
    said = {parent.stdout.readline().strip(), parent.stdout.readline().strip()}  # in either order
    (child,) = said - {"ready"}
    time.sleep(seconds)
    os.kill(int(child), signal.SIGKILL)
    assert parent.stdout.readline() == "over\n"


@pytest.mark.parametrize("points", [10, pytest.param(300, marks=pytest.mark.soak)])
def test_a_kill_at_any_point_loses_and_doubles_nothing(sqlite_installation: Path, tmp_path: Path, points: int) -> None:
    chance, unfinished = random.Random(20261123), 0
    with running(copy_of_sqlite(sqlite_installation, tmp_path)) as world:
        person = UUID(closed_story(world).applicant)
        services, vault = world.services, world.services.vault

        def opens() -> int:
            vault.forget(person)  # what another process changed is read anew
            found = check(services.settings, services.database, vault, datetime.now(UTC))
            assert found.wrong == []
            return found.opened

        before, subjects = opens(), vault.status().subjects
        with lent(services.settings, person) as parent:
            for number in range(points):
                kill_once(parent, chance.uniform(0, 0.12))
                status = vault.status()
                assert (status.subjects, status.subjects_renewing <= 1) == (subjects, True)
                unfinished += status.subjects_renewing
                assert opens() == before
                if number % 3 == 2:  # else the next life takes it up
                    people = renewing.needing(operator(world), vault, 0)
                    assert renewing.renew(operator(world), vault, people, patience=0).people == status.subjects_renewing
                    assert vault.status().subjects_renewing == 0
        assert unfinished > 0  # the kills do come in the middle
        renewing.renew(operator(world), vault, [person], patience=0)
        assert (opens(), vault.status().subjects_renewing) == (before, 0)
        assert verify_rows(services.database, vault).faults == ()

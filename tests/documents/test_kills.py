"""kill -9 while documents are handed in: what is on record opens, the rest is swept, nothing is there by half."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.documents.actions import sweep
from tests.documents.test_keeping import ROOT, beginning, kept
from tests.story import BODY, Story, said
from tests.world import World, copy_of_sqlite, running


def killed_and_whole(world_folder: Path, installation: Path, kills: int) -> int:
    """Kill an upload at random moments; afterwards all that is on record opens, and the rest is swept."""
    settings = copy_of_sqlite(installation, world_folder)
    chance = random.Random(7)
    cases, fund = list[str](), ""
    for number in range(kills):
        if number % 40 == 0:  # a case takes two hundred documents, a life hands in two or three
            with running(settings) as world:
                story = Story(world, fund=fund) if fund else Story(world).begin()
                cases.append(story.apply(**somebody(number)).accept().assign().case)
                fund = story.fund
        command = [sys.executable, "-m", "tests.documents.uploading", str(settings.data_dir), cases[-1]]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, start_new_session=True)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0.0, 1.2))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
    # Opening hundreds in a row is no ordinary work: the budget for it is lifted, and for nothing else.
    with running(settings.model_copy(update={"budget_factor": 10_000})) as world:
        return _all_open(world, cases)


def somebody(number: int) -> dict[str, Any]:
    """Somebody else than the one before, by everything that a conflict check compares."""
    contact = {"email": f"kill{number}@demo.example", "phone": f"(303) 555-01{number // 40:02}"}
    return {
        "applicant": BODY["applicant"] | {"a_number": f"A{900_200_000 + number}"},
        "contact": BODY["contact"] | contact,
    }


def _all_open(world: World, cases: list[str]) -> int:
    for each in kept(world):
        os.utime(each, (1, 1))
    sweep(beginning(world))
    listed = [
        each for case in cases for each in said(world.attorney.get(f"/cases/{case}/documents?limit=200"))["items"]
    ]
    for each in listed:
        for version in ("clean", "original"):
            answer = world.attorney.get(f"/documents/{each['id']}/content?version={version}")
            assert (answer.status_code, len(answer.content)) == (200, each["size"])
    assert len(kept(world)) == 2 * len(listed)
    return len(listed)


def test_killed_at_any_moment_nothing_is_half_there(tmp_path: Path, sqlite_installation: Path) -> None:
    killed_and_whole(tmp_path, sqlite_installation, 2)


@pytest.mark.soak
def test_killed_many_times_nothing_is_half_there(tmp_path: Path, sqlite_installation: Path) -> None:
    print(killed_and_whole(tmp_path, sqlite_installation, 300))  # noqa: T201 - figures for the report

"""A file of any length goes through a server whose memory stays as it was."""

from pathlib import Path

import pytest

from tests.documents.large import serving, there_and_back
from tests.story import Story
from tests.world import copy_of_sqlite, running

#: By how much the server may grow, in bytes, whatever the file.
GROWTH = 32 << 20


@pytest.mark.soak
@pytest.mark.parametrize("length", [50 << 20, 200 << 20])
def test_memory_does_not_grow_over_http(sqlite_installation: Path, tmp_path: Path, length: int) -> None:
    settings = copy_of_sqlite(sqlite_installation, tmp_path)
    with running(settings) as world:
        case = Story(world).begin().apply().accept().assign().case
    with serving(settings, 256 << 20) as (url, pid):
        found = there_and_back(url, pid, case, length)
    print(found)  # noqa: T201 - figures for the report
    assert found.grown_there < GROWTH
    assert found.grown_back < GROWTH

"""``amparo verify``: one command over everything, with an exit code for a timer."""

import pytest
from sqlalchemy import text

from app.cli.verify import worst
from tests.lives import command
from tests.story import whole_way
from tests.world import World


def test_it_says_what_is_intact_and_what_was_changed(world: World) -> None:
    whole_way(world)
    settings = world.services.settings
    command(settings, 8000, "audit", "checkpoint")  # seals what is waiting
    whole = command(settings, 8000, "verify", "--envelopes")
    assert whole.returncode == 0, whole.stdout + whole.stderr
    for title in ("The audit record:", "Rows that decide:", "The ledger:", "Sealed values:"):
        assert title in whole.stdout
    with world.owning() as connection:
        connection.execute(text("UPDATE account SET machine = (1 = 1) WHERE email = 'admin@example.org'"))
    found = command(settings, 8000, "verify")
    assert found.returncode == 1
    (line,) = [each for each in found.stdout.splitlines() if "account " in each]
    assert str(world.people["admin"]) in line
    assert "was changed outside Amparo" in line


@pytest.mark.parametrize(("codes", "whole"), [([0, 0], 0), ([0, 1], 1), ([3, 1], 1), ([0, 3], 3), ([2, 3], 1), ([], 0)])
def test_the_worst_part_decides(codes: list[int], whole: int) -> None:
    assert worst(codes) == whole

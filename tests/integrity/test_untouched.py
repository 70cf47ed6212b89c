"""An installation that nobody touched: every row fits its MAC and its last state on record."""

from app.audit.verifying.rows import verify_rows
from tests.story import whole_way
from tests.world import World


def findings(world: World) -> list[str]:
    """The lines of `amparo verify` about rows, without its figures."""
    verdict = verify_rows(world.services.database, world.services.vault)
    assert not verdict.undecided
    return [each.line() for each in verdict.faults]


def test_a_whole_case_leaves_every_row_as_it_is_on_record(world: World) -> None:
    whole_way(world)
    verdict = verify_rows(world.services.database, world.services.vault)
    assert [each.line() for each in verdict.faults] == []
    assert verdict.exit_code == 0
    assert verdict.rows > 60
    assert verdict.states > verdict.rows

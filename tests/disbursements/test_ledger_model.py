"""The product's ledger against a model in plain numbers, in random steps."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.cases.stage import opened
from tests.disbursements.ledger_model import LedgerMachine
from tests.funds.stage import payee
from tests.world import World

#: What happens in the runs together, or they were too tame to prove anything. A short run may miss some of it.
HAPPENED = (
    *("fund.insufficient", "allocation.insufficient", "award.insufficient", "award.in_use", "segregation_of_duties"),
    *("reject", "return", "settle", "close", "reverse after settling", "return after settling"),
)


def _run(world: World, runs: int, steps: int, may_miss: int) -> None:
    case, to = opened(world), UUID(payee(world)["id"])
    seen: Counter[str] = Counter()

    class Machine(LedgerMachine):
        def __init__(self) -> None:
            super().__init__(world, case, to, seen)

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=runs < 100,
            suppress_health_check=list(HealthCheck),
        ),
    )
    missed = [each for each in HAPPENED if not seen[each]]
    assert len(missed) <= may_miss, missed


def test_the_ledger_agrees_with_its_model(world: World, engine_name: str) -> None:
    quick = engine_name == "sqlite"
    _run(world, runs=12 if quick else 5, steps=25, may_miss=4 if quick else 8)


@pytest.mark.soak
def test_the_ledger_agrees_with_its_model_for_long(world: World) -> None:
    _run(world, runs=500, steps=80, may_miss=0)

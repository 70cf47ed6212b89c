"""A short run of Schemathesis: every operation by somebody who may, and by nobody. `make scan` runs it at length."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.access.grants import GRANTS
from tests.security.fuzzing import Findings, fuzz
from tests.security.stage import CALLERS, Target, target
from tests.security.test_routes import hung
from tests.world import CAST

EXAMPLES = 2


@pytest.fixture(scope="module")
def amparo(sqlite_installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with target(sqlite_installation, tmp_path_factory.mktemp("fuzz")) as there:
        yield there


def shares() -> dict[str, set[str]]:
    """Every operation that asks for a permission, by one caller who has it; those who may all take turns."""
    found: dict[str, set[str]] = {}
    for turn, (name, _, entry) in enumerate(sorted(hung(), key=lambda each: each[0])):
        may = [who for who in CALLERS if who and entry.permission in GRANTS[CAST[who][0]]]
        if may and not entry.page:
            found.setdefault(may[turn % len(may)], set()).add(name)
    return found


def nothing_found(findings: Findings) -> None:
    assert not findings.failures, findings.text()
    assert not findings.errors, findings.text()


@pytest.mark.parametrize("who", [who for who in CALLERS if who])
def test_nothing_is_found_by_whoever_may(amparo: Target, who: str) -> None:
    findings = fuzz(amparo, who, phases=("fuzzing",), examples=EXAMPLES, wanted=shares()[who])
    nothing_found(findings)
    assert findings.requests >= EXAMPLES * len(findings.operations) >= EXAMPLES


def test_nobody_gets_anything_but_what_is_open(amparo: Target) -> None:
    findings = fuzz(amparo, None, phases=("fuzzing",), examples=1)
    nothing_found(findings)
    assert findings.statuses[401] * 2 > findings.requests


def test_a_leak_is_found(amparo: Target) -> None:
    findings = fuzz(
        amparo, "attorney", phases=("fuzzing",), examples=4, wanted={"GET /api/v1/cases"}, forbidden=["items"]
    )
    assert findings.failures

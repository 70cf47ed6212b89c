"""The last lines of a test run: what ran where, and what may not pass for green."""

from collections import Counter

import pytest

from tests.counting import complaints, engine_of, summary

SAMPLE = """
    import pytest

    @pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
    def test_rows(engine): pass

    def test_rules(record_property): record_property("figures", "3 cells, 0 wrong")
"""


@pytest.mark.parametrize(
    ("node_id", "engine"),
    [
        ("tests/funds/test_actions.py::test_x[sqlite]", "sqlite"),
        ("tests/funds/test_actions.py::test_x[postgresql-usd]", "postgresql"),
        ("tests/funds/test_actions.py::test_x[usd-postgresql]", "postgresql"),
        ("tests/money/test_rules.py::test_sqlite_is_not_a_parameter", "engine-free"),
        ("tests/money/test_rules.py::test_x[mysqlite]", "engine-free"),
    ],
    ids=["alone", "first", "last", "in-the-name", "in-a-word"],
)
def test_a_tests_engine_is_among_its_parameters(node_id: str, engine: str) -> None:
    assert engine_of(node_id) == engine


def test_an_engine_without_tests_is_named() -> None:
    assert summary(Counter({"sqlite": 3})) == "sqlite: 3 passed, postgresql: 0 passed, engine-free: 0 passed"


def test_a_whole_run_needs_both_engines_and_no_skips() -> None:
    both = Counter({"sqlite": 1, "postgresql": 1})
    assert complaints(both, 0, everything=True) == []
    assert complaints(both, 2, everything=True) == ["2 tests were skipped; here every test must run"]
    assert complaints(Counter({"sqlite": 1}), 0, everything=True) == ["no test ran on postgresql"]
    assert complaints(Counter(), 0, everything=False) == []


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "xdist"])
@pytest.mark.parametrize(
    ("body", "build_machine", "green"),
    [
        (SAMPLE, "true", True),
        (SAMPLE + "    def test_skipped(): pytest.skip('no browser')", "true", False),
        (SAMPLE + "    def test_skipped(): pytest.skip('no browser')", "", True),
    ],
)
def test_a_build_is_red_when_a_test_was_skipped(
    request: pytest.FixtureRequest,
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    body: str,
    build_machine: str,
    green: bool,
    workers: tuple[str, ...],
) -> None:
    monkeypatch.setenv("CI", build_machine)
    monkeypatch.setenv("PYTHONPATH", str(request.config.rootpath))
    pytester.makepyfile(body)
    result = pytester.runpytest_subprocess("-p", "tests.counting", *workers)
    result.stdout.fnmatch_lines(
        ["engine-free: 3 cells, 0 wrong", "sqlite: 1 passed, postgresql: 1 passed, engine-free: 1 passed"]
    )
    assert (result.ret == 0) is green

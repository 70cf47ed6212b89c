"""Say at the end of a test run how many tests ran on each engine, and let nothing be skipped in silence.

A test whose count is part of its proof says it by ``record_property(FIGURES, ...)``; that is printed at the end too.

A test's engine is the word ``sqlite`` or ``postgresql`` among its parameters; a test that has neither needs no engine.
"""

import os
import re
from collections import Counter

import pytest

ENGINES = ("sqlite", "postgresql")
FREE = "engine-free"
#: The property of a test whose value is printed at the end of the run.
FIGURES = "figures"


def engine_of(node_id: str) -> str:
    """The engine that the test with this id ran on."""
    words = re.split(r"[^a-z0-9]+", node_id.partition("[")[2])
    return next((engine for engine in ENGINES if engine in words), FREE)


def summary(passed: Counter[str]) -> str:
    """One line, in a fixed order, naming an engine even when no test ran on it."""
    parts = [f"{name}: {passed[name]} passed" for name in (*ENGINES, FREE)]
    return ", ".join(parts)


def complaints(passed: Counter[str], skipped: int, *, everything: bool) -> list[str]:
    """Why a run that pytest calls green is not: on a build machine a skipped test proves nothing."""
    found = []
    if skipped:
        found.append(f"{skipped} tests were skipped; here every test must run")
    if everything:
        found += [f"no test ran on {engine}" for engine in ENGINES if not passed[engine]]
    return found


class Counting:
    """Counts reports as they come in; with pytest-xdist only the process that collects them prints."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.passed: Counter[str] = Counter()
        self.skipped = 0
        self.figures: list[str] = []
        self.complaints: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self.passed[engine_of(report.nodeid)] += 1
        if report.when == "call":
            of = engine_of(report.nodeid)
            self.figures += [f"{of}: {value}" for name, value in report.user_properties if name == FIGURES]
        if report.skipped:
            self.skipped += 1

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if os.environ.get("CI") != "true" or exitstatus != pytest.ExitCode.OK:
            return
        # Named files or a filter may leave an engine out on purpose; a whole run may not.
        everything = not self.config.option.keyword and self.config.args_source.name == "TESTPATHS"
        self.complaints = complaints(self.passed, self.skipped, everything=everything)
        if self.complaints:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for line in self.figures:
            terminalreporter.write_line(line)
        terminalreporter.write_line(summary(self.passed))
        for complaint in self.complaints:
            terminalreporter.write_line(f"FAILED: {complaint}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Counting(config), "counting-engines")

"""``amparo verify``: everything that can be checked, by one command."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from app.access.sights import OPERATOR
from app.audit.verifying.rows import verify_rows
from app.backups.reads.checking import check
from app.bonds.reads.verify import verify as verify_ledger
from app.cli.opening import opened
from app.db import WITNESSED
from app.oversight.reads.checking import audit_verify
from app.web.services import Services
from app.work import WatchedSession

commands = typer.Typer()

#: Exit codes of the parts and of the whole.
INTACT: Final = 0
ALTERED: Final = 1
UNDECIDED: Final = 3

#: An exit code and what to print.
Part = tuple[int, list[str]]


@commands.command("verify")
def verify(
    seals: Annotated[Path | None, typer.Option(help="A copy of the seals file that somebody else keeps.")] = None,
    envelopes: Annotated[bool, typer.Option("--envelopes", help="Open every sealed value too. Takes longer.")] = False,
) -> None:
    """Check the record, every row that decides, the ledger, and with --envelopes every sealed value.

    0 intact, 1 altered, 3 can not be decided.
    """
    with opened() as services, _bar() as step:
        parts = [
            _part(step, "The audit record", lambda: audit_verify(services, seals)),
            _part(step, "Rows that decide", lambda: _rows(services, step)),
            _part(step, "The ledger", lambda: _ledger(services)),
        ]
        if envelopes:
            parts.append(_part(step, "Sealed values", lambda: _envelopes(services)))
    for _, lines in parts:
        for line in lines:
            typer.echo(line)
    code = worst([code for code, _ in parts])
    typer.echo({INTACT: "Intact.", ALTERED: "Altered: see above.", UNDECIDED: "Undecided: see above."}[code])
    raise typer.Exit(code)


def worst(codes: list[int]) -> int:
    """What the whole comes to: altered when any part is (a record that was cut is), then undecided, else intact."""
    if any(code not in (INTACT, UNDECIDED) for code in codes):
        return ALTERED
    return UNDECIDED if UNDECIDED in codes else INTACT


def _part(step: Callable[[], None], title: str, look: Callable[[], Part]) -> Part:
    code, lines = look()
    step()
    return code, [f"{title}:", *(f"  {line}" for line in lines)]


def _rows(services: Services, step: Callable[[], None]) -> Part:
    verdict = verify_rows(services.database, services.vault, lambda _table, _rows: step())
    return verdict.exit_code, verdict.lines()


def _ledger(services: Services) -> Part:
    with services.database.connect(OPERATOR) as connection, WatchedSession(bind=connection) as session:
        verdict = verify_ledger(session)
    faults = [
        f"altered: {fault.record} {fault.id} ({fault.code}). Compare it with the bank's statement and a backup."
        for fault in verdict.faults
    ]
    word = "intact" if verdict.intact else "altered"
    said = f"{word}: {verdict.entries} entries, {verdict.accounts} accounts."
    return INTACT if verdict.intact else ALTERED, [*faults, said]


def _envelopes(services: Services) -> Part:
    found = check(services.settings, services.database, services.vault, datetime.now(UTC))
    closed = [
        f"altered: {place} does not open. Put its row back from a backup, or find out whose key is gone."
        for place in found.closed
    ]
    word = "altered" if found.closed else "intact"
    said = f"{word}: {found.opened} sealed values open, {len(found.closed)} do not; {found.erased} people are erased."
    return ALTERED if found.closed else INTACT, [*closed, said]


@contextmanager
def _bar() -> Iterator[Callable[[], None]]:
    """A bar at a terminal; nothing where a program reads what is said."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    with typer.progressbar(length=len(WITNESSED) + 5, label="Checking", file=sys.stderr) as bar:
        yield lambda: bar.update(1)

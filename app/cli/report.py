"""``amparo report``: whether a file is a report that this installation made."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from app.access.sights import OPERATOR
from app.cli.opening import opened, stop
from app.reports.reads.files import made_here

commands = typer.Typer(help="Reports that went out as files.", no_args_is_help=True)


@commands.callback()
def _noun() -> None:
    """Keep ``verify`` a word of its own: a group of one command would lose it."""


@commands.command("verify")
def report_verify(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The file as it was received.")],
) -> None:
    """Say whether a file is, byte for byte, a report that was made here: 0 it is, 1 it is not."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    with opened() as services, services.database.connect(OPERATOR) as connection:
        found = made_here(connection, services.vault, digest)
    if found is None:
        stop("Not made here, or changed since: no report went out as this file.")
    if not found.intact:
        stop("The record names this file, but the record itself was changed. Run `amparo audit verify`.")
    typer.echo(f"Made here: {found.report}, on {found.at:%Y-%m-%d %H:%M} UTC, taken by {found.by or 'somebody'}.")
    for name, value in sorted(found.asked.items()):
        typer.echo(f"  {name}: {value}")
    typer.echo(f"  digest of its rows: {found.digest}")

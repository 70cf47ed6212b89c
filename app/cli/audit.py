"""``amparo audit``: whether the record is what was written."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.opening import opened
from app.oversight.reads.checking import audit_verify as check_record

commands = typer.Typer(help="The record of who did and saw what.", no_args_is_help=True)


@commands.command("verify")
def audit_verify(
    seals: Annotated[Path | None, typer.Option(help="A copy of the seals file that somebody else keeps.")] = None,
) -> None:
    """Check the record: 0 intact, 1 altered, 2 truncated, 3 can not be decided."""
    with opened() as services:
        code, lines = check_record(services, seals)
    for line in lines:
        typer.echo(line)
    raise typer.Exit(code)

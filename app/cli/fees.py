"""``amparo fees``: looking at a schedule of government fees, comparing it with the one in force, handing it in."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.opening import opened, stop
from app.errors import Invalid
from app.fees.actions import propose_at_the_machine, read_lines
from app.fees.reads.schedules import in_force
from app.fees.rules import Change, FeeLine, compare
from app.machine import working

commands = typer.Typer(help="Government fees: dated prices from a file.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="A schedule in CSV; docs/operating/fees.md tells how it is written.")]


@commands.command("check")
def fees_check(file: File) -> None:
    """Say what is wrong with a schedule, line by line. Needs no installation and changes nothing."""
    lines = _lines(_text(file))
    typer.echo(f"{file.name} can be taken: {len(lines)} lines.")


@commands.command("compare")
def fees_compare(file: File) -> None:
    """Show what a schedule would change in the one in force. Changes nothing."""
    lines = _lines(_text(file))
    with opened() as services, working(services) as work:
        now = in_force(work)
    changes = compare(now.lines, lines)
    for each in changes:
        typer.echo(_said(each))
    typer.echo(f"{len(changes)} lines differ from schedule {now.number}.")


@commands.command("load")
def fees_load(file: File) -> None:
    """Hand a schedule in. It counts only when somebody of the fund has put it in force."""
    text = _text(file)
    _lines(text)
    with opened() as services, working(services) as work:
        propose_at_the_machine(work, text)
    typer.echo("Handed in. A fund administrator compares it and puts it in force, under Government fees.")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        stop(f"{file.name} is not UTF-8. Save the table as CSV (UTF-8).")
    except OSError as trouble:
        stop(f"{file.name} can not be read: {trouble.strerror}.")


def _lines(text: str) -> tuple[FeeLine, ...]:
    try:
        return read_lines(text)
    except Invalid as refused:
        stop("\n".join(each.message.format(**each.values) for each in refused.problems))


def _said(change: Change) -> str:
    before, after = (f"{each.amount} from {each.effective_from} ({each.status})" if each else "nothing"
                     for each in (change.before, change.after))  # fmt: skip
    columns = f" [{', '.join(change.columns)}]" if change.columns else ""
    return f"{change.kind}: {change.line.id}: {before} -> {after}{columns}"

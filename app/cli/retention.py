"""``amparo retention``: what is done every night with what is kept long enough."""

from functools import partial
from typing import Annotated

import typer

from app.cli.opening import opened
from app.machine import working
from app.retention.actions import running as night

commands = typer.Typer(help="How long what is kept about people.", no_args_is_help=True)


@commands.command("run")
def retention_run(
    root: Annotated[bool, typer.Option("--root", help="After an erasure, make a new root key too.")] = False,
    only_list: Annotated[bool, typer.Option("--list", help="Say what is due and waits; change nothing.")] = False,
) -> None:
    """Do what is due: notices, what was approved, keys, a new epoch. Meant for every night; see docs/operating."""
    with opened() as services:
        begin = partial(working, services)
        lines = night.listed(begin) if only_list else night.said(night.run(begin, services.vault, root=root))
    for line in lines:
        typer.echo(line)

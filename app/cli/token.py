"""``amparo token``: bearer tokens, made by the person who runs the machine."""

from typing import Annotated

import typer

from app.cli.opening import opened
from app.machine import account_of, working
from app.staff.actions import accounts

commands = typer.Typer(help="Bearer tokens for programs.", no_args_is_help=True)


@commands.command("create")
def token_create(
    user: Annotated[str, typer.Option(help="E-mail of the person the token speaks for.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it is good for.")] = 30,
    label: Annotated[str, typer.Option("--name", help="What it is for.")] = "command line",
) -> None:
    """Make a bearer token and print it, this once."""
    with opened() as services, working(services) as work:
        secret = accounts.create_token(work, account_of(work, user), label, days)
    typer.echo(secret)

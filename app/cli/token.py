"""``amparo token``: bearer tokens, made by the person who runs the machine."""

from typing import Annotated
from uuid import UUID

import typer

from app.cli.opening import opened
from app.clients.actions import tokens as ending
from app.clients.reads import tokens as reads
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


@commands.command("list")
def token_list(
    user: Annotated[str | None, typer.Option(help="E-mail of one person; leave out for everybody's.")] = None,
) -> None:
    """Print the live tokens of people, one a line: id, whose, what for, until when. Programs get theirs anew."""
    with opened() as services, working(services) as work:
        whose = None if user is None else account_of(work, user)
        for each in reads.of_people(work, whose):
            typer.echo(f"{each.id}\t{each.email}\t{each.name}\tuntil {each.ends_at:%Y-%m-%d}")


@commands.command("revoke")
def token_revoke(token_id: Annotated[UUID, typer.Argument(help="As the list shows it.")]) -> None:
    """End a token at once, whose ever it is."""
    with opened() as services, working(services) as work:
        ending.end(work, token_id)
    typer.echo("Ended.")

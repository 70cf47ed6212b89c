"""``amparo client``: programs by command, for an installation whose programs are set up together with it."""

from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Permission, Role
from app.cli.opening import opened, stop
from app.clients.actions import clients as managing
from app.clients.reads import clients as reads
from app.machine import working
from app.partners.model import Partner

commands = typer.Typer(help="Programs that act by themselves, each with its own rights.", no_args_is_help=True)
_ID = Annotated[UUID, typer.Argument(help="As the list shows it.")]
_DAYS = Annotated[int, typer.Option(min=1, help="How long its secret is good for.")]
_SHOWN_ONCE = "Secret, shown this once: "


@commands.command("add")
def add(
    name: Annotated[str, typer.Option(help="What people call the program.")],
    role: Annotated[Role, typer.Option(help="Whose rights it has a part of.")],
    scope: Annotated[list[Permission], typer.Option(help="What it may do. May be given several times.")],
    partner: Annotated[str | None, typer.Option(help="The partner organization's name, for its own programs.")] = None,
    days: _DAYS = 180,
) -> None:
    """Take a program on and print its id and its secret."""
    with opened() as services, working(services) as work:
        partner_id = None
        if partner is not None:
            partner_id = work.session.execute(select(col(Partner.id)).where(col(Partner.name) == partner)).scalar()
            if partner_id is None:
                stop(f"There is no partner called {partner}.")
        form = managing.NewClient(name=name, role=role, partner_id=partner_id, scopes=scope, days=days)
        made = managing.create(work, form)
    typer.echo(f"Program: {made.client_id}")
    typer.echo(f"{_SHOWN_ONCE}{made.secret}")


@commands.command("list")
def show() -> None:
    """Print the programs, one a line: id, name, role, organization, live secrets, whether it is in use."""
    with opened() as services, working(services) as work:
        for each in reads.clients(work).items:
            state = "in use" if each.ended_at is None else "ended"
            ends = ", ".join(f"secret until {secret.ends_at:%Y-%m-%d}" for secret in each.secrets) or "no secret"
            typer.echo("\t".join([str(each.id), each.name, each.role, each.partner or "the fund", ends, state]))


@commands.command("secret")
def secret(client_id: _ID, days: _DAYS = 180) -> None:
    """Print one more secret for a program; the one before stays good until it is ended or too old."""
    with opened() as services, working(services) as work:
        made = managing.renew(work, client_id, managing.NewSecret(days=days))
    typer.echo(f"{_SHOWN_ONCE}{made.secret}")


@commands.command("revoke")
def revoke(client_id: _ID) -> None:
    """End a program for good, with its secrets and tokens."""
    with opened() as services, working(services) as work:
        managing.end(work, client_id)
    typer.echo("Ended.")

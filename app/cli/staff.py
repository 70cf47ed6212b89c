"""``amparo staff``: the first people of an installation, who nobody could invite by a page."""

from typing import Annotated

import typer
from sqlalchemy import select
from sqlmodel import col

from app.access.grants import Role
from app.cli.opening import opened, stop
from app.machine import account_of, working
from app.partners.model import Partner
from app.staff.actions import people

commands = typer.Typer(help="The people who work here.", no_args_is_help=True)
_HAND_OVER = "Hand this link over; it works once, for 72 hours: "


@commands.command("add")
def staff_add(
    email: Annotated[str, typer.Option()],
    full_name: Annotated[str, typer.Option("--name")],
    role: Annotated[list[Role], typer.Option(help="May be given several times.")],
    partner: Annotated[str | None, typer.Option(help="The partner organization's name, for its own people.")] = None,
) -> None:
    """Add somebody and print the link with which they choose their password."""
    with opened() as services, working(services) as work:
        partner_id = None
        if partner is not None:
            partner_id = work.session.execute(select(col(Partner.id)).where(col(Partner.name) == partner)).scalar()
            if partner_id is None:
                stop(f"There is no partner called {partner}.")
        made = people.invite(work, people.NewStaff(email=email, name=full_name, roles=role, partner_id=partner_id))
    typer.echo(f"{_HAND_OVER}{services.settings.public_origin}/first-password#{made.secret}")


@commands.command("link")
def staff_link(email: Annotated[str, typer.Option(help="Of somebody who was invited.")]) -> None:
    """Print a new link for somebody who has not chosen a password yet; the one before ends."""
    with opened() as services, working(services) as work:
        secret = people.renew_link(work, account_of(work, email))
    typer.echo(f"{_HAND_OVER}{services.settings.public_origin}/first-password#{secret}")

"""``amparo provider``: organizations' sign-ins by command, for an installation whose first people come by one."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from app.cli.opening import opened
from app.config import Environment
from app.errors import Invalid, NotFound, Problem
from app.machine import working
from app.partners.reads import partners
from app.single_sign_on.actions import providers as entering
from app.single_sign_on.reads import providers
from app.single_sign_on.rules import SecondFactor
from app.work import Work

commands = typer.Typer(
    help="Organizations whose people sign in with the account they have there.", no_args_is_help=True
)


@commands.command("add")
def add(
    name: Annotated[str, typer.Option(help="How the sign-in page calls it.")],
    issuer: Annotated[str, typer.Option(help="The provider's issuer, letter by letter.")],
    client_id: Annotated[str, typer.Option()],
    secret_file: Annotated[Path | None, typer.Option(help="A file with the client secret; leave out for none.")] = None,
    partner: Annotated[str | None, typer.Option(help="Whose people these are; leave out for the fund's own.")] = None,
    second_factor: Annotated[SecondFactor, typer.Option(help="Who asks for it.")] = SecondFactor.PROVIDER,
    acr: Annotated[list[str] | None, typer.Option(help="A word of acr that shows a second factor.")] = None,
    amr: Annotated[list[str] | None, typer.Option(help="A word of amr that shows one; mfa unless given.")] = None,
    max_age: Annotated[int, typer.Option(min=0, help="Minutes since the sign-in there; 0 does not ask.")] = 720,
    hosted_domain: Annotated[str | None, typer.Option(help="Google Workspace: the organization's domain.")] = None,
    assume_pkce: Annotated[bool, typer.Option("--assume-pkce", help="Microsoft Entra does not announce PKCE.")] = False,
) -> None:
    """Enter an organization's sign-in and print what to enter at the provider."""
    with opened() as services, working(services) as work:
        form = entering.NewProvider(
            name=name,
            issuer=issuer,
            client_id=client_id,
            client_secret=secret_file.read_text(encoding="utf-8").strip() if secret_file else None,
            partner_id=next((each.id for each in _partners(work, partner)), None),
            second_factor=second_factor,
            accepted_acr=acr or [],
            accepted_amr=entering.USUAL_AMR if amr is None else amr,
            max_age_minutes=max_age or None,
            hosted_domain=hosted_domain,
            assume_pkce=assume_pkce,
        )
        loopback = services.settings.environment is not Environment.PRODUCTION
        provider_id = entering.add(work, form, loopback=loopback)
        origin = services.settings.public_origin
    typer.echo(f"Redirect address: {origin}/sign-in/return")
    typer.echo(f"Address after signing out: {origin}/sign-in")
    typer.echo(f"Back-channel logout address: {origin}/api/v1/identity-providers/{provider_id}/logout")


@commands.command("list")
def show() -> None:
    """Print the organizations' sign-ins, one a line."""
    with opened() as services, working(services) as work:
        for each in providers.providers(work).items:
            whose = each.partner.name if each.partner else "the fund"
            typer.echo(f"{each.name}\t{whose}\t{each.issuer}\t{'in use' if each.active else 'out of use'}")


@commands.command("disable")
def disable(name: Annotated[str, typer.Argument(help="As the list shows it.")]) -> None:
    """Take one out of use; whoever is signed in with it is signed out."""
    with opened() as services, working(services) as work:
        entering.change(work, _by_name(work, name), entering.ChangedProvider(active=False))
    typer.echo("Out of use.")


def _by_name(work: Work, name: str) -> UUID:
    try:
        return entering.by_name(work, name)
    except NotFound:
        raise Invalid(Problem("/name", "name.unknown", "There is no provider of this name.")) from None


def _partners(work: Work, name: str | None) -> list[providers.PartnerName]:
    found = [providers.PartnerName(each.id, each.name) for each in partners(work).items if each.name == name]
    if name is not None and not found:
        raise Invalid(Problem("/partner", "partner.unknown", "There is no partner of this name."))
    return found

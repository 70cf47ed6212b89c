"""``amparo keys``: how old the keys are, and new ones."""

from dataclasses import asdict
from functools import partial
from typing import Annotated

import typer

from app.applicants.actions import index_anew
from app.cli.opening import opened
from app.machine import working

commands = typer.Typer(help="The keys of this installation.", no_args_is_help=True)


@commands.command("status")
def keys_status() -> None:
    """Say what keys there are, and how old they are."""
    with opened() as services:
        for name, value in asdict(services.vault.status()).items():
            typer.echo(f"{name.replace('_', ' ')}: {value}")


@commands.command("rotate")
def keys_rotate(
    root: Annotated[bool, typer.Option("--root", help="Make a new root key as well.")] = False,
) -> None:
    """Begin a new epoch: every person's key is wrapped anew, and the old epoch's key is destroyed.

    The search by A-number, phone and e-mail gets a new key too.
    """
    with opened() as services:
        # The epoch first: what is left of the old one's wrapped key must not open under the new root.
        epoch = services.vault.rotate_epoch()
        indexed = index_anew(partial(working, services), services.vault)
        typer.echo(f"Epoch {epoch} has begun; {services.vault.status().subjects} keys were wrapped anew.")
        unopened = (f"\nDoes not open, and is not found by search: {each}" for each in indexed.unopened)
        typer.echo("".join((f"The indexes of {indexed.count} people were made anew.", *unopened)))
        if root:
            services.vault.rotate_root()
            typer.echo("Made a new root key. Back the keyring up again, and destroy the old copies.")

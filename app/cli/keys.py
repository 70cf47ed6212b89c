"""``amparo keys``: where the keys are, how old they are, and new ones."""

import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated

import typer

from app.applicants.actions import index_anew
from app.cli import asking
from app.cli.opening import opened, stop
from app.config import Settings
from app.crypto import SETTLED, FileKeyring, KeysUnavailable, NewRoot, Place, Secret, split
from app.installation import access_of
from app.machine import working
from app.retention.actions import renewing
from app.unsealing import hand_over, sealed_servers

commands = typer.Typer(help="The keys of this installation.", no_args_is_help=True)
_AFTERWARDS = "Back the keyring up again, and destroy the old copies."


@commands.command("status")
def keys_status() -> None:
    """Say where the root key is, what keys there are, how old they are, and what was not finished."""
    settings = Settings()
    keyring = FileKeyring(settings.keyring, access_of(settings))
    for line in keyring.lines():
        typer.echo(line)
    for path in sealed_servers(settings.unsealing):
        typer.echo(f"Sealed: the server process {path.stem} waits. Run `amparo keys unseal`.")
    with opened() as services:
        for line in services.vault.status().lines():
            typer.echo(line)
        waiting = len(renewing.needing(partial(working, services), services.vault, settings.key_days))
    typer.echo(f"People whose key needs renewing: {waiting}.")
    if waiting:
        typer.echo("Run `amparo keys rotate applicant --all-needing`.")


@commands.command("unseal")
def keys_unseal() -> None:
    """Open a server that waits for its root key: asks for the shares or the passphrase, and tells every process."""
    settings = Settings()
    waiting = sealed_servers(settings.unsealing)
    if not waiting:
        stop("No sealed server waits here. Start it first, with the same settings; then run this again.")
    keyring = FileKeyring(settings.keyring, access_of(settings))
    secret = asking.secret_for(keyring)
    keyring.unlock(secret)  # a mistake is said here, before anything is handed over
    for path in waiting:
        hand_over(path, secret)
    typer.echo(f"Open: {len(waiting)} server process{'es' if len(waiting) > 1 else ''}.")


@commands.command("split")
def keys_split(
    shares: Annotated[int, typer.Option(min=2, max=16, help="How many shares to make, one for each keeper.")] = 5,
    needed: Annotated[int, typer.Option(min=2, max=16, help="How many of them open the keys.")] = 3,
) -> None:
    """Put a new root key onto paper: prints shares one by one. No file on this machine opens anything any more."""
    with opened() as services:
        words = split(secrets.token_bytes(32), shares=shares, needed=needed)
        for number, each in enumerate(words, start=1):
            typer.echo(f"Share {number} of {shares}. Its keeper writes these words down and shows nobody:\n\n{each}\n")
            _wait("Press Enter when they are on paper.")
            asking.clear()
        typer.echo(f"Now prove that it works: type {needed} of them, from the paper.", err=True)
        told = tuple(asking.line(f"Share {number} of {needed}: ") for number in range(1, needed + 1))
        if not all(" ".join(each.lower().split()) in words for each in told) or len(set(told)) < needed:
            stop("That is not what was shown. Nothing was changed. Destroy the papers and begin again.")
        services.vault.rotate_root(NewRoot(Place.SHARES, Secret(shares=words)))
    typer.echo(f"Done. {needed} of {shares} shares open this installation; at each start run `amparo keys unseal`.")
    typer.echo(f"{_AFTERWARDS} A copy from before today still opens without the shares.")


@commands.command("move")
def keys_move(
    to: Annotated[Place, typer.Option("--to", help="Where the new root key shall be.")],
) -> None:
    """Make a new root key in another place, wrap everything under it, and give the old one up.

    Broken off anywhere, it is simply run again.
    """
    if to is Place.SHARES:
        stop("Run `amparo keys split`: it makes the shares and asks for them.")
    secret = None
    with opened() as services:
        if to is Place.PASSPHRASE:
            secret = Secret(passphrase=_new_passphrase())
        services.vault.rotate_root(NewRoot(to, secret))
    settings = Settings()
    typer.echo(f"The root key is now here: {FileKeyring(settings.keyring, access_of(settings)).name}.")
    typer.echo(_AFTERWARDS)


rotate = typer.Typer(invoke_without_command=True)
commands.add_typer(rotate, name="rotate")


@rotate.callback()
def keys_rotate(
    context: typer.Context,
    root: Annotated[bool, typer.Option("--root", help="Make a new root key as well.")] = False,
    macs: Annotated[
        bool, typer.Option("--macs", help="Make a new key for digests; the old ones stay, to check.")
    ] = False,
) -> None:
    """Begin a new epoch: every person's key is wrapped anew, and the old epoch's key is destroyed.

    The search by A-number, phone and e-mail gets a new key too. Broken off anywhere, it is simply run again.
    """
    if context.invoked_subcommand is not None:
        return
    with opened() as services:
        # The epoch first: what is left of the old one's wrapped key must not open under the new root.
        with _progress("Wrapping keys anew") as progress:
            epoch = services.vault.rotate_epoch(progress)
        indexed = index_anew(partial(working, services), services.vault)
        typer.echo(f"Epoch {epoch} has begun; {services.vault.status().subjects} keys were wrapped anew.")
        unopened = (f"\nDoes not open, and is not found by search: {each}" for each in indexed.unopened)
        typer.echo("".join((f"The indexes of {indexed.count} people were made anew.", *unopened)))
        if macs:
            services.vault.rotate_macs()
            typer.echo("Made a new key for digests. Restart the servers: they make digests with it from then on.")
        if root:
            services.vault.rotate_root()
            typer.echo(f"Made a new root key. {_AFTERWARDS}")


@rotate.command("applicant")
def keys_rotate_applicant(
    reference: Annotated[str | None, typer.Argument(help="Whose key, like P-2026-0001.")] = None,
    all_needing: Annotated[
        bool, typer.Option("--all-needing", help="Everybody whose key is marked, too old, or half renewed.")
    ] = False,
    stopped: Annotated[
        bool, typer.Option("--servers-stopped", help="No server runs: do not wait until they forget the old keys.")
    ] = False,
) -> None:
    """Give a person a new key: all that is kept of them is sealed anew, then their old key is deleted.

    Copies of the data from before do not open for this person any more: make a backup of the data afterwards.
    Broken off anywhere, it is simply run again.
    """
    settings = Settings()
    if (reference is None) is not all_needing:
        stop("Say whose key: a reference, or --all-needing.")
    with opened(settings) as services:
        begin = partial(working, services)
        if reference is not None:
            people = [renewing.person(begin, reference)]
        else:
            people = renewing.needing(begin, services.vault, settings.key_days)
        patience = 0.0 if stopped else SETTLED
        with _progress("Sealing anew") as progress:
            done = renewing.renew(begin, services.vault, people, patience=patience, progress=progress)
    typer.echo(f"{done.people} people have a new key; {done.values} values were sealed anew.")
    if done.people:
        typer.echo("Make a backup of the data now: older copies do not open for them any more.")
        typer.echo("Run `amparo keys rotate` too, so that nothing a disk still holds of their old keys opens.")


@commands.command("mark")
def keys_mark(reference: Annotated[str, typer.Argument(help="Whose key, like P-2026-0001.")]) -> None:
    """Keep that somebody else may have a person's key. `amparo keys rotate applicant --all-needing` renews it."""
    with opened() as services:
        services.vault.mark_compromised(renewing.person(partial(working, services), reference))
    typer.echo("Marked. Run `amparo keys rotate applicant --all-needing`.")


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar while something runs at a terminal; nothing where a program reads what is said."""
    if not sys.stderr.isatty():
        yield None
        return
    with typer.progressbar(length=1, label=what, file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield show


def _new_passphrase() -> str:
    first = asking.hidden("New passphrase, 12 characters or more")
    if sys.stdin.isatty() and asking.hidden("The same again") != first:
        raise KeysUnavailable("The two are not the same. Nothing was changed.")
    return first


def _wait(sentence: str) -> None:
    if sys.stdin.isatty():
        typer.echo(sentence, nl=False, err=True)
        sys.stdin.readline()

"""``amparo audit``: whether the record is what was written, and proofs of it that others can check."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy.exc import SQLAlchemyError

from app.audit.reads.tree import TreeDamaged
from app.audit.rules.proofs import LARGEST, check, public_key_in
from app.audit.rules.verdict import Verdict
from app.audit.sealing import SealsFileDamaged, export, make_checkpoint, places_of, seal_once, seals_file
from app.cli.opening import opened, stop
from app.crypto import Vault
from app.machine import working
from app.oversight.actions import keep_verdict
from app.oversight.reads.checking import judged
from app.oversight.reads.following import following, newest_checkpoint
from app.oversight.reads.proofs import proof_of
from app.web.services import Services

commands = typer.Typer(help="The record of who did and saw what.", no_args_is_help=True)


@commands.command("verify")
def audit_verify(
    seals: Annotated[Path | None, typer.Option(help="A copy of the seals file that somebody else keeps.")] = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint that somebody else keeps, or a folder of them. Repeatable.")
    ] = None,
    keep: Annotated[bool, typer.Option(help="Put the verdict on record, for the page to tell.")] = True,
) -> None:
    """Check the record: 0 intact, 1 altered, 2 truncated, 3 can not be decided."""
    given = checkpoint or []
    with opened() as services:
        verdict, lines = judged(services, seals, given)
        if keep:
            lines += _kept(services, verdict, len(given) + (seals is not None))
    for line in lines:
        typer.echo(line)
    raise typer.Exit(verdict.exit_code)


@commands.command("checkpoint")
def audit_checkpoint(
    show: Annotated[bool, typer.Option("--print", help="Print the newest one too, for paper.")] = False,
) -> None:
    """Make a checkpoint of the record now, and take it to its places. Exits 1 when one of them does not take it."""
    with opened() as services:
        _make(services)
        newest = newest_checkpoint(services)
        found = export(services.database, places_of(services.settings), datetime.now(UTC))
    if newest is None:
        stop("Nothing is on record yet, so there is nothing to make a checkpoint of.")
    typer.echo(f"The newest checkpoint is over {newest.size} events.", err=show)
    for place in found:
        said = "has it" if place.trouble is None else f"did not take it ({place.trouble})"
        typer.echo(f"{place.place}: {said}", err=show)
    if not found:
        typer.echo("No place is set (AMPARO_CHECKPOINT_PLACES): keep it elsewhere yourself.", err=show)
    if show:
        typer.echo(newest.text, nl=False)
    raise typer.Exit(1 if any(place.trouble for place in found) else 0)


@commands.command("prove")
def audit_prove(
    event: Annotated[UUID, typer.Argument(help="The event's id, as the record's page and its export say it.")],
    to: Annotated[Path, typer.Option(help="The file to write; it must not be there yet.")],
) -> None:
    """Write a proof of one event that anybody can check without Amparo."""
    with opened() as services:
        _make(services)
        with working(services) as work:
            made = proof_of(work, event)
    _write(to, made.text)
    typer.echo(f"The proof is in {to}. Whoever gets it checks it with: amparo audit check-proof {to}")


@commands.command("check-proof")
def audit_check_proof(
    file: Annotated[Path, typer.Argument(help="A proof of an event, or of a later checkpoint.")],
    key: Annotated[
        list[str] | None, typer.Option(help="A public key that you know from elsewhere. Repeatable.")
    ] = None,
) -> None:
    """Check a proof without any database or secret: 0 it holds, 1 it does not, 3 it is no proof."""
    try:
        with file.open("rb") as opened_file:
            text = opened_file.read(LARGEST).decode(errors="replace")
        trusted = tuple(public_key_in(each) for each in key or ())
    except OSError:
        stop(f"{file} can not be read.")
    except ValueError:
        stop("This is no public key. Give 32 bytes in base64 or hexadecimal, or name+hash+key.")
    checked = check(text, Vault.verify, trusted)
    for line in checked.lines:
        typer.echo(line)
    raise typer.Exit(checked.code)


@commands.command("consistency")
def audit_consistency(
    old: Annotated[Path, typer.Argument(help="An earlier checkpoint.")],
    new: Annotated[Path, typer.Argument(help="A later one.")],
    to: Annotated[Path | None, typer.Option(help="Write the proof here, for others to check.")] = None,
) -> None:
    """Show that a later checkpoint goes on an earlier one: 0 it does, 1 it does not, 3 can not be decided."""
    with opened() as services:
        found = following(services, old, new)
    for line in found.lines:
        typer.echo(line)
    if to is not None and found.proof is not None:
        _write(to, found.proof)
    raise typer.Exit(found.code)


def _make(services: Services) -> None:
    """Seal what there is, and make a checkpoint over it."""
    now = datetime.now(UTC)
    try:
        seal_once(services.database, services.vault, seals_file(services.settings), now)
        make_checkpoint(services.database, services.vault, now)
    except TreeDamaged as damage:
        stop(f"No checkpoint can be made: {damage}. Run `amparo audit verify`.")
    except (SQLAlchemyError, OSError, SealsFileDamaged) as trouble:
        stop(f"No checkpoint can be made now ({type(trouble).__name__}). Run `amparo doctor`.")


def _kept(services: Services, verdict: Verdict, given: int) -> list[str]:
    try:
        with working(services) as work:
            keep_verdict(work, verdict, given)
    except (SQLAlchemyError, TimeoutError) as trouble:
        return [f"The verdict could not be put on record ({type(trouble).__name__})."]
    return []


def _write(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as made:
            made.write(text)
    except FileExistsError:
        stop(f"{file} is there already. Choose another name.")
    except OSError as trouble:
        stop(f"{file} can not be written ({type(trouble).__name__}).")

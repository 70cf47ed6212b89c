"""``amparo backup`` and ``amparo restore``: two backups that this machine can not read, and the way back."""

import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from app import installation
from app.audit.actions import record
from app.backups.actions.making import make
from app.backups.actions.marking import lift_mark
from app.backups.actions.pruning import prune
from app.backups.actions.restoring import Restored, restore
from app.backups.reads import archive, state
from app.backups.reads.checking import check
from app.backups.rules import Kind, Unusable
from app.cli.opening import opened
from app.config import Settings
from app.crypto.offline import new_identity
from app.db import open_database
from app.machine import working
from app.retention.actions.running import Report, after_restore
from app.retention.reads.schedule import schedule
from app.web.services import Services

_RECORDED: Final = {Kind.DATA: "backup.data_made", Kind.KEYS: "backup.keys_made"}
commands = typer.Typer(help="Backups, which only people offline can read.", no_args_is_help=True)
recipient = typer.Typer(help="Who can read backups.", no_args_is_help=True)
commands.add_typer(recipient, name="recipient")
restoring = typer.Typer()

_To = Annotated[Path, typer.Option("--to", help="Folder that the backup goes into; it must be there.")]
_Identity = Annotated[Path, typer.Option(help="File with the identity that was kept offline; - reads it from a pipe.")]


@recipient.command("new")
def recipient_new() -> None:
    """Print a new identity, this once, to be kept offline; its recipient goes into the settings."""
    identity, public = new_identity()
    typer.echo("# Keep this offline, by two people. Whoever has it can read every backup made for its recipient.")
    typer.echo(f"# AMPARO_BACKUP_RECIPIENTS={public}")
    typer.echo(identity)


@commands.command("data")
def backup_data(to: _To) -> None:
    """Back up the database and the documents. Alone it opens nothing."""
    _back_up(Kind.DATA, to)


@commands.command("keys")
def backup_keys(to: _To) -> None:
    """Back up the keystore, to another place than the data. It lives for a few days only."""
    _back_up(Kind.KEYS, to)


def _back_up(kind: Kind, folder: Path) -> None:
    with opened() as services:
        file, manifest = make(services.settings, services.vault, kind, folder, datetime.now(UTC))
        with working(services) as work:
            record(work, _RECORDED[kind], count=sum(manifest.contents.rows.values()))
    typer.echo(f"{file}: {sum(manifest.contents.rows.values())} rows, {len(manifest.parts) - 1} files.")


@commands.command("prune")
def backup_prune(
    keys: Annotated[Path | None, typer.Option(help="Folder of the keys' backups; where the last one is.")] = None,
) -> None:
    """Remove backups of the keys that are past their life: they would open what was erased since."""
    settings = Settings()
    last = state.last(settings).get(Kind.KEYS)
    if keys is None and last is None:
        raise Unusable("No backup of the keys was made here yet. Name their folder with --keys.")
    folder = keys if keys is not None or last is None else last.file.parent
    assert folder is not None
    days = schedule().key_backup_days
    for name in prune(folder, datetime.now(UTC), days):
        typer.echo(f"Removed {name}")
    typer.echo(f"No backup of the keys in {folder} is older than {days} days.")


@commands.command("verify")
def backup_verify(file: Annotated[Path, typer.Argument(help="The backup.")], identity: _Identity) -> None:
    """Read a whole backup and hold it against its manifest. Nothing is restored."""
    header, manifest = archive.verify(file, _text_of(identity))
    rows = sum(manifest.contents.rows.values())
    typer.echo(f"Whole: the {header.kind} of installation {header.installation}, {header.made_at:%Y-%m-%d %H:%M} UTC.")
    typer.echo(f"{header.engine}, {rows} rows, {len(manifest.parts) - 1} files, {manifest.size} bytes.")
    if header.kind is Kind.DATA:
        typer.echo(f"The record ends with seal {manifest.contents.seals}.")


@restoring.command("restore")
def restore_all(
    data: Annotated[Path, typer.Option(help="The backup of the data.")],
    identity: _Identity,
    keys: Annotated[Path | None, typer.Option(help="A backup of the keys, only where the keystore is lost.")] = None,
) -> None:
    """Restore into an empty installation, erase again who was erased since, and check everything."""
    settings = Settings()
    settings.check()
    restored = restore(settings, data, keys, _text_of(identity))
    typer.echo(f"Restored the data of {restored.made_at:%Y-%m-%d %H:%M} UTC, with {restored.documents} documents.")
    installation.migrate(settings)
    services = Services(settings, open_database(settings), installation.open_vault(settings))
    try:
        wrong = _finish(services, restored)
    finally:
        services.database.engine.dispose()
        services.vault.close()
    if wrong:
        typer.echo("Not everything is in order. See what is said above before people work with it.", err=True)
        raise typer.Exit(1)
    typer.echo("Everything is in order. People can work.")


def _finish(services: Services, restored: Restored) -> bool:
    """Erase again, lift the mark, check and say; gives whether something is wrong."""
    begin = partial(working, services)
    report = after_restore(begin, services.vault)
    with begin() as work:
        record(work, "backup.restored", count=sum(restored.manifest.contents.rows.values()))
    found = check(services.settings, services.database, services.vault, datetime.now(UTC))
    lift_mark(services.settings)
    for line in (*_said(report, restored), *found.lines()):
        typer.echo(line)
    return bool(found.wrong or report.kept or report.unopened)


def _said(report: Report, restored: Restored) -> list[str]:
    lines = [f"Erased again: {report.again}, who were erased after this backup was made."]
    lines += [f"WRONG: not erased again: {applicant_id}: {code}" for applicant_id, code in report.kept.items()]
    lines += [f"WRONG: does not open, and is not found by search: {each}" for each in report.unopened]
    if report.indexes is not None:
        lines.append(f"The indexes of {report.indexes} people were made anew.")
    if restored.keys_of is not None:
        lines.append(
            f"The keys are of {restored.keys_of:%Y-%m-%d %H:%M} UTC: who was erased after that moment is back."
            " Erase them again by hand, and run `amparo keys rotate`."
        )
    return lines


def _text_of(identity: Path) -> str:
    try:
        return sys.stdin.read() if str(identity) == "-" else identity.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Unusable(f"The identity {identity} can not be read.") from None

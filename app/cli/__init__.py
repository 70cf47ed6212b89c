"""The ``amparo`` command: a door without HTTP, for the person who runs the machine. One file for each noun."""

import os

import typer
from pydantic import ValidationError

from app.backups.rules import Unusable
from app.cli import (
    asking,
    audit,
    backup,
    client,
    fees,
    keys,
    ledger,
    provider,
    report,
    retention,
    serving,
    staff,
    token,
    verify,
)
from app.config import UnsafeSettings
from app.crypto import KeysUnavailable, telling
from app.demo import folder
from app.errors import Invalid, Refusal

app = typer.Typer(help="Amparo: case management for immigrant legal defense funds.", no_args_is_help=True)
app.add_typer(serving.commands)
app.add_typer(verify.commands)
app.add_typer(backup.restoring)
for noun in (staff, token, client, keys, audit, ledger, backup, retention, provider, report, fees):
    app.add_typer(noun.commands, name=noun.__name__.rpartition(".")[2])


def main() -> None:
    """Run the command; what an operator can mend is said in a sentence. Files it makes are for their owner only."""
    os.umask(0o077)
    telling.set(asking.tell)
    try:
        app()
    except (UnsafeSettings, KeysUnavailable, folder.Unusable, Unusable) as error:
        typer.echo(str(error), err=True)
        raise SystemExit(1) from None
    except Invalid as error:
        for problem in error.problems:
            typer.echo(f"{problem.pointer.strip('/')}: {problem.message}", err=True)
        raise SystemExit(1) from None
    except ValidationError as error:
        for each in error.errors(include_input=False, include_url=False):
            typer.echo(f"{'.'.join(map(str, each['loc']))}: {each['msg']}", err=True)
        raise SystemExit(1) from None
    except Refusal as error:
        typer.echo(error.message, err=True)
        raise SystemExit(1) from None

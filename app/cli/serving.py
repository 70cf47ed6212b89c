"""``amparo init``, ``serve``, ``demo`` and their kin: the installation as a whole."""

import json
import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI

from app import installation
from app.access.page import as_markdown
from app.cli.opening import opened, waits_for_shares
from app.config import Settings
from app.crypto import telling
from app.demo import folder, making
from app.demo.cast import sign_ins
from app.demo.days import local_day
from app.doctor.reads import Surroundings, examine
from app.doctor.rules import as_json, as_lines, exit_code
from app.leakage.reads import page
from app.machine import OPERATOR
from app.main import build, open_services
from app.metrics import FOLDER

commands = typer.Typer()


@commands.command()
def init() -> None:
    """Make the keyring, the keystore and the database of a new installation."""
    settings = Settings()
    installation.make(settings)
    typer.echo(f"Made the root key: {settings.keyring}")
    typer.echo("Back this file up now, apart from the data and where no backup of the data goes:")
    typer.echo("without it nobody, you included, can ever read a record again; with it and the data anybody can.")


@commands.command()
def migrate() -> None:
    """Bring the database and the keystore to this version."""
    installation.migrate(Settings())
    typer.echo("The database is up to date.")


@commands.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Processes; one for each core is usual.")] = 1,
) -> None:
    """Serve the pages and the API."""
    settings = Settings()
    settings.check()
    if workers > 1 or not sys.stdin.isatty() or waits_for_shares(settings):
        telling.set(None)  # it starts sealed, and `amparo keys unseal` opens it
    run_server("app.main:from_environment", host, port, workers)


@commands.command()
def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on, on this machine only.")] = 8000,
    data: Annotated[Path, typer.Option(help="Folder of the demo: empty, or one that it made.")] = Path("demo-data"),
    applicants: Annotated[int, typer.Option(min=1, max=5000, help="How many fictional applicants to make.")] = 200,
    seed: Annotated[int, typer.Option(help="Another seed makes other people.")] = 1,
    passkeys: Annotated[bool, typer.Option("--passkeys", help="Ask the fund's people for a passkey.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw away what was made there, and begin again.")] = False,
) -> None:
    """Serve a fictional fund on this machine: made at the first start, gone on with at the next."""
    settings = folder.settings_for(data, port, passkeys=passkeys)

    def make() -> None:
        typer.echo(f"Making a fictional fund with {applicants} applicants and two years of work. It takes a moment.")
        installation.make(settings)
        with opened(settings) as services:
            making.make(services, OPERATOR, making.Wanted(applicants, seed, local_day(datetime.now(UTC))))
            typer.echo(making.prove(services))

    with folder.used(settings, fresh=fresh, make=make, go_on=partial(installation.migrate, settings)):
        typer.echo(sign_ins(settings.public_origin))
        run_server(lambda: build(open_services(settings)), "127.0.0.1", port, 1)


@commands.command()
def doctor(
    as_data: Annotated[bool, typer.Option("--json", help="For a program to read.")] = False,
) -> None:
    """Look at this installation and say what is wrong: 0 nothing, 1 something, 2 not everything could be checked."""
    findings = examine(Surroundings())
    for line in [as_json(findings)] if as_data else as_lines(findings):
        typer.echo(line)
    raise typer.Exit(exit_code(findings))


@commands.command()
def openapi() -> None:
    """Print the API's description (OpenAPI 3.1)."""
    with opened() as services:
        typer.echo(json.dumps(build(services).openapi(), indent=2, ensure_ascii=False))


@commands.command()
def access() -> None:
    """Print who may do what, as docs/access.md shows it."""
    typer.echo(as_markdown(), nl=False)


@commands.command()
def leakage() -> None:
    """Print what a dump of the database tells, as docs/leakage.md shows it."""
    typer.echo(page(), nl=False)


def run_server(factory: str | Callable[[], FastAPI], host: str, port: int, workers: int) -> None:
    """Run uvicorn: no access log (paths are nobody's business), no server name, no trust in foreign headers.

    Several processes count what they do in files of one folder, which is gone when they end.
    """
    with TemporaryDirectory() if workers > 1 else nullcontext() as counted:
        if counted is not None:
            os.environ[FOLDER] = counted
        uvicorn.run(
            factory,
            factory=True,
            host=host,
            port=port,
            workers=workers,
            access_log=False,
            server_header=False,
            log_config=None,
            forwarded_allow_ips=os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"),
        )

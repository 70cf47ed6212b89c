"""The ``amparo`` command: a door without HTTP, for the person who runs the machine."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, NoReturn

import typer
import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError
from sqlalchemy import select
from sqlmodel import col

from app import installation
from app.access.grants import Role
from app.access.page import as_markdown
from app.access.sights import OPERATOR as OPERATOR_SIGHT
from app.applicants.actions import index_anew
from app.config import Settings, UnsafeSettings
from app.crypto import KeysUnavailable
from app.demo import folder, making
from app.demo.cast import sign_ins
from app.demo.days import local_day
from app.disbursements.reads.verify import verify as check_ledger
from app.doctor.reads import Surroundings, examine
from app.doctor.rules import as_json, as_lines, exit_code
from app.errors import Invalid, Refusal
from app.machine import OPERATOR, account_of, working
from app.main import build, open_services
from app.metrics import FOLDER
from app.oversight.reads.checking import audit_verify as check_record
from app.partners.model import Partner
from app.providing import commands as provider
from app.retention.actions import running as night
from app.staff.actions import accounts, people
from app.web.services import Services
from app.work import WatchedSession

app = typer.Typer(help="Amparo: case management for immigrant legal defense funds.", no_args_is_help=True)
staff = typer.Typer(help="The people who work here.", no_args_is_help=True)
token = typer.Typer(help="Bearer tokens for programs.", no_args_is_help=True)
keys = typer.Typer(help="The keys of this installation.", no_args_is_help=True)
audit = typer.Typer(help="The record of who did and saw what.", no_args_is_help=True)
ledger = typer.Typer(help="The ledger of every fund.", no_args_is_help=True)
retention = typer.Typer(help="How long what is kept about people.", no_args_is_help=True)
for name, group in (
    *(("staff", staff), ("token", token), ("keys", keys)),
    *(("audit", audit), ("ledger", ledger), ("retention", retention), ("provider", provider)),
):
    app.add_typer(group, name=name)
_HAND_OVER = "Hand this link over; it works once, for 72 hours: "


@app.command()
def init() -> None:
    """Make the keyring, the keystore and the database of a new installation."""
    settings = Settings()
    installation.make(settings)
    typer.echo(f"Made the root key: {settings.keyring}")
    typer.echo("Back this file up now, apart from the data and where no backup of the data goes:")
    typer.echo("without it nobody, you included, can ever read a record again; with it and the data anybody can.")


@app.command()
def migrate() -> None:
    """Bring the database and the keystore to this version."""
    installation.migrate(Settings())
    typer.echo("The database is up to date.")


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Processes; one for each core is usual.")] = 1,
) -> None:
    """Serve the pages and the API."""
    Settings().check()
    run_server("app.main:from_environment", host, port, workers)


@app.command()
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
        with _services(settings) as services:
            making.make(services, OPERATOR, making.Wanted(applicants, seed, local_day(datetime.now(UTC))))
            typer.echo(making.prove(services))

    with folder.used(settings, fresh=fresh, make=make, go_on=partial(installation.migrate, settings)):
        typer.echo(sign_ins(settings.public_origin))
        run_server(lambda: build(open_services(settings)), "127.0.0.1", port, 1)


@app.command()
def doctor(
    as_data: Annotated[bool, typer.Option("--json", help="For a program to read.")] = False,
) -> None:
    """Look at this installation and say what is wrong: 0 nothing, 1 something, 2 not everything could be checked."""
    findings = examine(Surroundings())
    for line in [as_json(findings)] if as_data else as_lines(findings):
        typer.echo(line)
    raise typer.Exit(exit_code(findings))


@app.command()
def openapi() -> None:
    """Print the API's description (OpenAPI 3.1)."""
    with _services() as services:
        typer.echo(json.dumps(build(services).openapi(), indent=2, ensure_ascii=False))


@app.command()
def access() -> None:
    """Print who may do what, as docs/access.md shows it."""
    typer.echo(as_markdown(), nl=False)


@staff.command("add")
def staff_add(
    email: Annotated[str, typer.Option()],
    full_name: Annotated[str, typer.Option("--name")],
    role: Annotated[list[Role], typer.Option(help="May be given several times.")],
    partner: Annotated[str | None, typer.Option(help="The partner organization's name, for its own people.")] = None,
) -> None:
    """Add somebody and print the link with which they choose their password."""
    with _services() as services, working(services) as work:
        partner_id = None
        if partner is not None:
            partner_id = work.session.execute(select(col(Partner.id)).where(col(Partner.name) == partner)).scalar()
            if partner_id is None:
                _stop(f"There is no partner called {partner}.")
        made = people.invite(work, people.NewStaff(email=email, name=full_name, roles=role, partner_id=partner_id))
    typer.echo(f"{_HAND_OVER}{services.settings.public_origin}/first-password#{made.secret}")


@staff.command("link")
def staff_link(email: Annotated[str, typer.Option(help="Of somebody who was invited.")]) -> None:
    """Print a new link for somebody who has not chosen a password yet; the one before ends."""
    with _services() as services, working(services) as work:
        secret = people.renew_link(work, account_of(work, email))
    typer.echo(f"{_HAND_OVER}{services.settings.public_origin}/first-password#{secret}")


@token.command("create")
def token_create(
    user: Annotated[str, typer.Option(help="E-mail of the person the token speaks for.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="How long it is good for.")] = 30,
    label: Annotated[str, typer.Option("--name", help="What it is for.")] = "command line",
) -> None:
    """Make a bearer token and print it, this once."""
    with _services() as services, working(services) as work:
        secret = accounts.create_token(work, account_of(work, user), label, days)
    typer.echo(secret)


@keys.command("status")
def keys_status() -> None:
    """Say what keys there are, and how old they are."""
    with _services() as services:
        for name, value in asdict(services.vault.status()).items():
            typer.echo(f"{name.replace('_', ' ')}: {value}")


@keys.command("rotate")
def keys_rotate(
    root: Annotated[bool, typer.Option("--root", help="Make a new root key as well.")] = False,
) -> None:
    """Begin a new epoch: every person's key is wrapped anew, and the old epoch's key is destroyed.

    The search by A-number, phone and e-mail gets a new key too.
    """
    with _services() as services:
        # The epoch first: what is left of the old one's wrapped key must not open under the new root.
        epoch = services.vault.rotate_epoch()
        indexed = index_anew(partial(working, services), services.vault)
        typer.echo(f"Epoch {epoch} has begun; {services.vault.status().subjects} keys were wrapped anew.")
        unopened = (f"\nDoes not open, and is not found by search: {each}" for each in indexed.unopened)
        typer.echo("".join((f"The indexes of {indexed.count} people were made anew.", *unopened)))
        if root:
            services.vault.rotate_root()
            typer.echo("Made a new root key. Back the keyring up again, and destroy the old copies.")


@retention.command("run")
def retention_run(
    root: Annotated[bool, typer.Option("--root", help="After an erasure, make a new root key too.")] = False,
    only_list: Annotated[bool, typer.Option("--list", help="Say what is due and waits; change nothing.")] = False,
) -> None:
    """Do what is due: notices, what was approved, keys, a new epoch. Meant for every night; see docs/operating."""
    with _services() as services:
        begin = partial(working, services)
        lines = night.listed(begin) if only_list else night.said(night.run(begin, services.vault, root=root))
    for line in lines:
        typer.echo(line)


@audit.command("verify")
def audit_verify(
    seals: Annotated[Path | None, typer.Option(help="A copy of the seals file that somebody else keeps.")] = None,
) -> None:
    """Check the record: 0 intact, 1 altered, 2 truncated, 3 can not be decided."""
    with _services() as services:
        code, lines = check_record(services, seals)
    for line in lines:
        typer.echo(line)
    raise typer.Exit(code)


@ledger.command("verify")
def ledger_verify() -> None:
    """Recompute every balance from the entries: 0 intact, 1 not."""
    with (
        _services() as services,
        services.database.connect(OPERATOR_SIGHT) as connection,
        WatchedSession(bind=connection) as session,
    ):
        verdict = check_ledger(session)
    for fault in verdict.faults:
        typer.echo(f"{fault.code}: {fault.record} {fault.id}")
    typer.echo(
        f"{'Intact' if verdict.intact else 'Not intact'}: {verdict.entries} entries, {verdict.accounts} accounts."
    )
    raise typer.Exit(0 if verdict.intact else 1)


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


@contextmanager
def _services(settings: Settings | None = None) -> Iterator[Services]:
    services = open_services(settings or Settings())
    try:
        yield services
    finally:
        services.database.engine.dispose()
        services.vault.close()


def _stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def main() -> None:
    """Run the command; what an operator can mend is said in a sentence. Files it makes are for their owner only."""
    os.umask(0o077)
    try:
        app()
    except (UnsafeSettings, KeysUnavailable, folder.Unusable) as error:
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

"""``amparo ledger``: whether every balance is what its entries say."""

import typer

from app.access.sights import OPERATOR
from app.bonds.reads.verify import verify as check_ledger
from app.cli.opening import opened
from app.work import WatchedSession

commands = typer.Typer(help="The ledger of every fund.", no_args_is_help=True)


@commands.command("verify")
def ledger_verify() -> None:
    """Recompute every balance from the entries: 0 intact, 1 not."""
    with (
        opened() as services,
        services.database.connect(OPERATOR) as connection,
        WatchedSession(bind=connection) as session,
    ):
        verdict = check_ledger(session)
    for fault in verdict.faults:
        typer.echo(f"{fault.code}: {fault.record} {fault.id}")
    typer.echo(
        f"{'Intact' if verdict.intact else 'Not intact'}: {verdict.entries} entries, {verdict.accounts} accounts."
    )
    raise typer.Exit(0 if verdict.intact else 1)

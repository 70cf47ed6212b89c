"""``amparo ledger``: whether every balance is what its entries say."""

from typing import Annotated

import typer

from app.access.sights import OPERATOR
from app.bonds.reads.verify import verify as check_ledger
from app.cli.opening import opened
from app.disbursements.reads.approvals import verify_approvals
from app.work import WatchedSession

commands = typer.Typer(help="The ledger of every fund.", no_args_is_help=True)


@commands.command("verify")
def ledger_verify(
    approvals: Annotated[bool, typer.Option(help="Check every signature over a settled payment, too.")] = False,
) -> None:
    """Recompute every balance from the entries: 0 intact, 1 not."""
    with (
        opened() as services,
        services.database.connect(OPERATOR) as connection,
        WatchedSession(bind=connection) as session,
    ):
        verdict = check_ledger(session)
        signed = verify_approvals(session) if approvals else None
    intact = verdict.intact and (signed is None or signed.intact)
    for fault in (*verdict.faults, *(signed.faults if signed else ())):
        typer.echo(f"{fault.code}: {fault.record} {fault.id}")
    typer.echo(f"{'Intact' if intact else 'Not intact'}: {verdict.entries} entries, {verdict.accounts} accounts.")
    if signed is not None:
        how = ", ".join(f"{count} {way.value}" for way, count in signed.confirmed.items())
        typer.echo(f"Approvals and releases of {signed.payments} settled payments: {how}, {signed.before} from before.")
    raise typer.Exit(0 if intact else 1)

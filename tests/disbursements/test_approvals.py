"""What `amparo ledger verify --approvals` finds when a signed value was changed in the database."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlmodel import Session, col

from app.disbursements.model import Disbursement, DisbursementSignature, DisbursementStep
from app.disbursements.reads.approvals import verify_approvals
from app.disbursements.rules import Confirmed, Method, Verb
from app.funds.model import Payee
from app.money import Money
from tests.authenticators.device import Device
from tests.authenticators.hands import enrolled
from tests.disbursements.test_signing import settled
from tests.disbursements.test_verify import unguarded
from tests.funds.stage import award, disbursement, payee
from tests.world import World


class _PutBack(Exception):
    """Roll the tampering back."""


def _tamperings(payment: Any, other_payee: UUID, world: World) -> Iterator[tuple[str, Any]]:
    """Every bound value of a payment, each changed by a statement of its own."""
    mine = col(Disbursement.id) == payment.id
    for name, value in {
        "amount": Money(int(payment.amount) + 1),
        "payee_id": other_payee,
        "version": 2,
        "method": Method.WIRE,
        "memo": b"another",
        "account_hash": b"x" * 32,
        "case_id": uuid4(),
        "fund_id": uuid4(),
    }.items():
        yield name, update(Disbursement).where(mine).values({name: value})
    signatures = update(DisbursementSignature).where(col(DisbursementSignature.disbursement_id) == payment.id)
    for name in ("signature", "public_key", "client_data", "authenticator_data", "account_hash", "memo_hash"):
        yield f"its {name}", signatures.values({name: b"\x01" * 40})
    yield "its actor", signatures.values(actor_id=world.people["admin"])
    yield "its version", signatures.values(version=3)
    yield "its origin", signatures.values(origin="https://elsewhere.example")
    steps = update(DisbursementStep).where(
        col(DisbursementStep.disbursement_id) == payment.id, col(DisbursementStep.verb) == Verb.APPROVE
    )
    yield "a step's actor", steps.values(actor_id=world.people["admin"])
    yield "the account", update(Payee).where(col(Payee.id) == payment.payee_id).values(account=b"another")


def _found(session: Session) -> set[str]:
    return {fault.id for fault in verify_approvals(session).faults}


@pytest.mark.parametrize("count", [2, pytest.param(100, marks=pytest.mark.soak)])
def test_every_altered_value_is_found(world: World, count: int) -> None:
    devices: dict[str, Device] = {name: enrolled(getattr(world, name)) for name in ("approver", "releaser")}
    made = award(world, "1000.00")
    ids = {settled(world, devices, made["id"])["id"] for _ in range(count)}
    unsigned = disbursement(world, "settled", "1.00", made["id"])["id"]
    other = UUID(payee(world, by="fund_admin", kind="vendor", name="Ink")["id"])
    with Session(world.services.database.engine) as session:
        verdict = verify_approvals(session)
    assert verdict.intact, verdict.faults
    assert (verdict.payments, verdict.confirmed[Confirmed.SIGNED], verdict.confirmed[Confirmed.DEMO]) == (
        count + 1,
        2 * count,
        2,
    )
    names: list[str] = []
    with pytest.raises(_PutBack), unguarded(world) as connection:
        if world.services.database.is_sqlite:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        payments = connection.execute(select(Disbursement.__table__).where(col(Disbursement.id).in_(map(UUID, ids))))  # type: ignore[attr-defined]  # SQLModel adds it
        rows = payments.all()
        for name, _ in _tamperings(rows[0], other, world):
            if name in ("case_id", "fund_id") and not world.services.database.is_sqlite:
                continue  # the database's own keys keep these
            names.append(name)
            with connection.begin_nested() as point:
                for row in rows:
                    statement = dict(_tamperings(row, other, world))[name]
                    connection.execute(statement)
                with Session(bind=connection, join_transaction_mode="rollback_only") as session:
                    found = _found(session)
                point.rollback()
            assert found == ids, (name, len(found))
        raise _PutBack
    assert unsigned not in ids
    print(f"{count} settled payments, {len(names)} ways to alter each: all found")  # noqa: T201 - the count is asked for

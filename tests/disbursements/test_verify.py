"""What `amparo ledger verify` finds when somebody with the database's password has taken the guards off."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import Connection, delete, inspect, text, update
from sqlmodel import Session, col

from app.disbursements.model import Disbursement, DisbursementStep
from app.disbursements.reads.verify import examine, verify
from app.disbursements.rules import DisbursementStatus, Verb
from app.funds.model import Award, Fund, LedgerAccount, LedgerEntry
from app.funds.reads.verify import LedgerVerdict
from app.funds.rules import AccountKind, AwardStatus, EntryKind
from app.money import Money
from tests.funds.stage import answered, award, disbursement
from tests.world import World, key


def _verdict(world: World) -> LedgerVerdict:
    with Session(world.services.database.engine) as session:
        return verify(session)


@contextmanager
def unguarded(world: World) -> Iterator[Connection]:
    """A connection of a database administrator's who has taken every trigger off."""
    with world.owning() as connection:
        if world.services.database.is_sqlite:
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in names:
                connection.exec_driver_sql("DROP TRIGGER " + name)
        else:
            for table in inspect(connection).get_table_names():
                connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        yield connection


def _every_state(world: World) -> dict[str, str]:
    """A disbursement in every status on one award, and a closed award beside it."""
    made = award(world, "1000.00")
    names = ("draft", "submitted", "approved", "released", "settled", "rejected", "returned", "reversed")
    found = {status: disbursement(world, status, "1.00", made["id"])["id"] for status in names}
    other = award(world, "50.00", fund_id=made["fund_id"])
    paid = disbursement(world, "settled", "20.00", other["id"])
    answered(world.fund_admin.post(f"/awards/{other['id']}/close", headers=key()))
    answered(world.fund_admin.post(f"/disbursements/{paid['id']}/return", json={"reason": "Back"}, headers=key()))
    return found | {"award": made["id"], "closed": other["id"], "fund": made["fund_id"]}


def test_what_the_product_wrote_is_intact(world: World) -> None:
    assert _verdict(world) == LedgerVerdict(0, 0, ())
    _every_state(world)
    verdict = _verdict(world)
    assert verdict.intact, verdict.faults
    assert (verdict.entries, verdict.accounts) == (22, 9)


Tampering = Callable[[Connection, dict[str, str]], object]


def _of(status: str, made: dict[str, str]) -> UUID:
    return UUID(made[status])


#: What is done to the rows, and the fault that names it.
TAMPERINGS: dict[str, tuple[Tampering, str]] = {
    "a balance is raised": (
        lambda db, _: db.execute(
            update(LedgerAccount)
            .where(col(LedgerAccount.kind) == AccountKind.AVAILABLE)
            .values(balance=Money(9_999_999))
        ),
        "balance.differs",
    ),
    "an account names another last entry": (
        lambda db, _: db.execute(
            update(LedgerAccount).where(col(LedgerAccount.kind) == AccountKind.AVAILABLE).values(last_entry=1)
        ),
        "balance.differs",
    ),
    "an entry is made larger": (
        lambda db, _: db.execute(
            update(LedgerEntry).where(col(LedgerEntry.kind) == EntryKind.GIVEN).values(amount=Money(1))
        ),
        "balance.differs",
    ),
    "an entry goes": (
        lambda db, made: db.execute(
            delete(LedgerEntry).where(col(LedgerEntry.disbursement_id) == _of("settled", made))
        ),
        "disbursement.entries_differ",
    ),
    "an entry changes its kind": (
        lambda db, made: db.execute(
            update(LedgerEntry)
            .where(col(LedgerEntry.disbursement_id) == _of("rejected", made), col(LedgerEntry.kind) == EntryKind.FREED)
            .values(kind=EntryKind.SETTLED)
        ),
        "entry.wrong_accounts",
    ),
    "an entry changes its award": (
        lambda db, made: db.execute(
            update(LedgerEntry)
            .where(col(LedgerEntry.disbursement_id) == _of("draft", made))
            .values(award_id=_of("closed", made))
        ),
        "entry.wrong_accounts",
    ),
    "an entry loses its disbursement": (
        lambda db, made: db.execute(
            update(LedgerEntry)
            .where(col(LedgerEntry.disbursement_id) == _of("draft", made))
            .values(disbursement_id=None)
        ),
        "entry.without_disbursement",
    ),
    "a settlement changes its day": (
        lambda db, made: db.execute(
            update(LedgerEntry)
            .where(col(LedgerEntry.disbursement_id) == _of("settled", made), col(LedgerEntry.kind) == EntryKind.SETTLED)
            .values(occurred_on=date(2020, 1, 1))
        ),
        "disbursement.entries_differ",
    ),
    "a payment is called settled": (
        lambda db, made: db.execute(
            update(Disbursement)
            .where(col(Disbursement.id) == _of("released", made))
            .values(status=DisbursementStatus.SETTLED, settled_on=col(Disbursement.released_on))
        ),
        "disbursement.entries_differ",
    ),
    "a payment is called a draft again": (
        lambda db, made: db.execute(
            update(Disbursement)
            .where(col(Disbursement.id) == _of("settled", made))
            .values(status=DisbursementStatus.DRAFT)
        ),
        "disbursement.entries_differ",
    ),
    "a payment is made larger": (
        lambda db, made: db.execute(
            update(Disbursement).where(col(Disbursement.id) == _of("settled", made)).values(amount=Money(10**6))
        ),
        "disbursement.entries_differ",
    ),
    "an approval is taken out": (
        lambda db, made: db.execute(
            delete(DisbursementStep).where(
                col(DisbursementStep.disbursement_id) == _of("settled", made),
                col(DisbursementStep.verb) == Verb.APPROVE,
            )
        ),
        "disbursement.too_few_people",
    ),
    "a fund is said to be larger": (
        lambda db, _: db.execute(update(Fund).values(awarded_total=Money(10**9))),
        "fund.total_differs",
    ),
    "an award is made larger": (
        lambda db, made: db.execute(
            update(Award).where(col(Award.id) == _of("award", made)).values(amount=Money(10**9))
        ),
        "award.not_set_aside_once",
    ),
    "an award is called closed": (
        lambda db, made: db.execute(
            update(Award)
            .where(col(Award.id) == _of("award", made))
            .values(status=AwardStatus.CLOSED, closed_on=col(Award.decided_on))
        ),
        "award.closed_with_money",
    ),
}


def test_each_tampering_is_found(world: World) -> None:
    made = _every_state(world)
    engine = world.services.database.engine
    for name, (tamper, code) in TAMPERINGS.items():
        with pytest.raises(_PutBack), unguarded(world) as connection:
            changed = tamper(connection, made)
            assert getattr(changed, "rowcount", 0) > 0, name
            with Session(bind=connection, join_transaction_mode="rollback_only") as session:
                codes = {fault.code for fault in examine(session).faults}
            assert code in codes, (name, codes)
            raise _PutBack
    with Session(engine) as session:
        assert verify(session).intact


class _PutBack(Exception):
    """Roll the tampering back."""

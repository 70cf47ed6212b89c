"""`amparo ledger verify` for bonds: each one's entries against its status, and accounts against all of them."""

from collections import defaultdict
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session, col

from app.bonds.model import Bond
from app.bonds.rules.money import EFFECTS, holds, stand_of
from app.disbursements.model import Disbursement
from app.disbursements.reads.verify import examine
from app.disbursements.rules import DisbursementStatus
from app.funds.model import LedgerAccount, LedgerEntry
from app.funds.reads.verify import Fault, LedgerVerdict
from app.funds.rules import AccountKind, EntryKind

_OF_BONDS = frozenset(EFFECTS) - {EntryKind.INCOME_RECEIVED}


def verify(session: Session) -> LedgerVerdict:
    """Verify the whole ledger, its payments and its bonds in one state of the database; give an unused session."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    verdict = examine(session)
    return replace(verdict, faults=verdict.faults + examine_bonds(session))


def examine_bonds(session: Session) -> tuple[Fault, ...]:
    """What does not add up about bonds.

    A bond's entries are on its award and come to what its status promises, posted exactly once; it stands on a settled
    payment of its amount; each award's receivable is posted less refunded and forfeited; no entry lacks its bond.
    """
    wrong, owed = _bonds(session)
    return (
        *wrong,
        *_receivables(session, owed),
        *_found(session, "bond.not_paid", "bond", _without_payment()),
        *_found(session, "entry.without_bond", "ledger_entry", _entries_without_bond()),
    )


def _found(session: Session, code: str, record: str, statement: Any) -> list[Fault]:
    return [Fault(code, record, str(each)) for (each,) in session.execute(statement)]


def _bonds(session: Session) -> tuple[list[Fault], dict[UUID, int]]:
    """Bonds whose entries differ from their statuses, and what is owed on each award."""
    entries: dict[UUID, list[tuple[Any, int]]] = defaultdict(list)
    strange: set[UUID] = set()
    bonds = session.execute(select(col(Bond.id), col(Bond.award_id), col(Bond.amount), col(Bond.status))).all()
    of_award = {row.id: row.award_id for row in bonds}
    for row in session.execute(
        select(
            col(LedgerEntry.bond_id), col(LedgerEntry.kind), col(LedgerEntry.amount), col(LedgerEntry.award_id)
        ).where(col(LedgerEntry.bond_id).is_not(None))
    ):
        if row.kind not in EFFECTS or (row.kind in _OF_BONDS and row.award_id != of_award.get(row.bond_id)):
            strange.add(row.bond_id)
        else:
            entries[row.bond_id].append((row.kind, row.amount))
    faults: list[Fault] = []
    owed: dict[UUID, int] = defaultdict(int)
    for row in bonds:
        stand = stand_of(entries[row.id])
        owed[row.award_id] += stand.outstanding
        if row.id in strange or not holds(row.status, stand, row.amount):
            faults.append(Fault("bond.entries_differ", "bond", str(row.id)))
    return faults, owed


def _receivables(session: Session, owed: dict[UUID, int]) -> list[Fault]:
    """Awards whose receivable is not what their bonds still owe."""
    kind = col(LedgerAccount.kind) == AccountKind.BOND_RECEIVABLE
    rows = session.execute(select(col(LedgerAccount.award_id), col(LedgerAccount.balance)).where(kind)).all()
    booked = {row.award_id: int(row.balance) for row in rows}
    differing = [each for each in owed.keys() | booked.keys() if owed.get(each, 0) != booked.get(each, 0)]
    return [Fault("bond.receivable_differs", "award", str(each)) for each in sorted(differing)]


def _without_payment() -> Any:
    """Bonds that stand on a payment which is not settled, not of their award, or of another amount."""
    return (
        select(col(Bond.id))
        .outerjoin(Disbursement, col(Disbursement.id) == col(Bond.disbursement_id))
        .where(
            col(Bond.disbursement_id).is_not(None),
            or_(
                col(Disbursement.id).is_(None),
                col(Disbursement.status) != DisbursementStatus.SETTLED,
                col(Disbursement.award_id) != col(Bond.award_id),
                col(Disbursement.amount) != col(Bond.amount),
            ),
        )
    )


def _entries_without_bond() -> Any:
    of_bonds = col(LedgerEntry.kind).in_(_OF_BONDS)
    return (
        select(col(LedgerEntry.number))
        .outerjoin(Bond, col(Bond.id) == col(LedgerEntry.bond_id))
        .where(
            or_(
                and_(of_bonds, col(Bond.id).is_(None)),
                and_(col(LedgerEntry.bond_id).is_not(None), col(Bond.id).is_(None)),
            )
        )
        .group_by(col(LedgerEntry.number))
        .having(func.count() > 0)
    )
